package grad_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"nncc/ir"
	"nncc/ir/diag"
	"nncc/ir/interp"
	"nncc/ir/passes/grad"
	"nncc/runtime/tensor"
)

// draw makes one random application of an op; what is differentiated are the values it makes with input.
type draw struct {
	*rand.Rand
	*ir.Builder
	numbers []*tensor.Tensor // of the inputs
}

// input declares an input of numbers that lie apart, so that no small change makes another one the largest: steps of at
// most 1/8 in random order, off 0 and whole numbers, on both sides of 0 or above.
func (d *draw) input(above bool, shape ...int) *ir.Value {
	order := d.Perm(tensor.Count(shape))
	values, apart := make([]float64, len(order)), min(0.125, 2/float64(len(order)))
	for i, k := range order {
		values[i] = apart*float64(k) + 0.09
		if !above && d.IntN(2) == 0 {
			values[i] *= -1
		}
	}
	t := tensor.FromFloat64s(tensor.F64, values, shape...)
	d.numbers = append(d.numbers, t)
	return d.Input(diag.Pos{}, fmt.Sprintf("x%d", len(d.numbers)), ir.T(tensor.F64, shape...))
}

func (d *draw) constant(t *tensor.Tensor) *ir.Value { return d.Const(diag.Pos{}, "k", t) }

func (d *draw) ints(n, low, high int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = low + d.IntN(high-low+1)
	}
	return out
}

func (d *draw) apply(op string, attrs ir.Attrs, inputs ...*ir.Value) []*ir.Value {
	return d.Nodes(diag.Pos{}, op, "y", attrs, nil, inputs...)
}

// shape is random, of rank 1 to 4.
func (d *draw) shape() []int { return d.ints(1+d.IntN(4), 1, 4) }

// smaller is a shape that broadcasts to shape.
func (d *draw) smaller(shape []int) []int {
	out := slices.Clone(shape)
	for i := range out {
		if d.IntN(3) == 0 {
			out[i] = 1
		}
	}
	return out[d.IntN(len(out)):]
}

// window draws the attributes of a sliding window for an image of that size.
func (d *draw) window(spatial []int) (kernel []int, attrs ir.Attrs) {
	n := len(spatial)
	attrs = ir.Attrs{"stride": d.ints(n, 1, 3), "pad": make([]int, 2*n), "dilation": d.ints(n, 1, 2)}
	for i, size := range spatial {
		kernel = append(kernel, 1+d.IntN(3))
		attrs["dilation"].([]int)[i] = 1 + d.IntN(min(2, size))
	}
	if d.IntN(3) == 0 {
		kernel = slices.Repeat([]int{1}, n)
	}
	for i := range n {
		attrs["pad"].([]int)[i], attrs["pad"].([]int)[n+i] = d.IntN(kernel[i]), d.IntN(kernel[i])
	}
	return kernel, attrs
}

func unary(op string, above bool, attrs ...ir.Attrs) func(d *draw) []*ir.Value {
	return func(d *draw) []*ir.Value {
		return d.apply(op, append(attrs, nil)[0].Clone(), d.input(above, d.shape()...))
	}
}

func binary(op string, attrs ir.Attrs, above bool) func(d *draw) []*ir.Value {
	return func(d *draw) []*ir.Value {
		shape := d.shape()
		other := d.smaller(shape)
		if d.IntN(4) == 0 && op != "prelu" {
			shape, other = other, shape
		}
		return d.apply(op, attrs.Clone(), d.input(above, shape...), d.input(above, other...))
	}
}

