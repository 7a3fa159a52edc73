package backendtest

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"nncc/ir/passes/grad/gradtest"
	"nncc/runtime/tensor"
)

// TestResidualTrajectory follows PyTorch's training of a small network of convolutions of many kinds and batch norms on
// every executor; loop-IR interpreters make two steps.
func TestResidualTrajectory(t *testing.T) {
	runs := gradtest.Residual(t, "../../testdata/train")
	eachStepper(t, func(t *testing.T, e stepper) {
		for _, r := range runs {
			t.Run(r.Name, func(t *testing.T) {
				steps := r.Steps
				if _, slow := e.(Interpreted); slow {
					steps = 2
				}
				follow(t, e, r, steps)
			})
		}
	})
}

// eachStepper runs a test on all executors that are here and compute in float32.
func eachStepper(t *testing.T, run func(t *testing.T, e stepper)) {
	for _, e := range executors() {
		var s stepper
		switch e := e.(type) {
		case Native:
			s = e
		case Portable:
			s = e
		case Interpreted:
			s = e
		}
		if s == nil || strings.Contains(e.Name(), "bf16") {
			continue
		}
		t.Run(e.Name(), func(t *testing.T) {
			if err := e.Missing(); err != nil {
				t.Skip(err)
			}
			run(t, s)
		})
	}
}

// TestLeNetTrajectory follows PyTorch's training of the LeNet on CIFAR-10.
func TestLeNetTrajectory(t *testing.T) {
	dir := filepath.Dir(sharedFile(t, "fixtures/lenet_train/losses.json"))
	runs := gradtest.LeNet(t, dir, "../../testdata")
	eachStepper(t, func(t *testing.T, e stepper) {
		if _, slow := e.(Interpreted); slow {
			t.Skip("takes hours")
		}
		for _, r := range runs {
			t.Run(r.Name, func(t *testing.T) { follow(t, e, r, r.Long) })
		}
	})
}

// follow makes so many steps of r, on one thread and on two, which must agree bit for bit, and compares them with what
// was recorded.
func follow(t *testing.T, e stepper, r gradtest.Trajectory, steps int) {
	g := r.Step(t)
	var losses [][]float64
	var finals []map[string]*tensor.Tensor
	for _, threads := range []int{1, 2} {
		in, err := e.open(t, g, threads)
		require.NoError(t, err)
		var list []float64
		var final map[string]*tensor.Tensor
		for step := range steps {
			outputs, err := in.step(r.Inputs(step))
			require.NoError(t, err)
			list = append(list, outputs[0].Float64s()[0])
			if step+1 == r.Steps {
				final = map[string]*tensor.Tensor{}
				for i, s := range g.States {
					final[s.Name] = &tensor.Tensor{DType: s.In.Type.DType, Shape: s.In.Type.Shape, Data: slices.Clone(in.state(i))}
				}
			}
		}
		losses, finals = append(losses, list), append(finals, final)
	}
	require.Equal(t, losses[0], losses[1], "one thread and two")
	require.Equal(t, finals[0], finals[1], "one thread and two")
	r.Check(t, losses[0], finals[0])
}
