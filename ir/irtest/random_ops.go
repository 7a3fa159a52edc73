package irtest

import (
	"math"
	"slices"

	"nncc/ir"
	"nncc/ir/diag"
	"nncc/runtime/tensor"
)

// makers has a function per op that applies it to x in a random way, or returns nil where it does not fit. Ops that
// networks have more of are listed more than once.
var makers = []struct {
	op   string
	make func(r *random, x *ir.Value) *ir.Value
}{
	{"conv", (*random).conv}, {"conv", (*random).conv}, {"conv", (*random).conv},
	{"gemm", (*random).gemm},
	{"matmul", (*random).matmul},
	{"relu", simple("relu")}, {"relu", simple("relu")}, {"sigmoid", simple("sigmoid")}, {"tanh", simple("tanh")},
	{"identity", simple("identity")}, {"dropout", simple("dropout")},
	{"exp", (*random).exp},
	{"log", positive("log")}, {"sqrt", positive("sqrt")},
	{"erf", simple("erf")}, {"gelu", simple("gelu")}, {"silu", simple("silu")}, {"sin", angle("sin")}, {"cos", angle("cos")}, {"atan", simple("atan")}, {"softplus", simple("softplus")}, {"elu", simple("elu")},
	{"abs", simple("abs")}, {"floor", (*random).steps}, {"round", (*random).steps},
	{"where", (*random).where}, {"compare", (*random).where},
	{"min", binary("min")}, {"max", binary("max")}, {"prelu", (*random).prelu}, {"pow", (*random).pow},
	{"clip", (*random).clip},
	{"cast", (*random).cast},
	{"add", binary("add")}, {"add", binary("add")}, {"sub", binary("sub")}, {"mul", binary("mul")},
	{"div", (*random).div},
	{"batchnorm", (*random).batchnorm}, {"batchnorm", (*random).batchnorm},
	{"maxpool", (*random).pool}, {"avgpool", (*random).pool},
	{"softmax", (*random).softmax}, {"standardize", (*random).standardize},
	{"reduce", (*random).reduce}, {"reduce", (*random).reduce}, {"argmax", (*random).arg}, {"argmin", (*random).arg},
	{"concat", (*random).concat},
	{"slice", (*random).slice}, {"slice", (*random).channelBlocks},
	{"transpose", (*random).transpose},
	{"reshape", (*random).reshape},
	{"pad", (*random).pad},
	{"gather", (*random).gather}, {"gather_elements", (*random).gatherElements},
}

func simple(op string) func(*random, *ir.Value) *ir.Value {
	return func(r *random, x *ir.Value) *ir.Value { return r.node(op, nil, x) }
}

// positive applies an op to numbers that are.
func positive(op string) func(*random, *ir.Value) *ir.Value {
	return func(r *random, x *ir.Value) *ir.Value {
		return r.node(op, nil, r.node("add", nil, r.node("abs", nil, x), r.uniform(0.1, 1)))
	}
}

// angle keeps to the range in which kernels are precise.
func angle(op string) func(*random, *ir.Value) *ir.Value {
	return func(r *random, x *ir.Value) *ir.Value {
		return r.node(op, nil, r.node("clip", ir.Attrs{"min": -1000.0, "max": 1000.0}, x))
	}
}

// exp is of bounded numbers, so that results are as well.
func (r *random) exp(x *ir.Value) *ir.Value {
	return r.node("exp", nil, r.node("clip", ir.Attrs{"min": -10.0, "max": 2.0}, x))
}

// steps applies a function with steps, between which backends must agree; at a step rounding decides, so none is near.
func (r *random) steps(x *ir.Value) *ir.Value {
	op := []string{"floor", "round"}[r.IntN(2)]
	return r.node(op, nil, r.node("clip", ir.Attrs{"min": 0.125, "max": 0.375}, x))
}

func (r *random) prelu(x *ir.Value) *ir.Value {
	return r.node("prelu", nil, x, r.uniform(-0.5, 0.5, r.broadcastable(x.Type.Shape)...))
}

// where picks elements by a comparison of the graph's input, of which no backend has a rounding error.
func (r *random) where(*ir.Value) *ir.Value {
	x := r.live[0]
	is := []string{"eq", "ne", "lt", "le"}[r.IntN(4)]
	condition := r.node("compare", ir.Attrs{"is": is}, x, r.uniform(-1, 1, r.broadcastable(x.Type.Shape)...))
	return r.node("where", nil, condition, x, r.uniform(-1, 1, r.broadcastable(x.Type.Shape)...))
}

