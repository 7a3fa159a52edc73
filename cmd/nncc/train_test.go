package main

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"nncc/cmd/nncc/page"
)

// trainingData writes a small network, and pictures of two classes.
func trainingData(t *testing.T) (model, set string) {
	dir := t.TempDir()
	model, set = filepath.Join(dir, "net.json"), filepath.Join(dir, "set")
	require.NoError(t, os.WriteFile(model, []byte(`{"name": "net", "input": {"shape": [1, 6, 6], "mean": [0.5], "std": [0.5]},
		"layers": [{"type": "conv", "name": "c", "out": 4, "kernel": 3}, {"type": "batchnorm", "name": "b"}, {"type": "relu"},
			{"type": "flatten"}, {"type": "dropout", "p": 0.2}, {"type": "dense", "name": "d", "out": 2}], "seed": 1}`), 0o644))
	for i, name := range []string{"train/a/1", "train/a/2", "train/b/1", "train/b/2", "test/a/1", "test/b/1"} {
		m := image.NewGray(image.Rect(0, 0, 6, 6))
		m.SetGray(2+i%2, 2+i/3%2, color.Gray{Y: uint8(200 - 20*i)})
		var file bytes.Buffer
		require.NoError(t, png.Encode(&file, m))
		path := filepath.Join(set, name+".png")
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, file.Bytes(), 0o644))
	}
	return model, set
}

// atLine calls do when the n-th line is written.
type atLine struct {
	strings.Builder
	n  int
	do func()
}

func (w *atLine) Write(p []byte) (int, error) {
	before := strings.Count(w.String(), "\n")
	n, err := w.Builder.Write(p)
	if before < w.n && strings.Count(w.String(), "\n") >= w.n {
		w.do()
	}
	return n, err
}

// A run that is interrupted has saved first, and goes on, at another number of threads, as if nothing had happened.
func TestTrainInterrupted(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("a process cannot interrupt itself here")
	}
	model, set := trainingData(t)
	_, goErr := exec.LookPath("go")
	for backend, missing := range map[string]bool{
		backendInterp: false, backendCPU: !runsNative(), backendPortable: goErr != nil,
	} {
		t.Run(backend, func(t *testing.T) {
			if missing {
				t.Skip("nothing here runs it")
			}
			requireInterruptible(t, "train", model, "--data", set, "--backend", backend, "--batch", "2", "--epochs", "30", "--flip", "--crop", "1",
				"--lr-schedule", "one-cycle", "--ema", "0.9")
		})
	}
}

func requireInterruptible(t *testing.T, args ...string) {
	self, err := os.FindProcess(os.Getpid())
	require.NoError(t, err)
	whole, parts := filepath.Join(t.TempDir(), "whole"), filepath.Join(t.TempDir(), "parts")
	var stderr strings.Builder
	require.Equal(t, exitOK, nncc(nil, append(args, "-o", whole), &strings.Builder{}, &stderr), "%s", &stderr)

	stdout := &atLine{n: 3, do: func() { require.NoError(t, self.Signal(os.Interrupt)) }}
	require.Equal(t, exitFailed, nncc(nil, append(args, "-o", parts), stdout, &stderr))
	checkpoint := filepath.Join(parts, "checkpoint.safetensors")
	require.Regexp(t, `^nncc: interrupted after step \d+ of 60, epoch \d+; the last good checkpoint is `+checkpoint+"\n$", stderr.String())
	require.NoFileExists(t, filepath.Join(parts, "weights.safetensors"))

	require.Equal(t, exitOK, nncc(nil, append(args, "--resume", parts, "--threads", "1"), &strings.Builder{}, &stderr))
	for _, name := range []string{"weights.safetensors", "best.safetensors"} {
		want, err := os.ReadFile(filepath.Join(whole, name))
		require.NoError(t, err)
		got, err := os.ReadFile(filepath.Join(parts, name))
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
}

func TestFrequentMistakes(t *testing.T) {
	sets := &trainSets{classes: []string{"cat", "dog"}, outputs: 3}
	var b strings.Builder
	require.NoError(t, page.Render(&b, sets.frequentMistakes([][]int{{5, 1, 0}, {0, 2, 3}, {0, 0, 0}})))
	text := b.String()
	require.Equal(t, 2, strings.Count(text, "<tr><td"))
	require.Less(t, strings.Index(text, ">dog</td>"), strings.Index(text, ">cat</td>"), "most frequent first")
}
