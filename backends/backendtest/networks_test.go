package backendtest

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"nncc/frontend"
	"nncc/ir"
	"nncc/ir/interp"
	"nncc/ir/irtest"
	"nncc/runtime/data"
	"nncc/runtime/tensor"
)

const models = "../../testdata/models/"

// logitTolerance is how far logits may be from recorded ones, as an absolute difference.
const logitTolerance = 1e-4

// loadModel loads a network with samples kept apart.
func loadModel(t *testing.T, path string) *ir.Graph {
	t.Helper()
	g, err := frontend.Load(path, frontend.Options{})
	require.NoError(t, err)
	ir.MarkBatched(g)
	require.True(t, g.Batched, path)
	return g
}

// sharedFile finds a file of the material beside the repository, which is not part of it, or skips.
func sharedFile(t *testing.T, name string) string {
	t.Helper()
	const variable = "NNCC_DATA"
	dir := os.Getenv(variable)
	if dir == "" {
		dir = "../../../shared"
	}
	path := filepath.Join(dir, name)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("no %s; %s names the folder that has it", path, variable)
	}
	return path
}

// eachExecutor runs a test on all executors that are here, interpreters of kernels apart: they would take too long.
func eachExecutor(t *testing.T, run func(t *testing.T, e Executor)) {
	for _, e := range executors() {
		if _, slow := e.(Interpreted); slow {
			continue
		}
		t.Run(e.Name(), func(t *testing.T) {
			if err := e.Missing(); err != nil {
				t.Skip(err)
			}
			run(t, e)
		})
	}
}

// TestNetworks compares networks whose inputs are random numbers with the interpreter, within the tolerances of their
// ops. In short mode ResNet-50 is left out.
func TestNetworks(t *testing.T) {
	for _, name := range []string{"lenet.json", "resnet20/model.json", "resnet50.nnir"} {
		t.Run(name, func(t *testing.T) {
			if testing.Short() && name == "resnet50.nnir" {
				t.Skip("takes a while")
			}
			compareNetwork(t, loadModel(t, models+name))
		})
	}
	t.Run("lenet-untrained.onnx", func(t *testing.T) {
		compareNetwork(t, loadModel(t, sharedFile(t, "models/lenet-untrained.onnx")))
	})
}

func compareNetwork(t *testing.T, g *ir.Graph) {
	c := &testCase{graph: g, inputs: irtest.Inputs(g, 1)}
	want, err := interp.Run(g, c.inputs, interp.Options{})
	require.NoError(t, err)
	ref := &reference{want: want}
	var rounded []float64
	for _, o := range g.Outputs {
		ref.allowed = append(ref.allowed, pathTolerances(g)[o.Value])
		rounded = append(rounded, roundedPaths(g, nil)[o.Value])
	}
	ref.rounded = func() ([]float64, error) { return rounded, nil }
	eachExecutor(t, func(t *testing.T, e Executor) {
		run := e.Prepare(t, []*ir.Graph{g})[0]
		got, err := run(c.inputs, single)
		require.NoError(t, err)
		largest, err := ref.check(g, got, e.Rounds())
		require.NoError(t, err)
		t.Logf("largest relative error %.2g", largest)
		if !e.Slow() {
			checkModes(t, c, run, got)
		}
	})
}

// pictures are pixels, how a network takes them, and the logits another engine computed.
type pictures struct {
	pixels, logits *tensor.Tensor
	mean, std      []float32
}

func loadPictures(t *testing.T, pixels, logits string, mean, std []float32) *pictures {
	t.Helper()
	p := &pictures{mean: mean, std: std}
	var err error
	p.pixels, err = data.ReadNPY(pixels)
	require.NoError(t, err)
	p.logits, err = data.ReadNPY(logits)
	require.NoError(t, err)
	return p
}

// input is picture i as a network's input.
func (p *pictures) input(t *testing.T, i int) *tensor.Tensor {
	t.Helper()
	height, width, channels := p.pixels.Shape[1], p.pixels.Shape[2], p.pixels.Shape[3]
	m := data.NewImage(width, height, channels)
	size := height * width * channels
	copy(m.Pix, p.pixels.Data[i*size:(i+1)*size])
	pre := data.Preprocess{Width: width, Height: height, Channels: channels, Mean: p.mean, Std: p.std}
	x := tensor.New(tensor.F32, 1, channels, height, width)
	require.NoError(t, pre.Apply(x.F32s(), m))
	return x
}

