// Package gradtest has recorded runs of training by PyTorch, as steps of nncc's that must come out alike.
package gradtest

import (
	"cmp"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
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
	Records []Record // more than one where PyTorch's own kernels go different ways
	Steps   int      // after how many updates Record.Final was recorded
	Long    int      // for how many steps rounding does not grow, so that losses can be compared
	Gap     float64  // largest difference of Record.Final from the same in float64, relative to the largest element
	Model   *ir.Graph

	images, labels *tensor.Tensor
}

// Record is what a run of PyTorch's came to.
type Record struct {
	Losses []float64                 // before each update
	Final  map[string]*tensor.Tensor // parameters and running statistics
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
		r.Gap = recorded[r.Name].Gap
		r.Records = []Record{{recorded[r.Name].F32, tensors(t, filepath.Join(dir, "final_"+r.Name+".safetensors"))}}
		r.read(t, dir)
	}
	return runs
}

// LeNet is the LeNet on CIFAR-10, in folder fixtures/lenet_train of the material beside the repository; model is the path
// of its model.json. In step 9 of its run with AdamW two numbers of a pool's window are so near to each other that rounding
// decides which is the largest, and Adam, which divides a gradient by its own size, follows either at full speed: PyTorch
// goes one way with the kernels of oneDNN, as recorded in dir, and mostly another with its own, as recorded in testdata.
func LeNet(t testing.TB, dir, testdata string) []Trajectory {
	t.Helper()
	var recorded map[string][]float64
	readJSON(t, filepath.Join(dir, "losses.json"), &recorded)
	var other struct {
		F32 []float64
		Gap float64
	}
	otherDir := filepath.Join(testdata, "train", "lenet_adamw")
	readJSON(t, filepath.Join(otherDir, "losses.json"), &other)
	runs := []Trajectory{
		{Name: "sgd", Rate: 0.01},
		{Name: "sgd_momentum", Options: grad.Options{Optimizer: grad.Optimizer{Momentum: 0.9}}, Rate: 0.001},
		{Name: "nesterov_wd", Options: grad.Options{Optimizer: grad.Optimizer{Momentum: 0.9, Nesterov: true, WeightDecay: 5e-4}}, Rate: 0.01},
		{Name: "adamw", Options: grad.Options{Optimizer: grad.Optimizer{Kind: "adamw", WeightDecay: 0.01}}, Rate: 0.001},
	}
	g := Model(t, filepath.Join(testdata, "models", "lenet.json"), filepath.Join(dir, "init.safetensors"))
	for i := range runs {
		r := &runs[i]
		r.Options.Batch, r.Steps, r.Long, r.Model = 100, 20, 20, g
		if r.Options.Optimizer.WeightDecay == 0 { // PyTorch's own losses in float32 and float64 stay together
			r.Long = 200
		}
		r.Records = []Record{{recorded[r.Name+"_f32"], tensors(t, filepath.Join(dir, "final_"+r.Name+".safetensors"))}}
		if r.Name == "adamw" {
			r.Records = append(r.Records, Record{other.F32, tensors(t, filepath.Join(otherDir, "final.safetensors"))})
			r.Gap = other.Gap
		}
		r.read(t, dir)
	}
	return runs
}

// read takes pictures and labels from dir.
func (r *Trajectory) read(t testing.TB, dir string) {
	t.Helper()
	var err error
	r.images, err = data.ReadNPY(filepath.Join(dir, "images_u8_nhwc.npy"))
	require.NoError(t, err)
	r.labels, err = data.ReadNPY(filepath.Join(dir, "labels_i64.npy"))
	require.NoError(t, err)
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

// Check compares the losses of the first steps, and what the states hold after r.Steps of them, where states is not nil,
// with that run of PyTorch's which is nearer.
func (r *Trajectory) Check(t testing.TB, losses []float64, states map[string]*tensor.Tensor) {
	t.Helper()
	near := min(len(losses), r.Steps)
	away := func(p Record) float64 { return difference(p.Losses[:near], losses[:near]) }
	record := slices.MinFunc(r.Records, func(a, b Record) int { return cmp.Compare(away(a), away(b)) })
	t.Logf("largest difference of the loss in %d steps: %.1e", near, away(record))
	require.InDeltaSlice(t, record.Losses[:near], losses[:near], 1e-5)
	if len(losses) > near {
		t.Logf("in %d steps: %.1e", len(losses), difference(record.Losses[:len(losses)], losses))
		require.InDeltaSlice(t, record.Losses[:len(losses)], losses, 1e-4)
	}
	if states != nil {
		r.checkFinal(t, record.Final, states)
	}
}

func (r *Trajectory) checkFinal(t testing.TB, final, states map[string]*tensor.Tensor) {
	t.Helper()
	worst, allowed := 0.0, max(1e-4, 4*r.Gap)
	for name, want := range final {
		require.Contains(t, states, name)
		values, largest := want.Float64s(), 0.0
		for _, v := range values {
			largest = max(largest, math.Abs(v))
		}
		e := difference(values, states[name].Float64s()) / largest
		require.LessOrEqual(t, e, allowed, name)
		worst = max(worst, e)
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
