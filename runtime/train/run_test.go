package train

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"nncc/runtime/data"
	"nncc/runtime/safetensors"
	"nncc/runtime/train/schedule"
)

var errTest = errors.New("as the test wants it")

// blobs are noisy 3x3 pictures of three classes, each with a bright row of its own.
type blobs struct{ n, from int }

func (b blobs) Len() int          { return b.n }
func (b blobs) Classes() []string { return nil }

func (b blobs) At(i int) (data.Sample, error) {
	random := rand.New(rand.NewPCG(7, uint64(b.from+i)))
	m, label := data.NewImage(3, 3, 1), i%3
	for k := range m.Pix {
		m.Pix[k] = byte(random.IntN(120))
		if k/3 == label {
			m.Pix[k] += byte(random.IntN(100))
		}
	}
	return data.Sample{Image: m, Label: label, Name: fmt.Sprint("blob ", i)}, nil
}

func prepareBlobs(t testing.TB, n, from int) *data.Set {
	s, err := data.Prepare(context.Background(), blobs{n, from}, &data.Preprocess{Width: 3, Height: 3, Channels: 1}, data.PrepareOptions{Classes: 3})
	require.NoError(t, err)
	return s
}

const (
	testBatch  = 8
	perEpoch   = 12 // 100 samples
	testEpochs = 4
)

// newConfig is a run of four epochs with everything switched on.
func newConfig(t testing.TB, dir string) Config {
	stepper := newSoftmax(testBatch, 9, 3)
	plateau := &schedule.Plateau{Factor: 0.5, PlateauState: schedule.PlateauState{Current: 0.3}}
	return Config{
		Stepper: stepper, Evaluator: stepper, Train: prepareBlobs(t, 100, 0), Test: prepareBlobs(t, 50, 1000),
		Epochs: testEpochs, Seed: 3, Augment: data.Augment{Flip: true, Cutout: 1},
		Schedule: schedule.Warmup{Base: 0.3, Factor: 0.1, Steps: 10, Then: plateau}, Plateau: plateau,
		AverageDecay: 0.9, Dir: dir, SaveEvery: 5, write: writeSoon,
	}
}

// writeSoon writes as data.WriteFile does, but does not wait for the disk.
func writeSoon(path string, write func(io.Writer) error) error {
	var b bytes.Buffer
	if err := write(&b); err != nil {
		return err
	}
	if err := os.WriteFile(path+".part", b.Bytes(), 0o644); err != nil {
		return err
	}
	return os.Rename(path+".part", path)
}

// timeless drops what no two runs have in common.
func timeless(epochs []Epoch) []Epoch {
	out := append([]Epoch{}, epochs...)
	for i := range out {
		out[i].Seconds, out[i].ImagesPerSec = 0, 0
	}
	return out
}

func runOK(t testing.TB, c Config) *Result {
	r, err := Run(context.Background(), c)
	require.NoError(t, err)
	return r
}

func readFile(t testing.TB, path ...string) []byte {
	b, err := os.ReadFile(filepath.Join(path...))
	require.NoError(t, err)
	return b
}

func TestRun(t *testing.T) {
	dir := t.TempDir()
	c := newConfig(t, dir)
	var seen []Epoch
	steps := 0
	c.OnEpoch = func(e *Epoch) error { seen = append(seen, *e); return nil }
	c.OnStep = func(s *Status) {
		steps++
		require.Equal(t, steps, (s.Epoch-1)*perEpoch+s.Step)
		require.Equal(t, perEpoch, s.PerEpoch)
	}
	r := runOK(t, c)
	require.Equal(t, testEpochs*perEpoch, steps)
	require.Equal(t, r.Epochs, seen)
	require.Greater(t, *r.Epochs[testEpochs-1].TestAccuracy, 0.8)
	require.Less(t, r.Epochs[testEpochs-1].Loss, r.Epochs[0].Loss)
	require.Len(t, r.Curve.Loss, testEpochs*perEpoch)
	require.Equal(t, []float64{0.03, 0.3}, []float64{r.Curve.Rate[0], r.Curve.Rate[10]})

	correct := 0
	for i, p := range r.Predictions {
		if int(p) == c.Test.Label(i) {
			correct++
		}
	}
	require.Equal(t, *r.Epochs[testEpochs-1].TestAccuracy, float64(correct)/50)

	lines := bytes.Split(bytes.TrimSpace(readFile(t, dir, MetricsFile)), []byte("\n"))
	require.Len(t, lines, testEpochs)
	var last map[string]float64
	require.NoError(t, json.Unmarshal(lines[testEpochs-1], &last))
	require.Equal(t, *r.Epochs[testEpochs-1].TestAccuracy, last["test_accuracy"])
	require.Len(t, last, 8)

	f, err := safetensors.ReadFile(filepath.Join(dir, WeightsFile))
	require.NoError(t, err)
	require.Len(t, f.Tensors, 2, "moments do not belong to the network")
}

