// Package gradtest has recorded runs of training by PyTorch, as steps of nncc's that must come out alike.
package gradtest

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"nncc/frontend"
	"nncc/ir"
	"nncc/ir/passes/grad"
	"nncc/runtime/data"
	"nncc/runtime/safetensors"
	"nncc/runtime/tensor"
)

// Trajectory is one run: a network, its batches in order, and what PyTorch made of them in float32.
type Trajectory struct {
	Name    string
	Options grad.Options
	Rate    float32
	Losses  []float64                 // before each update
	Final   map[string]*tensor.Tensor // parameters and running statistics
	Steps   int                       // after how many updates Final was recorded
	Long    int                       // for how many steps rounding does not grow, so that losses can be compared
	Gap     float64                   // largest difference of Final from the same in float64, relative to the largest element
	Model   *ir.Graph

	images, labels *tensor.Tensor
}

const residualSteps, residualBatch = 16, 16

// Residual is a small network with batch norms, strides, groups and a shortcut, in folder testdata/train.
func Residual(t testing.TB, dir string) []Trajectory {
	t.Helper()
	var recorded map[string]struct {
		F32 []float64
		Gap float64
	}
	readJSON(t, filepath.Join(dir, "losses.json"), &recorded)
	runs := []Trajectory{
		{Name: "nesterov_wd", Options: grad.Options{Optimizer: grad.Optimizer{Momentum: 0.9, Nesterov: true, WeightDecay: 5e-4}}, Rate: 0.05},
		{Name: "adamw", Options: grad.Options{Optimizer: grad.Optimizer{Kind: "adamw", WeightDecay: 0.01}}, Rate: 0.002},
		{Name: "clipped", Options: grad.Options{ClipNorm: 0.5, Loss: grad.Loss{LabelSmoothing: 0.1}}, Rate: 0.1},
		{Name: "mse", Options: grad.Options{Loss: grad.Loss{Kind: "mse"}}, Rate: 0.1},
	}
	require.Len(t, recorded, len(runs))
	model := Model(t, filepath.Join(dir, "residual.json"), filepath.Join(dir, "residual.safetensors"))
	for i := range runs {
		r := &runs[i]
		r.Options.Batch, r.Steps, r.Long, r.Model = residualBatch, residualSteps, residualSteps, model
		r.Losses, r.Gap = recorded[r.Name].F32, recorded[r.Name].Gap
		r.read(t, dir)
	}
	return runs
}

// lenetGap is how far PyTorch's own parameters in float32 are from those in float64 after 20 updates, where rounding grows:
// testdata/train/make.py --gap prints it.
var lenetGap = map[string]float64{"adamw": 1.45e-4}

// LeNet is the LeNet on CIFAR-10, in folder fixtures/lenet_train of the material beside the repository; model is the path
// of its model.json.
func LeNet(t testing.TB, dir, model string) []Trajectory {
	t.Helper()
	var recorded map[string][]float64
	readJSON(t, filepath.Join(dir, "losses.json"), &recorded)
	runs := []Trajectory{
		{Name: "sgd", Rate: 0.01},
		{Name: "sgd_momentum", Options: grad.Options{Optimizer: grad.Optimizer{Momentum: 0.9}}, Rate: 0.001},
		{Name: "nesterov_wd", Options: grad.Options{Optimizer: grad.Optimizer{Momentum: 0.9, Nesterov: true, WeightDecay: 5e-4}}, Rate: 0.01},
		{Name: "adamw", Options: grad.Options{Optimizer: grad.Optimizer{Kind: "adamw", WeightDecay: 0.01}}, Rate: 0.001},
	}
	g := Model(t, model, filepath.Join(dir, "init.safetensors"))
	for i := range runs {
		r := &runs[i]
		r.Options.Batch, r.Steps, r.Long, r.Model = 100, 20, 20, g
		if r.Options.Optimizer.WeightDecay == 0 { // PyTorch's own losses in float32 and float64 stay together
			r.Long = 200
		}
		r.Losses, r.Gap = recorded[r.Name+"_f32"], lenetGap[r.Name]
		r.read(t, dir)
	}
	return runs
}

