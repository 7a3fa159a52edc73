package grad_test

import (
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"nncc/ir"
	"nncc/ir/diag"
	"nncc/ir/interp"
	"nncc/ir/passes"
	"nncc/ir/passes/grad"
	"nncc/ir/passes/grad/gradtest"
	"nncc/runtime/tensor"
)

func parse(t *testing.T, text string) *ir.Graph {
	t.Helper()
	g, err := ir.Parse("net.nnir", text)
	require.NoError(t, err)
	return g
}

// mlp has one layer, so that what training does to it can be worked out by hand.
const mlp = `graph mlp batched {
  input %x: f32[1, 2]
  const %w: f32[3, 2] = [1, 2, -1, 0.5, 0.25, -2]
  const %b: f32[3] = [0, 0.5, -0.5]
  %y = gemm(%x, %w, %b) {trans_b = 1}
  output %y
}
`

func batchOf(x, labels []float32) []*tensor.Tensor {
	whole := make([]int64, len(labels))
	for i, v := range labels {
		whole[i] = int64(v)
	}
	return []*tensor.Tensor{tensor.FromF32(x, len(labels), len(x)/len(labels)), tensor.FromI64(whole, len(labels))}
}

func rate(v float32) *tensor.Tensor { return tensor.FromF32([]float32{v}) }

// state finds what the state of that name holds.
func state(t *testing.T, g *ir.Graph, states []*tensor.Tensor, name string) []float64 {
	t.Helper()
	for i, s := range g.States {
		if s.Name == name {
			return states[i].Float64s()
		}
	}
	require.Fail(t, "no state "+name)
	return nil
}

// The passes of the compiler keep what a step computes, and what the states hold after it.
func TestPassesKeepSteps(t *testing.T) {
	for _, r := range gradtest.Residual(t, fixture) {
		g, inputs := r.Step(t), r.Inputs(0)
		outputs, next, err := interp.Step(g, inputs, interp.InitialStates(g), interp.Options{Float64: true})
		require.NoError(t, err)
		_, err = passes.Run(g, passes.Options{Verify: true})
		require.NoError(t, err)
		after, nextAfter, err := interp.Step(g, inputs, interp.InitialStates(g), interp.Options{Float64: true})
		require.NoError(t, err)
		for i, want := range append(outputs, next...) {
			require.InDeltaSlice(t, want.Float64s(), append(after, nextAfter...)[i].Float64s(), 1e-9)
		}
	}
}

// Evaluation sees what Step made under the same names, and uses the running statistics.
func TestEvaluation(t *testing.T) {
	r := gradtest.Residual(t, fixture)[0]
	trained := r.Records[0].Final
	g, err := grad.Evaluation(r.Model, 16, grad.Loss{})
	require.NoError(t, err)
	require.NoError(t, ir.Verify(g))
	states := make([]*tensor.Tensor, len(g.States))
	for i, s := range g.States {
		require.Same(t, s.In, s.Out, "only read")
		require.NotNil(t, trained[s.Name], s.Name)
		states[i] = trained[s.Name]
	}
	require.Len(t, states, len(trained))
	images, labels := r.Inputs(0)[0], r.Inputs(0)[1]
	outputs, _, err := interp.Step(g, []*tensor.Tensor{images, labels}, states, interp.Options{})
	require.NoError(t, err)
	alone, err := grad.Inference(r.Model, 16)
	require.NoError(t, err)
	require.NoError(t, ir.Verify(alone))
	require.Len(t, alone.States, len(states))
	for i, s := range alone.States {
		require.Equal(t, g.States[i].Name, s.Name)
	}
	inferred, _, err := interp.Step(alone, []*tensor.Tensor{images}, states, interp.Options{})
	require.NoError(t, err)

	for _, v := range r.Model.Constants() { // the same through the model itself
		if trained[v.Name] != nil {
			v.Const = trained[v.Name]
		}
	}
	size := images.Len() / 16
	for n := range 16 {
		one := tensor.FromF32(images.F32s()[n*size:(n+1)*size], 1, 3, 12, 12)
		out, err := interp.Run(r.Model, []*tensor.Tensor{one}, interp.Options{})
		require.NoError(t, err)
		logits, sum, top := out[0].Float64s(), 0.0, 0
		require.InDeltaSlice(t, logits, inferred[0].Float64s()[n*len(logits):][:len(logits)], 1e-5)
		for k, v := range logits {
			sum += math.Exp(v)
			if v > logits[top] {
				top = k
			}
		}
		require.InDelta(t, math.Log(sum)-logits[labels.I64s()[n]], outputs[0].Float64s()[n], 1e-5)
		require.EqualValues(t, top, outputs[1].I64s()[n])
	}
}