func TestSeedReproduces(t *testing.T) {
	one, two := t.TempDir(), t.TempDir()
	r1, r2 := runOK(t, newConfig(t, one)), runOK(t, newConfig(t, two))
	require.Equal(t, timeless(r1.Epochs), timeless(r2.Epochs))
	for _, name := range []string{WeightsFile, BestFile} {
		require.Equal(t, readFile(t, one, name), readFile(t, two, name))
	}
	c := newConfig(t, t.TempDir())
	c.Seed++
	require.NotEqual(t, timeless(r1.Epochs), timeless(runOK(t, c).Epochs))
}

// A run that is interrupted after any number of steps and goes on ends as one that is not.
func TestResumeIsExact(t *testing.T) {
	whole := t.TempDir()
	want := runOK(t, newConfig(t, whole))
	for stop := range testEpochs * perEpoch {
		dir := t.TempDir()
		c := newConfig(t, dir)
		c.SaveEvery = 0
		ctx, cancel := context.WithCancel(context.Background())
		c.OnStep = func(s *Status) {
			if (s.Epoch-1)*perEpoch+s.Step == stop {
				cancel()
			}
		}
		if stop == 0 {
			cancel()
		}
		_, err := Run(ctx, c)
		require.ErrorIs(t, err, ErrInterrupted)
		require.ErrorContains(t, err, fmt.Sprintf("interrupted after step %d of %d, epoch %d; the last good checkpoint is %s", stop, testEpochs*perEpoch, stop/perEpoch+1, dir))

		c = newConfig(t, dir)
		c.Resume = filepath.Join(dir, CheckpointFile)
		got := runOK(t, c)
		require.Equal(t, timeless(want.Epochs), timeless(got.Epochs))
		require.Equal(t, want.Curve, got.Curve)
		require.Equal(t, want.Predictions, got.Predictions)
		for _, name := range []string{WeightsFile, BestFile} {
			require.Equal(t, readFile(t, whole, name), readFile(t, dir, name), "%s after step %d", name, stop)
		}
	}
}

// A run that is complete has nothing left to do, and more epochs can follow.
func TestResumeOfACompleteRun(t *testing.T) {
	dir := t.TempDir()
	first := runOK(t, newConfig(t, dir))
	c := newConfig(t, dir)
	c.Resume = filepath.Join(dir, CheckpointFile)
	again := runOK(t, c)
	require.Equal(t, first, again)

	c = newConfig(t, dir)
	c.Resume, c.Epochs = filepath.Join(dir, CheckpointFile), testEpochs+1
	more := runOK(t, c)
	c = newConfig(t, t.TempDir())
	c.Epochs = testEpochs + 1
	require.Equal(t, timeless(runOK(t, c).Epochs), timeless(more.Epochs))
}

