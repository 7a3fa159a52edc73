package grad_test

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"nncc/frontend"
	"nncc/ir"
	"nncc/ir/interp"
	"nncc/ir/passes/grad"
	"nncc/runtime/data"
	"nncc/runtime/safetensors"
	"nncc/runtime/tensor"
)

// optimizers are those of the recorded trajectories, with their learning rates.
var optimizers = map[string]struct {
	grad.Optimizer
	rate float32
}{
	"sgd":          {grad.Optimizer{}, 0.01},
	"sgd_momentum": {grad.Optimizer{Momentum: 0.9}, 0.001},
	"nesterov_wd":  {grad.Optimizer{Momentum: 0.9, Nesterov: true, WeightDecay: 5e-4}, 0.01},
	"adamw":        {grad.Optimizer{Kind: "adamw", WeightDecay: 0.01}, 0.001},
}

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

// load reads a model and, if a path is given, its parameters from a file.
func load(t *testing.T, model, weights string) *ir.Graph {
	t.Helper()
	g, err := frontend.Load(model, frontend.Options{})
	require.NoError(t, err)
	ir.MarkBatched(g)
	if weights == "" {
		return g
	}
	params := readTensors(t, weights)
	for _, v := range g.Constants() {
		if p := params[v.Name]; p != nil {
			require.True(t, v.Type.Equal(ir.T(p.DType, p.Shape...)), v.Name)
			v.Const = p
			delete(params, v.Name)
		}
	}
	require.Empty(t, params, "parameters that the model does not have")
	return g
}

func readTensors(t *testing.T, path string) map[string]*tensor.Tensor {
	t.Helper()
	f, err := safetensors.ReadFile(path)
	require.NoError(t, err)
	out := map[string]*tensor.Tensor{}
	for _, p := range f.Tensors {
		if p.DType == "F32" {
			out[p.Name], err = tensor.FromBytes(tensor.F32, p.Shape, p.Data)
			require.NoError(t, err)
		}
	}
	return out
}

// batches are pictures [N,H,W,3] of bytes as inputs (RGB/255 - 0.5)/0.5, and their labels, so many at a time in order.
type batches struct {
	size           int
	images, labels *tensor.Tensor
}

func readBatches(t *testing.T, images, labels string, size int) batches {
	t.Helper()
	b := batches{size: size}
	var err error
	b.images, err = data.ReadNPY(images)
	require.NoError(t, err)
	b.labels, err = data.ReadNPY(labels)
	require.NoError(t, err)
	return b
}

func (b batches) at(step int) []*tensor.Tensor {
	height, width := b.images.Shape[1], b.images.Shape[2]
	out := tensor.New(tensor.F32, b.size, 3, height, width)
	pixels, values := height*width, out.F32s()
	first := step * b.size % b.images.Shape[0]
	for n := range b.size {
		for p := range pixels {
			for c := range 3 {
				values[(n*3+c)*pixels+p] = (float32(b.images.Data[((first+n)*pixels+p)*3+c])/255 - 0.5) / 0.5
			}
		}
	}
	return []*tensor.Tensor{out, tensor.FromI64(b.labels.I64s()[first:first+b.size], b.size)}
}

// train runs steps through the interpreter and returns the losses, and what the states hold at the end.
func train(t *testing.T, g *ir.Graph, b batches, rate float32, steps int, o interp.Options) ([]float64, map[string]*tensor.Tensor) {
	t.Helper()
	require.NoError(t, ir.Verify(g))
	states := interp.InitialStates(g)
	var losses []float64
	for step := range steps {
		inputs := append(b.at(step), tensor.FromF32([]float32{rate}))
		outputs, next, err := interp.Step(g, inputs, states, o)
		require.NoError(t, err)
		losses, states = append(losses, outputs[0].Float64s()[0]), next
	}
	out := map[string]*tensor.Tensor{}
	for i, s := range g.States {
		out[s.Name] = states[i]
	}
	return losses, out
}

func readJSON(t *testing.T, path string, into any) {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, into))
}