// The whole batch counts: gradients of several batches are averaged until a learning rate other than 0 comes.
func TestDescent(t *testing.T) {
	descent, err := grad.Step(parse(t, mlp), grad.Options{Batch: 2, Optimizer: grad.Optimizer{Kind: "descent"}})
	require.NoError(t, err)
	whole, err := grad.Step(parse(t, mlp), grad.Options{Batch: 4})
	require.NoError(t, err)
	x, labels := []float32{1, 2, -1, 0.5, 3, 0, 0.25, -1}, []float32{0, 2, 1, 1}
	states := interp.InitialStates(descent)
	wholeStates := interp.InitialStates(whole)
	for range 3 {
		before := states
		for half := range 2 {
			at := append(batchOf(x[4*half:4*half+4], labels[2*half:2*half+2]), rate([]float32{0, 0.5}[half]))
			_, states, err = interp.Step(descent, at, states, interp.Options{})
			require.NoError(t, err)
			if half == 0 {
				require.Equal(t, state(t, descent, before, "w"), state(t, descent, states, "w"))
			}
		}
		_, wholeStates, err = interp.Step(whole, append(batchOf(x, labels), rate(0.5)), wholeStates, interp.Options{})
		require.NoError(t, err)
		require.InDeltaSlice(t, state(t, whole, wholeStates, "w"), state(t, descent, states, "w"), 1e-6)
		require.InDeltaSlice(t, state(t, whole, wholeStates, "b"), state(t, descent, states, "b"), 1e-6)
	}
}

// Adam's weight decay is part of the gradient; betas and epsilon are as asked for. What it does to a weight whose
// gradient is easy to write down, step by step.
func TestAdam(t *testing.T) {
	const beta1, beta2, epsilon, decay, learningRate = 0.8, 0.99, 1e-3, 0.01, 0.1
	g, err := grad.Step(parse(t, `graph net batched {
  input %x: f32[1, 3]
  const %w: f32[1, 3] = [1, -2, 0.5]
  %y = mul(%x, %w)
  output %y
}
`), grad.Options{Batch: 1, Loss: grad.Loss{Kind: "mse"}, Optimizer: grad.Optimizer{Kind: "adam", WeightDecay: decay, Beta1: beta1, Beta2: beta2, Epsilon: epsilon}})
	require.NoError(t, err)
	x, target := []float32{0.5, 1, -2}, []float64{0, 1, 0}
	w, mean, square := []float64{1, -2, 0.5}, make([]float64, 3), make([]float64, 3)
	states := interp.InitialStates(g)
	for step := 1.0; step <= 5; step++ {
		_, states, err = interp.Step(g, append(batchOf(x, []float32{1}), rate(learningRate)), states, interp.Options{})
		require.NoError(t, err)
		for k := range w {
			gradient := 2*(float64(x[k])*w[k]-target[k])*float64(x[k])/3 + decay*w[k]
			mean[k] = beta1*mean[k] + (1-beta1)*gradient
			square[k] = beta2*square[k] + (1-beta2)*gradient*gradient
			root := math.Sqrt(square[k])/math.Sqrt(1-math.Pow(beta2, step)) + epsilon
			w[k] -= learningRate / (1 - math.Pow(beta1, step)) * mean[k] / root
		}
		require.InDeltaSlice(t, w, state(t, g, states, "w"), 1e-5)
	}
}