// read takes pictures, labels and final tensors from dir.
func (r *Trajectory) read(t testing.TB, dir string) {
	t.Helper()
	var err error
	r.images, err = data.ReadNPY(filepath.Join(dir, "images_u8_nhwc.npy"))
	require.NoError(t, err)
	r.labels, err = data.ReadNPY(filepath.Join(dir, "labels_i64.npy"))
	require.NoError(t, err)
	r.Final = tensors(t, filepath.Join(dir, "final_"+r.Name+".safetensors"))
}

// Step is the graph of a step.
func (r *Trajectory) Step(t testing.TB) *ir.Graph {
	t.Helper()
	g, err := grad.Step(r.Model, r.Options)
	require.NoError(t, err)
	require.NoError(t, ir.Verify(g))
	return g
}

// Inputs are those of a step: pictures, as (RGB/255 - 0.5)/0.5, labels and the learning rate.
func (r *Trajectory) Inputs(step int) []*tensor.Tensor {
	batch, height, width := r.Options.Batch, r.images.Shape[1], r.images.Shape[2]
	out := tensor.New(tensor.F32, batch, 3, height, width)
	pixels, values := height*width, out.F32s()
	first := step * batch % r.images.Shape[0]
	for n := range batch {
		for p := range pixels {
			for c := range 3 {
				values[(n*3+c)*pixels+p] = (float32(r.images.Data[((first+n)*pixels+p)*3+c])/255 - 0.5) / 0.5
			}
		}
	}
	return []*tensor.Tensor{out, tensor.FromI64(r.labels.I64s()[first:first+batch], batch), tensor.FromF32([]float32{r.Rate})}
}

// adam reports whether rounding may send parameters another way, see CheckFinal.
func (r *Trajectory) adam() bool { return strings.HasPrefix(r.Options.Optimizer.Kind, "adam") }

// CheckLosses compares the losses of the first steps: those until Final was recorded closely, later ones less so.
func (r *Trajectory) CheckLosses(t testing.TB, losses []float64) {
	t.Helper()
	near := min(len(losses), r.Steps)
	t.Logf("largest difference of the loss in %d steps: %.1e", near, difference(r.Losses[:near], losses[:near]))
	allowed := 1e-5
	if r.adam() {
		allowed = 1e-4
	}
	require.InDeltaSlice(t, r.Losses[:near], losses[:near], allowed)
	if len(losses) > near {
		t.Logf("in %d steps: %.1e", len(losses), difference(r.Losses[:len(losses)], losses))
		require.InDeltaSlice(t, r.Losses[:len(losses)], losses, 1e-4)
	}
}

// CheckFinal compares what states hold after r.Steps steps. Adam divides a gradient by its own size: where rounding decides
// between two numbers of a pool's window, or on which side of a relu one lies, all that depends on it goes another way at
// full speed. So its parameters may be further off, but on the average by a fiftieth of the way they went.
func (r *Trajectory) CheckFinal(t testing.TB, states map[string]*tensor.Tensor) {
	t.Helper()
	worst, allowed := 0.0, max(1e-4, 4*r.Gap)
	for name, want := range r.Final {
		require.Contains(t, states, name)
		values, got := want.Float64s(), states[name].Float64s()
		largest, sum := 0.0, 0.0
		for i, v := range values {
			largest = max(largest, math.Abs(v))
			sum += (v - got[i]) * (v - got[i])
		}
		e := difference(values, got) / largest
		worst = max(worst, e)
		if r.adam() && e > allowed {
			require.LessOrEqual(t, math.Sqrt(sum/float64(len(values))), float64(r.Rate)*float64(r.Steps)/50, name)
			continue
		}
		require.LessOrEqual(t, e, allowed, name)
	}
	t.Logf("largest difference of a parameter after %d steps, relative to its largest element: %.1e, allowed %.1e", r.Steps, worst, allowed)
}

// Model reads a model that keeps samples apart, and its parameters from a file.
func Model(t testing.TB, model, weights string) *ir.Graph {
	t.Helper()
	g, err := frontend.Load(model, frontend.Options{})
	require.NoError(t, err)
	require.True(t, ir.MarkBatched(g))
	params := tensors(t, weights)
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

func tensors(t testing.TB, path string) map[string]*tensor.Tensor {
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

func readJSON(t testing.TB, path string, into any) {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, into))
}

func difference(a, b []float64) float64 {
	largest := 0.0
	for i := range a {
		largest = max(largest, math.Abs(a[i]-b[i]))
	}
	return largest
}
