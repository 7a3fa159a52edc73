package api

import (
	"bytes"
	"errors"
	"math"
	"slices"
	"testing"

	"nncc/runtime/exec"
)

// samples are what tests train on in a step. What records the losses for checkLosses makes the same ones.
func (m *trainModel) samples(step int) (images []float32, labels []int64) {
	images, labels = make([]float32, m.batch*m.imageLen), make([]int64, m.batch)
	for i := range images {
		images[i] = float32((i+31*step)*7919%251)/125 - 1
	}
	for i := range labels {
		labels[i] = int64((i + step) % m.classes)
	}
	return images, labels
}

// openTrainer opens the variant in use by default, or that of an instruction set, or skips the test where the processor does not have it.
func (m *testModel) openTrainer(t testing.TB, train *trainModel, isa string) *Trainer {
	t.Helper()
	opts := m.options(t, nil)
	if isa != "" {
		opts = append(opts, func(o *options) { o.isa = isa })
	}
	trainer, err := train.open(opts)
	var unsupported *exec.UnsupportedError
	if errors.As(err, &unsupported) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(trainer.Close)
	return trainer
}

// mustStep is one step on made-up samples.
func mustStep(t testing.TB, trainer *Trainer, step int) float64 {
	t.Helper()
	images, labels := trainer.model.samples(step)
	loss, correct, err := trainer.Step(images, labels)
	if err != nil {
		t.Fatal(err)
	}
	if correct < 0 || correct > len(labels) {
		t.Fatalf("%d of %d labels are right", correct, len(labels))
	}
	return loss
}

// checkLosses trains every variant for as many steps as losses were recorded of.
func (m *testModel) checkLosses(t *testing.T, train *trainModel, losses []float64) {
	if len(losses) == 0 {
		t.Skip("no losses were recorded for this network")
	}
	m.eachISA(t, func(t *testing.T, isa string) {
		trainer := m.openTrainer(t, train, isa)
		for step, want := range losses {
			if loss := mustStep(t, trainer, step); !(math.Abs(loss-want) <= m.tolerance*max(1, math.Abs(want))) {
				t.Errorf("the loss of step %d is %v, not %v", step, loss, want)
			}
		}
	})
}

// checkTrainer finds that training goes on exactly from a file, that neither a step nor a prediction allocates, and that
// wrong arguments are errors.
func (m *testModel) checkTrainer(t *testing.T, train *trainModel) {
	one, other := m.openTrainer(t, train, ""), m.openTrainer(t, train, "")
	images, labels := train.samples(0)
	dst, again := make([]float32, train.batch*train.outputLen), make([]float32, train.batch*train.outputLen)
	if n := testing.AllocsPerRun(4, func() {
		_, _, stepErr := one.Step(images, labels)
		if err := errors.Join(stepErr, one.Predict(dst, images)); err != nil {
			t.Fatal(err)
		}
	}); n > 0 {
		t.Errorf("a step and a prediction allocate %v times", n)
	}
	one.SetLearningRate(one.LearningRate() / 2)
	var file bytes.Buffer
	if err := one.Save(&file); err != nil {
		t.Fatal(err)
	}
	if err := other.Load(&file); err != nil {
		t.Fatal(err)
	}
	if err := other.Predict(again, images); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(dst, again) {
		t.Error("a network that was saved and loaded predicts something else")
	}
	if a, b := mustStep(t, one, 1), mustStep(t, other, 1); a != b {
		t.Errorf("training goes on from a file with the loss %v, not %v", b, a)
	}
	labels[0] = int64(train.classes)
	if _, _, err := one.Step(images, labels); !errors.Is(err, ErrLabel) {
		t.Errorf("a label that is no class gives the error %v", err)
	}
	if _, _, err := one.Step(images[1:], labels); !errors.Is(err, ErrLength) {
		t.Errorf("a short slice gives the error %v", err)
	}
	one.Close()
	if err := one.Predict(dst, images); !errors.Is(err, ErrClosed) {
		t.Errorf("a closed trainer gives the error %v", err)
	}
}

// benchTrainer measures a step of the variant in use by default.
func (m *testModel) benchTrainer(b *testing.B, train *trainModel) {
	trainer := m.openTrainer(b, train, "")
	images, labels := train.samples(0)
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := trainer.Step(images, labels); err != nil {
			b.Fatal(err)
		}
	}
}