// pow has positive bases.
func (r *random) pow(x *ir.Value) *ir.Value {
	base := r.node("add", nil, r.node("abs", nil, x), r.uniform(0.1, 1))
	return r.node("pow", nil, base, r.uniform(-2, 2, r.broadcastable(x.Type.Shape)...))
}

func (r *random) activation(x *ir.Value) *ir.Value {
	return r.node([]string{"relu", "relu", "sigmoid", "tanh"}[r.IntN(4)], nil, x)
}

func (r *random) conv(x *ir.Value) *ir.Value {
	if x.Type.Rank() < 3 || x.Type.Rank() > 5 {
		return nil
	}
	spatial, channels := x.Type.Rank()-2, x.Type.Shape[1]
	groups := 1
	switch r.IntN(4) {
	case 0:
		groups = channels
	case 1:
		if channels%2 == 0 {
			groups = 2
		}
	}
	outs := groups * (1 + r.IntN(max(1, 40/groups)))
	attrs := ir.Attrs{"groups": groups, "pad": r.ints(2*spatial, 0, 2)}
	if r.IntN(3) == 0 {
		attrs["stride"] = r.ints(spatial, 1, 3)
	}
	if r.IntN(4) == 0 {
		attrs["dilation"] = r.ints(spatial, 1, 2)
	}
	kernel := r.ints(spatial, 1, 5)
	if r.IntN(2) == 0 {
		kernel = slices.Repeat([]int{1 + 2*r.IntN(2)}, spatial)
	}
	w := r.weights(channels/groups*tensor.Count(kernel), append([]int{outs, channels / groups}, kernel...)...)
	if r.IntN(3) == 0 {
		return r.node("conv", attrs, []*ir.Value{x, w, nil}[:2+r.IntN(2)]...)
	}
	return r.node("conv", attrs, x, w, r.uniform(-1, 1, outs))
}

func (r *random) gemm(x *ir.Value) *ir.Value {
	rows, cols := x.Type.Shape[0], x.Type.Elems()/x.Type.Shape[0]
	if x.Type.Rank() != 2 {
		if x = r.node("reshape", ir.Attrs{"shape": []int{rows, cols}}, x); x == nil {
			return nil
		}
	}
	outs := 1 + r.IntN(40)
	attrs, shape := ir.Attrs{"trans_b": r.IntN(2)}, []int{outs, cols}
	if attrs["trans_b"] == 0 {
		shape = []int{cols, outs}
	}
	if r.IntN(4) == 0 {
		attrs["alpha"], attrs["beta"] = 0.5, 2.0
	}
	w := r.weights(cols, shape...)
	switch r.IntN(4) {
	case 0:
		return r.node("gemm", attrs, x, w)
	case 1:
		return r.node("gemm", attrs, x, w, r.uniform(-1, 1, 1, 1))
	}
	return r.node("gemm", attrs, x, w, r.uniform(-1, 1, outs))
}

func (r *random) matmul(x *ir.Value) *ir.Value {
	if x.Type.Rank() < 2 {
		return nil
	}
	inner := x.Type.Shape[x.Type.Rank()-1]
	return r.node("matmul", nil, x, r.weights(inner, inner, 1+r.IntN(20)))
}

func (r *random) clip(x *ir.Value) *ir.Value {
	bounds := []ir.Attrs{{"min": 0.0, "max": 6.0}, {"min": -0.5}, {"max": 0.25}, {"min": 0.0}, {}}
	return r.node("clip", bounds[r.IntN(len(bounds))], x)
}

// cast also brings integers into play, as constants.
func (r *random) cast(x *ir.Value) *ir.Value {
	if r.IntN(2) == 0 {
		return r.node("cast", ir.Attrs{"to": "f32"}, x)
	}
	r.values++
	whole := r.b.Const(diag.Pos{}, "i", tensor.FromI64([]int64{int64(r.IntN(5)) - 2}))
	return r.node("mul", nil, x, r.node("cast", ir.Attrs{"to": "f32"}, whole))
}

// binary combines x with another value of its type, or a constant.
func binary(op string) func(*random, *ir.Value) *ir.Value {
	return func(r *random, x *ir.Value) *ir.Value {
		for _, other := range r.live {
			if other != x && other.Type.Equal(x.Type) && r.IntN(2) == 0 {
				return r.node(op, nil, x, other)
			}
		}
		k := r.uniform(-1, 1, r.broadcastable(x.Type.Shape)...)
		if r.IntN(4) == 0 {
			return r.node(op, nil, k, x)
		}
		return r.node(op, nil, x, k)
	}
}