// draws has makers of random applications of every op that has a gradient.
var draws = map[string]func(d *draw) []*ir.Value{
	"conv": func(d *draw) []*ir.Value {
		spatial := d.ints(1+d.IntN(2), 3, 7)
		kernel, attrs := d.window(spatial)
		groups := 1 + d.IntN(3)
		per, outs := 1+d.IntN(2), groups*(1+d.IntN(2))
		attrs["groups"] = groups
		inputs := []*ir.Value{d.input(false, append([]int{1 + d.IntN(2), groups * per}, spatial...)...), d.input(false, append([]int{outs, per}, kernel...)...)}
		if d.IntN(2) == 0 {
			inputs = append(inputs, d.input(false, outs))
		}
		return d.apply("conv", attrs, inputs...)
	},
	"gemm": func(d *draw) []*ir.Value {
		m, k, n := 1+d.IntN(4), 1+d.IntN(4), 1+d.IntN(4)
		a, b := []int{m, k}, []int{k, n}
		attrs := ir.Attrs{"trans_a": d.IntN(2), "trans_b": d.IntN(2), "alpha": 0.5, "beta": 2.0}
		if attrs["trans_a"] == 1 {
			slices.Reverse(a)
		}
		if attrs["trans_b"] == 1 {
			slices.Reverse(b)
		}
		return d.apply("gemm", attrs, d.input(false, a...), d.input(false, b...), d.input(false, d.smaller([]int{m, n})...))
	},
	"matmul": func(d *draw) []*ir.Value {
		batch, m, k, n := d.ints(d.IntN(3), 1, 3), 1+d.IntN(3), 1+d.IntN(3), 1+d.IntN(3)
		a, b := append(slices.Clone(batch), m, k), append(slices.Clone(batch), k, n)
		if len(batch) > 0 {
			a, b = append(d.smaller(batch), m, k), append(slices.Clone(batch), k, n)
		}
		switch d.IntN(4) {
		case 0:
			a = []int{k}
		case 1:
			b = []int{k}
		case 2:
			b = []int{k, n}
		}
		return d.apply("matmul", nil, d.input(false, a...), d.input(false, b...))
	},
	"relu": unary("relu", false), "clip": unary("clip", false, ir.Attrs{"min": -0.3, "max": 0.7}),
	"sigmoid": unary("sigmoid", false), "silu": unary("silu", false), "tanh": unary("tanh", false), "exp": unary("exp", false), "log": unary("log", true),
	"sqrt": unary("sqrt", true), "erf": unary("erf", false), "gelu": unary("gelu", false), "sin": unary("sin", false), "atan": unary("atan", false), "cos": unary("cos", false),
	"softplus": unary("softplus", false), "elu": unary("elu", false, ir.Attrs{"alpha": 0.7}), "prelu": binary("prelu", nil, false),
	"abs": unary("abs", false), "floor": unary("floor", false, nil), "round": unary("round", false), "identity": unary("identity", false),
	"dropout": unary("dropout", false), "cast": unary("cast", false, ir.Attrs{"to": "f64"}),
	"add": binary("add", nil, false), "sub": binary("sub", nil, false), "mul": binary("mul", nil, false), "div": binary("div", nil, true),
	"pow": binary("pow", nil, true),
	"min": binary("min", nil, true), "max": binary("max", nil, true),
	"where": func(d *draw) []*ir.Value {
		shape := d.shape()
		condition := tensor.New(tensor.Bool, d.smaller(shape)...)
		for i := range condition.Data {
			condition.Data[i] = byte(d.IntN(2))
		}
		return d.apply("where", nil, d.constant(condition), d.input(false, d.smaller(shape)...), d.input(false, shape...))
	},
	"batchnorm": func(d *draw) []*ir.Value {
		x := append(d.ints(2, 1, 3), d.ints(d.IntN(3), 2, 3)...)
		c := x[1]
		return d.apply("batchnorm", ir.Attrs{"epsilon": 0.01}, d.input(false, x...), d.input(false, c), d.input(false, c), d.input(false, c), d.input(true, c))
	},
	"maxpool": func(d *draw) []*ir.Value { return d.pool("maxpool", nil) },
	"avgpool": func(d *draw) []*ir.Value { return d.pool("avgpool", ir.Attrs{"count_include_pad": d.IntN(2)}) },
	"standardize": func(d *draw) []*ir.Value {
		shape := append(d.shape(), 5)
		return d.apply("standardize", ir.Attrs{"axis": d.IntN(len(shape)), "epsilon": 0.1}, d.input(false, shape...))
	},
	"softmax": func(d *draw) []*ir.Value {
		shape := d.shape()
		return d.apply("softmax", ir.Attrs{"axis": d.IntN(len(shape))}, d.input(false, shape...))
	},
	"reduce": func(d *draw) []*ir.Value {
		shape, axes := d.shape(), []int{}
		for i := range shape {
			if d.IntN(2) == 0 {
				axes = append(axes, i)
			}
		}
		to := []string{"sum", "mean", "max", "min", "prod"}[d.IntN(5)]
		return d.apply("reduce", ir.Attrs{"to": to, "axes": axes}, d.input(to == "prod", shape...))
	},
	"concat": func(d *draw) []*ir.Value {
		shape := d.shape()
		axis := d.IntN(len(shape))
		var inputs []*ir.Value
		for range 1 + d.IntN(3) {
			shape = slices.Clone(shape)
			shape[axis] = 1 + d.IntN(3)
			inputs = append(inputs, d.input(false, shape...))
		}
		return d.apply("concat", ir.Attrs{"axis": axis}, inputs...)
	},
	"slice": func(d *draw) []*ir.Value {
		shape := d.ints(1+d.IntN(3), 1, 7)
		start, size, step := make([]int, len(shape)), make([]int, len(shape)), make([]int, len(shape))
		for i, in := range shape {
			first, last := d.IntN(in), d.IntN(in)
			start[i], step[i] = first, 1+d.IntN(3)
			if last < first {
				step[i] = -step[i]
			}
			size[i] = (last-first)/step[i] + 1
		}
		return d.apply("slice", ir.Attrs{"start": start, "size": size, "step": step}, d.input(false, shape...))
	},
	"transpose": func(d *draw) []*ir.Value {
		shape := d.shape()
		return d.apply("transpose", ir.Attrs{"perm": d.Perm(len(shape))}, d.input(false, shape...))
	},
	"reshape": func(d *draw) []*ir.Value {
		shape := d.ints(3, 1, 3)
		return d.apply("reshape", ir.Attrs{"shape": []int{shape[0] * shape[1], 1, shape[2]}}, d.input(false, shape...))
	},
	"pad": func(d *draw) []*ir.Value {
		shape := d.ints(1+d.IntN(3), 3, 4)
		return d.apply("pad", ir.Attrs{"pad": d.ints(2*len(shape), -1, 2), "value": 0.5}, d.input(false, shape...))
	},
	"gather": func(d *draw) []*ir.Value {
		shape := d.shape()
		axis := d.IntN(len(shape))
		indices := make([]int64, 1+d.IntN(4))
		for i := range indices {
			indices[i] = int64(d.IntN(2*shape[axis]) - shape[axis])
		}
		return d.apply("gather", ir.Attrs{"axis": axis}, d.input(false, shape...), d.constant(tensor.FromI64(indices, len(indices), 1)))
	},
	"moments": func(d *draw) []*ir.Value {
		return d.apply("moments", nil, d.input(false, append(d.ints(2, 1, 3), d.ints(d.IntN(3), 1, 3)...)...))
	},
	"cross_entropy": func(d *draw) []*ir.Value {
		n, k := 1+d.IntN(4), 1+d.IntN(5)
		labels := make([]int64, n)
		for i := range labels {
			labels[i] = int64(d.IntN(k))
		}
		return d.apply("cross_entropy", ir.Attrs{"label_smoothing": float64(d.IntN(3)) / 4}, d.input(false, n, k), d.constant(tensor.FromI64(labels, n)))
	},
	"compare": constant("compare"), "argmax": constant("argmax"), "argmin": constant("argmin"), "random": constant("random"),
}

