package grad_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"nncc/ir/interp"
	"nncc/ir/passes/grad/gradtest"
	"nncc/runtime/tensor"
)

const fixture = "../../../testdata/train"

// sharedFile finds a file of the material beside the repository, which is not part of it, or skips.
func sharedFile(t *testing.T, name string) string {
	t.Helper()
	const variable = "NNCC_DATA"
	dir := os.Getenv(variable)
	if dir == "" {
		dir = "../../../../shared"
	}
	path := filepath.Join(dir, name)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("no %s; %s names the folder that has it", path, variable)
	}
	return path
}

// follow runs so many steps of a trajectory through the interpreter, and compares them.
func follow(t *testing.T, r gradtest.Trajectory, steps int) {
	g := r.Step(t)
	states := interp.InitialStates(g)
	var losses []float64
	var final map[string]*tensor.Tensor
	for step := range steps {
		outputs, next, err := interp.Step(g, r.Inputs(step), states, interp.Options{})
		require.NoError(t, err)
		losses, states = append(losses, outputs[0].Float64s()[0]), next
	}
	if steps == r.Steps {
		final = map[string]*tensor.Tensor{}
		for i, s := range g.States {
			final[s.Name] = states[i]
		}
	}
	r.Check(t, losses, final)
}

// TestLeNetTrajectory follows PyTorch's training of the LeNet. All 20 steps, and the parameters after them, take minutes:
// NNCC_ALL_STEPS=1 asks for them.
func TestLeNetTrajectory(t *testing.T) {
	dir := filepath.Dir(sharedFile(t, "fixtures/lenet_train/losses.json"))
	for _, r := range gradtest.LeNet(t, dir, "../../../testdata") {
		t.Run(r.Name, func(t *testing.T) {
			steps := 2
			if os.Getenv("NNCC_ALL_STEPS") != "" {
				steps = r.Steps
			}
			follow(t, r, steps)
		})
	}
}

// TestResidualTrajectory follows PyTorch's training of a small network of convolutions of many kinds and batch norms.
func TestResidualTrajectory(t *testing.T) {
	for _, r := range gradtest.Residual(t, fixture) {
		t.Run(r.Name, func(t *testing.T) { follow(t, r, r.Steps) })
	}
}