func TestResumeOfAnotherRun(t *testing.T) {
	dir := t.TempDir()
	c := newConfig(t, dir)
	c.Recipe = map[string]string{"optimizer": "sgd"}
	runOK(t, c)
	resume := func(change func(*Config)) error {
		c := newConfig(t, dir)
		c.Recipe = map[string]string{"optimizer": "sgd"}
		c.Resume = filepath.Join(dir, CheckpointFile)
		change(&c)
		_, err := Run(context.Background(), c)
		return err
	}
	path := filepath.Join(dir, CheckpointFile)
	require.EqualError(t, resume(func(c *Config) { c.Recipe["optimizer"] = "adam"; c.Seed = 4 }), path+`: the checkpoint is of another run
    optimizer: "sgd" in the checkpoint, now "adam"
    seed: "3" in the checkpoint, now "4"`)
	require.EqualError(t, resume(func(c *Config) { c.Stepper = renamed{newSoftmax(testBatch, 9, 3)} }), path+`: the checkpoint is of another run
    kernel: missing
    steps: F32[] in the checkpoint, F32[1] in the model
    average:kernel: missing
    average:steps: F32[] in the checkpoint, F32[1] in the model
    average:weight: not in the model
    weight: not in the model`)
	require.EqualError(t, resume(func(c *Config) { c.Resume = filepath.Join(dir, WeightsFile) }),
		filepath.Join(dir, WeightsFile)+": not a checkpoint: it holds tensors and no state of a training run")
	require.ErrorIs(t, resume(func(c *Config) { c.Resume = "nowhere" }), os.ErrNotExist)
}

type renamed struct{ *softmax }

func (r renamed) States() []State {
	states := r.softmax.States()
	states[0].Name = "kernel"
	states[1].Shape = []int{1}
	return states
}

// Files that claim what cannot be are refused.
func TestForgedCheckpoints(t *testing.T) {
	dir := t.TempDir()
	runOK(t, newConfig(t, dir))
	path := filepath.Join(dir, CheckpointFile)
	good, err := safetensors.ReadFile(path)
	require.NoError(t, err)
	for want, forge := range map[string]func(p *progress){
		"damaged: -1 steps":                            func(p *progress) { p.Step = -1 },
		"damaged: 4 epochs in 99 steps, 12 an epoch":   func(p *progress) { p.Step = 99 },
		"damaged: 1 epochs in 48 steps, 12 an epoch":   func(p *progress) { p.Epochs = p.Epochs[:1] },
		"damaged: 7 samples right in 0 steps":          func(p *progress) { p.Correct = 7 },
		"damaged: a curve of 48 points, 0 steps each":  func(p *progress) { p.Curve.Stride = 0 },
		"damaged: a curve of 47 points, 1 steps each":  func(p *progress) { p.Curve.Loss = p.Curve.Loss[1:] },
		"damaged: a curve of 48 points, 1 steps each,": func(p *progress) { p.Curve.Count = 1 },
	} {
		var p progress
		require.NoError(t, json.Unmarshal([]byte(good.Metadata[progressKey]), &p))
		forge(&p)
		text, err := json.Marshal(p)
		require.NoError(t, err)
		forged := &safetensors.File{Tensors: good.Tensors, Metadata: map[string]string{progressKey: string(text)}}
		require.NoError(t, data.WriteFile(path, func(w io.Writer) error { return safetensors.Write(w, forged) }))
		c := newConfig(t, dir)
		c.Resume = path
		_, err = Run(context.Background(), c)
		require.ErrorContains(t, err, path+": "+want)
	}
}

func TestEarlyStopping(t *testing.T) {
	c := newConfig(t, t.TempDir())
	c.Schedule, c.Plateau, c.AverageDecay = schedule.Constant{Base: 0}, nil, 0
	c.Patience, c.Epochs = 2, 10
	r := runOK(t, c)
	require.True(t, r.StoppedEarly)
	require.Len(t, r.Epochs, 3)
	require.Equal(t, 0, r.Best)
	c.Resume = filepath.Join(c.Dir, CheckpointFile)
	require.Len(t, runOK(t, c).Epochs, 3, "it stays stopped")
}