func (d *draw) pool(op string, more ir.Attrs) []*ir.Value {
	spatial := d.ints(1+d.IntN(2), 3, 7)
	kernel, attrs := d.window(spatial)
	attrs["kernel"], attrs["ceil"] = kernel, d.IntN(2)
	if d.IntN(5) == 0 {
		attrs = ir.Attrs{"kernel": spatial}
	}
	for name, value := range more {
		attrs[name] = value
	}
	return d.apply(op, attrs, d.input(false, append(d.ints(2, 1, 3), spatial...)...))
}

// constant marks ops whose results are no floating-point numbers of their inputs: there is nothing to compare.
func constant(string) func(d *draw) []*ir.Value { return nil }

// TestRules compares the gradient that each rule computes with central differences, in float64. What is differentiated is
// the sum of all results, each element with a factor of its own.
func TestRules(t *testing.T) {
	for _, o := range ir.Ops {
		if o.Grad == nil {
			continue
		}
		make, ok := draws[o.Name]
		require.True(t, ok, "%s has a gradient, but no test", o.Name)
		if make == nil {
			continue
		}
		t.Run(o.Name, func(t *testing.T) {
			for seed := range uint64(60) {
				checkRule(t, o.Name, seed, make)
			}
		})
	}
}

func checkRule(t *testing.T, op string, seed uint64, make func(d *draw) []*ir.Value) {
	d := &draw{Rand: rand.New(rand.NewPCG(seed, 7)), Builder: ir.NewBuilder(op)}
	results := make(d)
	if d.Errs.Len() > 0 { // a window that does not fit the image
		return
	}
	m := d.Maker(diag.Pos{}, "loss")
	var loss *ir.Value
	for i, y := range results {
		if len(results) > 1 && d.IntN(3) == 0 && (loss != nil || i+1 < len(results)) {
			continue
		}
		factors := d.constant(ir.Uniform(tensor.F64, seed+uint64(i), -1, 1, y.Type.Shape...))
		sum := m.Reshape(m.Mul(y, factors), max(1, y.Type.Elems()))
		if sum = m.Sum(sum, 0); loss != nil {
			sum = m.Add(loss, sum)
		}
		loss = sum
	}
	forward, err := d.Graph()
	require.NoError(t, err)
	d.Output("loss", loss)
	forward = forward.Clone()
	inputs := slices.Clone(forward.Inputs)

	backward, _ := d.Graph()
	grads := grad.Backward(d.Builder, d.Made(), loss, backward.Inputs)
	require.NoError(t, d.Errs.Err(), "%s, seed %d", op, seed)
	backward.Outputs = nil
	for i, g := range grads {
		if g != nil {
			d.Output(fmt.Sprint(i), g)
		}
	}
	where := fmt.Sprintf("%s, seed %d:\n%s", op, seed, backward)
	if len(backward.Outputs) == 0 { // constant
		backward.Outputs = forward.Outputs
		for i := range inputs {
			for k := range d.numbers[i].Len() {
				require.Zero(t, difference(t, forward, d.numbers, i, k), where)
			}
		}
		return
	}
	require.NoError(t, ir.Verify(backward), where)
	got, err := interp.Run(backward, d.numbers, interp.Options{})
	require.NoError(t, err, where)
	for at, o := range backward.Outputs {
		var i int
		fmt.Sscan(o.Name, &i)
		require.Equal(t, d.numbers[i].Shape, got[at].Shape, where)
		for k, g := range got[at].Float64s() {
			want := difference(t, forward, d.numbers, i, k)
			require.InDelta(t, want, g, 2e-7*max(1, math.Abs(want)), "input %d, element %d of %s", i, k, where)
		}
	}
}

// difference is the slope of the graph's result along element k of input i, from central differences of two widths.
func difference(t *testing.T, g *ir.Graph, inputs []*tensor.Tensor, i, k int) float64 {
	const step = 2e-4
	at := func(change float64) float64 {
		moved := slices.Clone(inputs)
		values := inputs[i].Float64s()
		values[k] += change
		moved[i] = tensor.FromFloat64s(tensor.F64, values, inputs[i].Shape...)
		out, err := interp.Run(g, moved, interp.Options{})
		require.NoError(t, err)
		return out[0].Float64s()[0]
	}
	return (8*(at(step)-at(-step)) - (at(2*step) - at(-2*step))) / (12 * step)
}