// broadcastable is a shape that broadcasts to the given one: per channel, a scalar, or any.
func (r *random) broadcastable(shape []int) []int {
	out := slices.Repeat([]int{1}, len(shape))
	switch r.IntN(4) {
	case 0:
		return nil
	case 1:
		for d := 1; d < len(shape); d++ {
			if r.IntN(2) == 0 {
				out[d] = shape[d]
			}
		}
		return out[r.IntN(len(shape)):]
	}
	if len(shape) > 1 {
		out[1] = shape[1]
		return out[r.IntN(2):]
	}
	return out
}

func (r *random) div(x *ir.Value) *ir.Value {
	return r.node("div", nil, x, r.uniform(0.5, 2, r.broadcastable(x.Type.Shape)...))
}

func (r *random) batchnorm(x *ir.Value) *ir.Value {
	if x.Type.Rank() < 2 {
		return nil
	}
	c := x.Type.Shape[1]
	return r.node("batchnorm", ir.Attrs{"epsilon": 1e-3}, x, r.uniform(0.5, 1.5, c), r.uniform(-1, 1, c), r.uniform(-1, 1, c), r.uniform(0.5, 2, c))
}

func (r *random) pool(x *ir.Value) *ir.Value {
	if x.Type.Rank() < 3 {
		return nil
	}
	spatial := x.Type.Rank() - 2
	if r.IntN(6) == 0 { // global
		return r.node("avgpool", ir.Attrs{"kernel": slices.Clone(x.Type.Shape[2:])}, x)
	}
	attrs := ir.Attrs{"kernel": r.ints(spatial, 1, 3), "stride": r.ints(spatial, 1, 3), "ceil": r.IntN(2)}
	if r.IntN(2) == 0 {
		size := 2 + r.IntN(2)
		attrs = ir.Attrs{"kernel": slices.Repeat([]int{size}, spatial), "stride": slices.Repeat([]int{size}, spatial)}
	}
	if r.IntN(3) == 0 {
		attrs["pad"] = r.ints(2*spatial, 0, 1)
	}
	if r.IntN(4) == 0 {
		attrs["dilation"] = r.ints(spatial, 1, 2)
	}
	if r.IntN(2) == 0 {
		return r.node("maxpool", attrs, x)
	}
	attrs["count_include_pad"] = r.IntN(2)
	return r.node("avgpool", attrs, x)
}

func (r *random) softmax(x *ir.Value) *ir.Value {
	return r.node("softmax", ir.Attrs{"axis": r.IntN(x.Type.Rank())}, x)
}

// standardize has an epsilon that keeps rows of equal numbers, whose differences are rounding errors, near 0.
func (r *random) standardize(x *ir.Value) *ir.Value {
	axis := min(1+r.IntN(x.Type.Rank()), x.Type.Rank()-1)
	return r.node("standardize", ir.Attrs{"axis": axis, "epsilon": 0.1}, x)
}

func (r *random) reduce(x *ir.Value) *ir.Value {
	axes := []int{}
	for d := range x.Type.Shape {
		if r.IntN(2) == 0 && (d > 0 || r.IntN(4) == 0) {
			axes = append(axes, d)
		}
	}
	to := []string{"sum", "mean", "max", "min", "prod"}[r.IntN(5)]
	if to == "sum" || to == "prod" { // of small numbers, and of numbers near 1
		x = r.node("tanh", nil, x)
	}
	if to == "prod" {
		x = r.node("clip", ir.Attrs{"min": 0.9, "max": 1.1}, x)
	}
	return r.node("reduce", ir.Attrs{"to": to, "axes": axes}, x)
}

// arg finds places in the graph's input, of which no backend has a rounding error.
func (r *random) arg(*ir.Value) *ir.Value {
	x := r.live[0]
	op := []string{"argmax", "argmin"}[r.IntN(2)]
	y := r.node(op, ir.Attrs{"axis": r.IntN(x.Type.Rank()), "last": r.IntN(2)}, x)
	return r.node("cast", ir.Attrs{"to": "f32"}, y)
}

func (r *random) concat(x *ir.Value) *ir.Value {
	axis := r.IntN(x.Type.Rank())
	inputs := []*ir.Value{x}
	for _, other := range r.live {
		if ok := other.Type.Rank() == x.Type.Rank(); ok && r.IntN(2) == 0 {
			same := slices.Clone(other.Type.Shape)
			same[axis] = x.Type.Shape[axis]
			if slices.Equal(same, x.Type.Shape) && len(inputs) < 4 {
				inputs = append(inputs, other)
			}
		}
	}
	return r.node("concat", ir.Attrs{"axis": axis}, inputs...)
}