// TestLeNetTrajectory follows PyTorch's training of the LeNet. All 20 steps, and the parameters after them, take minutes:
// NNCC_ALL_STEPS=1 asks for them.
func TestLeNetTrajectory(t *testing.T) {
	dir := filepath.Dir(sharedFile(t, "fixtures/lenet_train/losses.json"))
	steps := 2
	if os.Getenv("NNCC_ALL_STEPS") != "" {
		steps = 20
	}
	var recorded map[string][]float64
	readJSON(t, filepath.Join(dir, "losses.json"), &recorded)
	model := load(t, "../../../testdata/models/lenet.json", filepath.Join(dir, "init.safetensors"))
	b := readBatches(t, filepath.Join(dir, "images_u8_nhwc.npy"), filepath.Join(dir, "labels_i64.npy"), 100)
	for name, o := range optimizers {
		t.Run(name, func(t *testing.T) {
			g, err := grad.Step(model, grad.Options{Batch: 100, Optimizer: o.Optimizer})
			require.NoError(t, err)
			losses, states := train(t, g, b, o.rate, steps, interp.Options{})
			require.InDeltaSlice(t, recorded[name+"_f32"][:steps], losses, 1e-5)
			t.Logf("largest difference of the loss in %d steps: %.1e", steps, largestDifference(recorded[name+"_f32"][:steps], losses))
			if steps == 20 {
				compareTensors(t, readTensors(t, filepath.Join(dir, fmt.Sprintf("final_%s.safetensors", name))), states, max(1e-4, 4*lenetGap[name]))
			}
		})
	}
}

// lenetGap is how far PyTorch's own parameters in float32 are from those in float64 after 20 updates, where rounding grows:
// testdata/train/make.py --gap prints it.
var lenetGap = map[string]float64{"adamw": 1.45e-4}

// TestResidualTrajectory follows PyTorch's training of a small network with batch norms, strides, groups and a shortcut.
func TestResidualTrajectory(t *testing.T) {
	const dir, batch, steps = "../../../testdata/train/", 16, 16
	var recorded map[string]struct {
		F32 []float64
		Gap float64
	}
	readJSON(t, dir+"losses.json", &recorded)
	model := load(t, dir+"residual.json", dir+"residual.safetensors")
	b := readBatches(t, dir+"images_u8_nhwc.npy", dir+"labels_i64.npy", batch)
	runs := map[string]struct {
		grad.Options
		rate float32
	}{
		"nesterov_wd": {grad.Options{Optimizer: optimizers["nesterov_wd"].Optimizer}, 0.05},
		"adamw":       {grad.Options{Optimizer: optimizers["adamw"].Optimizer}, 0.002},
		"adam":        {grad.Options{Optimizer: grad.Optimizer{Kind: "adam", WeightDecay: 0.01, Beta1: 0.8, Beta2: 0.99, Epsilon: 1e-6}}, 0.002},
		"clipped":     {grad.Options{ClipNorm: 0.5, Loss: grad.Loss{LabelSmoothing: 0.1}}, 0.1},
		"mse":         {grad.Options{Loss: grad.Loss{Kind: "mse"}}, 0.1},
	}
	require.Len(t, recorded, len(runs))
	for name, want := range recorded {
		t.Run(name, func(t *testing.T) {
			o := runs[name]
			o.Batch = batch
			g, err := grad.Step(model, o.Options)
			require.NoError(t, err)
			losses, states := train(t, g, b, o.rate, steps, interp.Options{})
			t.Logf("largest difference of the loss in %d steps: %.1e", steps, largestDifference(want.F32, losses))
			require.InDeltaSlice(t, want.F32, losses, 1e-5)
			compareTensors(t, readTensors(t, dir+"final_"+name+".safetensors"), states, max(1e-4, 4*want.Gap))
		})
	}
}

// compareTensors wants every tensor within a tolerance, relative to its largest element.
func compareTensors(t *testing.T, want, got map[string]*tensor.Tensor, tolerance float64) {
	t.Helper()
	worst := 0.0
	for name, w := range want {
		require.Contains(t, got, name)
		largest := 0.0
		for _, v := range w.Float64s() {
			largest = max(largest, math.Abs(v))
		}
		e := largestDifference(w.Float64s(), got[name].Float64s()) / largest
		require.LessOrEqual(t, e, tolerance, name)
		worst = max(worst, e)
	}
	t.Logf("largest difference of a parameter, relative to its largest element: %.1e, allowed %.1e", worst, tolerance)
}

func largestDifference(a, b []float64) float64 {
	largest := 0.0
	for i := range a {
		largest = max(largest, math.Abs(a[i]-b[i]))
	}
	return largest
}