func TestFrozen(t *testing.T) {
	g, err := grad.Step(parse(t, mlp), grad.Options{Batch: 2, Frozen: []string{"w"}})
	require.NoError(t, err)
	_, next, err := interp.Step(g, append(batchOf([]float32{1, 2, 3, 4}, []float32{0, 1}), rate(1)), interp.InitialStates(g), interp.Options{})
	require.NoError(t, err)
	require.Equal(t, []float64{1, 2, -1, 0.5, 0.25, -2}, state(t, g, next, "w"))
	require.NotEqual(t, []float64{0, 0.5, -0.5}, state(t, g, next, "b"))
}

// Dropout keeps about as many elements as it says, others each step, and the same in the backward pass.
func TestDropout(t *testing.T) {
	g, err := grad.Step(parse(t, `graph net batched {
  input %x: f32[1, 1000]
  const %w: f32[1, 1000] = ones
  %scaled = mul(%x, %w)
  %kept = dropout(%scaled) {rate = 0.2}
  output %kept
}
`), grad.Options{Batch: 2, Loss: grad.Loss{Kind: "mse"}})
	require.NoError(t, err)
	require.Equal(t, "seed", g.Inputs[2].Name)
	x := make([]float32, 2000)
	for i := range x {
		x[i] = 1
	}
	step := func(seed int64, states []*tensor.Tensor) []*tensor.Tensor {
		_, next, err := interp.Step(g, append(batchOf(x, []float32{0, 0}), tensor.FromI64([]int64{seed}), rate(1000)), states, interp.Options{})
		require.NoError(t, err)
		return next
	}
	moved := func(states []*tensor.Tensor) (list []float64) {
		for _, w := range state(t, g, states, "w")[1:] {
			list = append(list, math.Round((1-w)*1e4)/1e4)
		}
		return list
	}
	first := step(1, interp.InitialStates(g))
	count := map[float64]int{}
	for _, m := range moved(first) {
		count[m]++
	}
	require.Len(t, count, 3, "an element is kept in none, one or both samples, and what is kept is 1/0.8")
	require.InDelta(t, 999*0.8*0.8, count[2*1.25*1.25], 50)
	require.InDelta(t, 999*0.2*0.2, count[0], 25)
	require.Equal(t, moved(first), moved(step(1, interp.InitialStates(g))))
	require.NotEqual(t, moved(first), moved(step(2, interp.InitialStates(g))))
	later := append([]*tensor.Tensor{}, interp.InitialStates(g)...)
	for i, s := range g.States {
		if strings.Contains(s.Name, ":") {
			later[i] = first[i]
		}
	}
	require.NotEqual(t, moved(first), moved(step(1, later)))

	e, err := grad.Evaluation(parse(t, `graph net batched {
  input %x: f32[1, 3]
  %y = dropout(%x)
  output %y
}
`), 2, grad.Loss{})
	require.NoError(t, err)
	require.Len(t, e.Inputs, 2)
}

// A small step, as text.
func TestStepText(t *testing.T) {
	g, err := grad.Step(parse(t, mlp), grad.Options{Batch: 2, Optimizer: grad.Optimizer{Momentum: 0.9}})
	require.NoError(t, err)
	require.Equal(t, `graph mlp_step {
  input %images: f32[2, 2]
  input %labels: i64[2]
  input %learning_rate: f32[]
  state %w: f32[3, 2] = [1, 2, -1, 0.5, 0.25, -2]
  state %b: f32[3] = [0, 0.5, -0.5]
  state %"w:momentum_buffer": f32[3, 2] = [0, 0, 0, 0, 0, 0]
  state %"b:momentum_buffer": f32[3] = [0, 0, 0]
`, strings.SplitAfter(g.String(), "  const")[0][:strings.Index(g.String(), "  const")])
	var ops []string
	for _, n := range g.Nodes {
		ops = append(ops, n.Op.Name)
	}
	require.Equal(t, "gemm argmax reshape cross_entropy reduce reshape compare cast reduce reshape reshape reshape mul reshape cross_entropy_grad gemm reduce reshape mul add mul sub mul add mul sub", strings.Join(ops, " "))
}