// tolerance is how far the logits that e computes of g may be from the recorded ones.
func (p *pictures) tolerance(g *ir.Graph, e Executor) float64 {
	if !e.Rounds() {
		return logitTolerance
	}
	largest := 0.0
	for _, v := range p.logits.Float64s() {
		largest = max(largest, math.Abs(v))
	}
	return roundedPaths(g, nil)[g.Outputs[0].Value] * largest
}

// compare classifies the first n pictures and returns the classes, having compared the logits.
func (p *pictures) compare(t *testing.T, n int, tolerance float64, run func(x *tensor.Tensor) ([]*tensor.Tensor, error)) (classes []int64) {
	t.Helper()
	size := p.logits.Shape[1]
	largest := 0.0
	for i := range n {
		got, err := run(p.input(t, i))
		require.NoError(t, err)
		logits, want := got[0].F32s(), p.logits.F32s()[i*size:][:size]
		for k, w := range want {
			largest = max(largest, max(float64(w-logits[k]), float64(logits[k]-w)))
		}
		require.LessOrEqual(t, largest, tolerance, "picture %d", i)
		classes = append(classes, int64(slices.Index(logits, slices.Max(logits))))
	}
	t.Logf("largest difference of a logit %.2g", largest)
	return classes
}

// TestResNet20 classifies our own pictures with our own network, in both forms it is kept in.
func TestResNet20(t *testing.T) {
	const dir = models + "resnet20/"
	p := loadPictures(t, dir+"images_u8_nhwc.npy", dir+"logits_f32.npy",
		[]float32{0.4914, 0.4822, 0.4465}, []float32{0.247, 0.2435, 0.2616})
	for _, form := range []string{"model.json", "resnet20.onnx"} {
		g := loadModel(t, dir+form)
		run := func(t *testing.T, n int, tolerance float64, f func(x *tensor.Tensor) ([]*tensor.Tensor, error)) {
			for i, class := range p.compare(t, n, tolerance, f) {
				require.Equal(t, int64(i/2), class, "picture %d: two of each class, in order", i)
			}
		}
		t.Run(form, func(t *testing.T) {
			t.Run("interpreter", func(t *testing.T) {
				run(t, 2, logitTolerance, func(x *tensor.Tensor) ([]*tensor.Tensor, error) {
					return interp.Run(g, []*tensor.Tensor{x}, interp.Options{})
				})
			})
			eachExecutor(t, func(t *testing.T, e Executor) {
				if _, ok := e.(Portable); ok && form != "model.json" {
					t.Skip("the other form does")
				}
				f := e.Prepare(t, []*ir.Graph{g})[0]
				run(t, p.pixels.Shape[0], p.tolerance(g, e), func(x *tensor.Tensor) ([]*tensor.Tensor, error) { return f([]*tensor.Tensor{x}, single) })
			})
		})
	}
}

// TestSharedResNet20 classifies a thousand pictures of CIFAR-10 with a network trained elsewhere: as many are right as
// with ONNX Runtime.
func TestSharedResNet20(t *testing.T) {
	const right = 804
	file := func(name string) string { return sharedFile(t, "fixtures/resnet20_eval/"+name) }
	g := loadModel(t, sharedFile(t, "models/resnet20-cifar10.onnx"))
	p := loadPictures(t, file("images_u8_nhwc.npy"), file("logits_f32.npy"),
		[]float32{0.485, 0.456, 0.406}, []float32{0.229, 0.224, 0.225})
	labels, err := data.ReadNPY(file("labels_i64.npy"))
	require.NoError(t, err)
	t.Run("interpreter", func(t *testing.T) {
		n := 50
		if testing.Short() {
			n = 5
		}
		p.compare(t, n, logitTolerance, func(x *tensor.Tensor) ([]*tensor.Tensor, error) {
			return interp.Run(g, []*tensor.Tensor{x}, interp.Options{})
		})
	})
	eachExecutor(t, func(t *testing.T, e Executor) {
		if _, ok := e.(Guarded); ok {
			t.Skip("twenty other pictures do")
		}
		run := e.Prepare(t, []*ir.Graph{g})[0]
		classes := p.compare(t, labels.Shape[0], p.tolerance(g, e), func(x *tensor.Tensor) ([]*tensor.Tensor, error) {
			return run([]*tensor.Tensor{x}, Mode{Batch: 1, Threads: 2})
		})
		correct := 0
		for i, label := range labels.I64s() {
			if classes[i] == label {
				correct++
			}
		}
		if e.Rounds() { // pictures between two classes may change sides
			require.InDelta(t, right, correct, 5, "pictures that are right")
			return
		}
		require.Equal(t, fmt.Sprint(right), fmt.Sprint(correct), "pictures that are right")
	})
}