func TestNaN(t *testing.T) {
	dir := t.TempDir()
	c := newConfig(t, dir)
	c.Stepper.(*softmax).w[0] = float32(math.NaN())
	_, err := Run(context.Background(), c)
	require.EqualError(t, err, "step 1, epoch 1: the loss is NaN; there is no checkpoint yet\n    hint: a lower learning rate, a warm-up or clipped gradients help most often")

	c = newConfig(t, dir)
	c.Stepper.(*softmax).explodeAt = 14 // the parameters of a checkpoint, not yet the loss
	_, err = Run(context.Background(), c)
	var diverged *DivergedError
	require.ErrorAs(t, err, &diverged)
	require.Equal(t, "weight has become +Inf", diverged.What)
	require.Equal(t, filepath.Join(dir, CheckpointFile), diverged.Checkpoint)
	require.Equal(t, 2, diverged.Epoch)

	// The last good checkpoint is there, and a run goes on from it.
	c = newConfig(t, dir)
	c.Resume = diverged.Checkpoint
	require.Len(t, runOK(t, c).Epochs, testEpochs)
}

func TestFailingStep(t *testing.T) {
	dir := t.TempDir()
	c := newConfig(t, dir)
	c.Stepper.(*softmax).failAt = 13
	_, err := Run(context.Background(), c)
	require.EqualError(t, err, "step 14: as the test wants it; the last good checkpoint is "+filepath.Join(dir, CheckpointFile))
}

// A disk that is full at any file stops the run; what was there before stays, and a run goes on from it.
func TestFullDisk(t *testing.T) {
	whole := t.TempDir()
	runOK(t, newConfig(t, whole))
	for room := 0; ; room++ {
		dir := t.TempDir()
		c := newConfig(t, dir)
		files := 0
		c.write = func(path string, write func(io.Writer) error) error {
			if files++; files > room {
				write = func(w io.Writer) error {
					_, _ = io.WriteString(w, "half of ")
					return &fs.PathError{Op: "write", Path: "temporary", Err: syscall.ENOSPC}
				}
			}
			return writeSoon(path, write)
		}
		_, err := Run(context.Background(), c)
		if err == nil {
			require.Greater(t, room, 15)
			return
		}
		var failed *SaveError
		require.ErrorAs(t, err, &failed)
		require.ErrorIs(t, err, syscall.ENOSPC)
		require.ErrorContains(t, err, failed.Path+" cannot be written: "+syscall.ENOSPC.Error()+"; ")
		c = newConfig(t, dir)
		c.Resume = failed.Checkpoint
		runOK(t, c)
		require.Equal(t, readFile(t, whole, WeightsFile), readFile(t, dir, WeightsFile))
	}
}

func TestEventsOfARun(t *testing.T) {
	dir := t.TempDir()
	runOK(t, newConfig(t, dir))
	events := readFile(t, dir, "events.out.tfevents.0000000000.nncc")
	require.Equal(t, testEpochs, bytes.Count(events, []byte("test/accuracy")))
	require.Equal(t, testEpochs*perEpoch/logEvery, bytes.Count(events, []byte("step/loss")))
}

func TestStepsAllocateNothing(t *testing.T) {
	c := newConfig(t, "")
	c.OnStep = func(*Status) {}
	r, err := start(c)
	require.NoError(t, err)
	batches, err := c.Train.Batches(data.BatchOptions{Size: testBatch, Shuffle: true})
	require.NoError(t, err)
	defer batches.Close()
	require.Zero(t, testing.AllocsPerRun(300, func() {
		batch, err := batches.Next()
		require.NoError(t, err)
		require.NoError(t, r.step(batch))
	}))
}

func TestConfigErrors(t *testing.T) {
	for want, change := range map[string]func(*Config){
		"0 epochs": func(c *Config) { c.Epochs = 0 },
		"a batch of 8 is more than the 5 samples to train on":                        func(c *Config) { c.Train = prepareBlobs(t, 5, 0) },
		"test data and an evaluator come together":                                   func(c *Config) { c.Evaluator = nil },
		"averages that decay by 1: the decay is at least 0 and below 1":              func(c *Config) { c.AverageDecay = 1 },
		"augment: a crop with a padding of 3: it is from 0 to 2 for pictures of 3x3": func(c *Config) { c.Augment.Crop = 3 },
	} {
		c := newConfig(t, "")
		change(&c)
		_, err := Run(context.Background(), c)
		require.EqualError(t, err, want)
	}
}
