package gohost

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// testFiles are a package of the given files with a manifest about them.
func testFiles(t *testing.T, files map[string]string) map[string]File {
	m := manifest{Format: 1, Files: map[string]string{}}
	out := map[string]File{}
	for name, text := range files {
		out[name] = File{[]byte(text[:1]), []byte(text[1:])}
		m.Files[name] = out[name].hash()
	}
	text, err := json.Marshal(m)
	require.NoError(t, err)
	out[manifestFile] = File{text}
	return out
}

func TestWrite(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "net")
	first := testFiles(t, map[string]string{"net.go": generated + "\n1", "gone.go": generated + "\n", "testdata/v.bin": "data", "weights.bin": "w"})
	var stale *StaleError
	require.ErrorAs(t, Write(t.Context(), dir, first, true), &stale)
	require.Equal(t, []string{"gone.go", "manifest.json", "net.go", "testdata/v.bin", "weights.bin"}, stale.Files)
	require.NoDirExists(t, dir)
	require.NoError(t, Write(t.Context(), dir, first, false))
	require.NoError(t, Write(t.Context(), dir, first, true))

	old := time.Now().Add(-time.Hour).Truncate(time.Second)
	kept := filepath.Join(dir, "weights.bin")
	require.NoError(t, os.Chtimes(kept, old, old))
	mine := filepath.Join(dir, "mine.go")
	require.NoError(t, os.WriteFile(mine, []byte("package net\n"), 0o666))

	second := testFiles(t, map[string]string{"net.go": generated + "\n2", "weights.bin": "w"})
	require.EqualError(t, Write(t.Context(), dir, second, true), dir+": not up to date: manifest.json, net.go, gone.go, testdata/v.bin")
	require.FileExists(t, filepath.Join(dir, "gone.go"))
	require.NoError(t, Write(t.Context(), dir, second, false))
	require.NoError(t, Write(t.Context(), dir, second, true))
	require.NoFileExists(t, filepath.Join(dir, "gone.go"))
	require.NoFileExists(t, filepath.Join(dir, "testdata/v.bin"))
	require.FileExists(t, mine)
	info, err := os.Stat(kept)
	require.NoError(t, err)
	require.True(t, info.ModTime().Equal(old), "an unchanged file keeps its time")
}

// TestWriteSparesOtherFiles finds that nothing is written where something of somebody else's would be lost.
func TestWriteSparesOtherFiles(t *testing.T) {
	dir := t.TempDir()
	mine := filepath.Join(dir, "net.go")
	require.NoError(t, os.WriteFile(mine, []byte("package net\n"), 0o666))
	files := testFiles(t, map[string]string{"net.go": generated + "\n", "other.go": generated + "\n"})
	require.EqualError(t, Write(t.Context(), dir, files, false), dir+": would overwrite files that nncc has not written: net.go")
	require.NoFileExists(t, filepath.Join(dir, "other.go"))
	for _, name := range []string{"../up.go", "/root.go", "a/../b.go"} {
		require.Error(t, Write(t.Context(), dir, map[string]File{name: nil}, false), name)
	}
}

// TestWriteForgedManifest finds that a manifest cannot make Write remove what lies elsewhere or was changed.
func TestWriteForgedManifest(t *testing.T) {
	top := t.TempDir()
	dir := filepath.Join(top, "net")
	outside, changed := filepath.Join(top, "outside"), filepath.Join(dir, "changed.txt")
	require.NoError(t, os.Mkdir(dir, 0o777))
	for _, name := range []string{outside, changed} {
		require.NoError(t, os.WriteFile(name, []byte("precious"), 0o666))
	}
	text, err := json.Marshal(manifest{Format: 1, Files: map[string]string{"../outside": File{[]byte("precious")}.hash(), "changed.txt": File{[]byte("other")}.hash()}})
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, manifestFile), text, 0o666))
	require.NoError(t, Write(t.Context(), dir, testFiles(t, map[string]string{"net.go": generated + "\n"}), false))
	require.FileExists(t, outside)
	require.FileExists(t, changed)
}

// TestWriteAllOrNothing finds that a folder stays as it was where writing fails or is given up, without files left behind.
func TestWriteAllOrNothing(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "deep", "net")
	first := testFiles(t, map[string]string{"net.go": generated + "\n1", "weights.bin": "w"})
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, Write(gone, dir, first, false), context.Canceled)
	require.NoDirExists(t, filepath.Dir(dir), "folders that were made for it")

	require.NoError(t, Write(t.Context(), dir, first, false))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "testdata"), nil, 0o666)) // where a folder should be
	second := testFiles(t, map[string]string{"net.go": generated + "\n2", "weights.bin": "v", "testdata/v.bin": "data"})
	require.Error(t, Write(t.Context(), dir, second, false))
	require.NoError(t, os.Remove(filepath.Join(dir, "testdata")))
	require.NoError(t, Write(t.Context(), dir, first, true))
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, len(first))
}