func (r *random) slice(x *ir.Value) *ir.Value {
	rank := x.Type.Rank()
	start, size, step := make([]int, rank), slices.Clone(x.Type.Shape), slices.Repeat([]int{1}, rank)
	for d, in := range x.Type.Shape {
		if in < 2 || r.IntN(2) == 0 {
			continue
		}
		first, last := r.IntN(in), r.IntN(in)
		start[d], step[d] = first, 1+r.IntN(3)
		if last < first {
			step[d] = -step[d]
		}
		size[d] = (last-first)/step[d] + 1
	}
	return r.node("slice", ir.Attrs{"start": start, "size": size, "step": step}, x)
}

// channelBlocks cuts channels where the blocks of kernels may end.
func (r *random) channelBlocks(x *ir.Value) *ir.Value {
	const block = 16
	if x.Type.Rank() < 3 || x.Type.Shape[1] <= block {
		return nil
	}
	blocks := (x.Type.Shape[1] + block - 1) / block
	first := r.IntN(blocks)
	end := first + 1 + r.IntN(blocks-first)
	return r.channels(x, first*block, min(end*block, x.Type.Shape[1]))
}

// channels are those of x from first to end.
func (r *random) channels(x *ir.Value, first, end int) *ir.Value {
	start, size := make([]int, x.Type.Rank()), slices.Clone(x.Type.Shape)
	start[1], size[1] = first, end-first
	return r.node("slice", ir.Attrs{"start": start, "size": size, "step": slices.Repeat([]int{1}, len(size))}, x)
}

func (r *random) transpose(x *ir.Value) *ir.Value {
	rank := x.Type.Rank()
	perm := r.Perm(rank)
	if r.IntN(4) > 0 { // keep the batch in front
		i := slices.Index(perm, 0)
		perm[0], perm[i] = perm[i], perm[0]
	}
	return r.node("transpose", ir.Attrs{"perm": perm}, x)
}

// reshape merges or splits dimensions after the first.
func (r *random) reshape(x *ir.Value) *ir.Value {
	shape := slices.Clone(x.Type.Shape)
	if len(shape) < 2 {
		return nil
	}
	d := 1 + r.IntN(len(shape)-1)
	switch {
	case d+1 < len(shape) && r.IntN(2) == 0:
		shape[d] *= shape[d+1]
		shape = slices.Delete(shape, d+1, d+2)
	case shape[d]%2 == 0 && len(shape) < 6:
		shape[d] /= 2
		shape = slices.Insert(shape, d, 2)
	}
	return r.node("reshape", ir.Attrs{"shape": shape}, x)
}

func (r *random) pad(x *ir.Value) *ir.Value {
	rank := x.Type.Rank()
	amount := make([]int, 2*rank)
	for d := range rank {
		if d > 0 && r.IntN(2) == 0 {
			amount[d], amount[rank+d] = r.IntN(4)-1, r.IntN(4)-1
		}
	}
	attrs := ir.Attrs{"pad": amount, "mode": []string{"constant", "constant", "edge", "reflect", "wrap"}[r.IntN(5)]}
	if r.IntN(3) == 0 {
		attrs["value"] = math.Round(10*r.Float64()) / 10
	}
	return r.node("pad", attrs, x)
}

func (r *random) gather(x *ir.Value) *ir.Value {
	axis := r.IntN(x.Type.Rank())
	size := int64(x.Type.Shape[axis])
	indices := make([]int64, 1+r.IntN(5))
	for i := range indices {
		indices[i] = r.Int64N(2*size) - size
	}
	r.values++
	return r.node("gather", ir.Attrs{"axis": axis}, x, r.b.Const(diag.Pos{}, "indices", tensor.FromI64(indices, len(indices))))
}

func (r *random) gatherElements(x *ir.Value) *ir.Value {
	axis, shape := r.IntN(x.Type.Rank()), slices.Clone(x.Type.Shape)
	size := int64(shape[axis])
	for d := range shape {
		if r.IntN(2) == 0 {
			shape[d] = 1
		}
	}
	shape[axis] = 1 + r.IntN(5)
	indices := make([]int64, tensor.Count(shape))
	for i := range indices {
		indices[i] = r.Int64N(2*size) - size
	}
	r.values++
	return r.node("gather_elements", ir.Attrs{"axis": axis}, x, r.b.Const(diag.Pos{}, "indices", tensor.FromI64(indices, shape...)))
}