func TestErrors(t *testing.T) {
	for _, c := range []struct {
		text, want string
		o          grad.Options
	}{
		{"input %x: f32[1, 2]\ninput %z: f32[1, 2]\n%y = add(%x, %z)\noutput %y", "the model has 2 inputs and 1 outputs", grad.Options{Batch: 1}},
		{"input %x: f32[1, 2]\n%y = relu(%x)\noutput %y", "a batch of 0", grad.Options{}},
		{"input %x: f32[1, 2, 2]\n%y = relu(%x)\noutput %y", "net.nnir:3:6: the output is f32[1, 2, 2], training needs floating-point [N, classes]", grad.Options{Batch: 1}},
		{"input %x: f32[1, 2]\n%y = relu(%x)\noutput %y", `there is no parameter "w" to freeze`, grad.Options{Batch: 1, Frozen: []string{"w"}}},
		{"input %x: f32[1, 2]\n%y = relu(%x)\noutput %y", `unknown loss "hinge"`, grad.Options{Batch: 1, Loss: grad.Loss{Kind: "hinge"}}},
		{"input %x: f32[1, 2]\n%y = relu(%x)\noutput %y", `unknown optimizer "lion"`, grad.Options{Batch: 1, Optimizer: grad.Optimizer{Kind: "lion"}}},
		{"input %x: f32[1, 2]\n%y = relu(%x)\noutput %y", `optimizer adam has no momentum`, grad.Options{Batch: 1, Optimizer: grad.Optimizer{Kind: "adam", Momentum: 0.9}}},
		{"input %x: f32[1, 2]\nconst %s: f32[2] = ones\n%y = batchnorm(%x, %s, %s, %s, %s)\noutput %y", "net.nnir:4:6: batch normalisation of f32[1, 2] in training needs more than one value per channel", grad.Options{Batch: 1}},
		{"input %x: f32[1, 2]\n%y = dropout(%x) {rate = 1}\noutput %y", "net.nnir:3:6: dropout: rate is 1, must be from 0 to below 1", grad.Options{Batch: 1}},
	} {
		_, err := grad.Step(parse(t, "graph g batched {\n"+c.text+"\n}\n"), c.o)
		require.ErrorContains(t, err, c.want, c.text)
	}
	_, err := grad.Step(parse(t, "graph g {\ninput %x: f32[2, 2]\n%y = relu(%x)\noutput %y\n}\n"), grad.Options{Batch: 2})
	require.ErrorContains(t, err, "samples of a batch influence one another")
}

// Everything on the way that has no gradient is named at once, with its place.
func TestNoGradient(t *testing.T) {
	_, err := grad.Step(parse(t, `graph g batched {
  input %x: f32[1, 2, 4, 4]
  const %w: f32[2, 2, 1, 1] = ones
  %c = conv(%x, %w)
  %p = pad(%c) {pad = [0, 0, 1, 1, 0, 0, 1, 1], mode = "reflect"}
  %d = avgpool_grad(%c) {kernel = [1, 1], shape = [4, 4]}
  %dp = reduce(%p) {to = "mean", axes = [2, 3]}
  %dd = reduce(%d) {to = "mean", axes = [2, 3]}
  %s = add(%dp, %dd)
  output %s
}
`), grad.Options{Batch: 2})
	require.Error(t, err)
	var out strings.Builder
	diag.Fprint(&out, err, func(string) (string, bool) { return "", false })
	require.Equal(t, `net.nnir:5:8: pad: mode reflect has no gradient
net.nnir:6:8: no gradient goes through avgpool_grad, node "d"
    hint: freeze the parameters before it, or leave it out of the model that is trained
`, out.String())
}
