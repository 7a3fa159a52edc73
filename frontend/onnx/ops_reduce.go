package onnx

import (
	"slices"

	"nncc/ir"
)

// applyReduce combines along axes, which come from an attribute before an operator set and from an input since.
// before and after, which may be nil, are applied to each number and to each result.
func applyReduce(to string, inputSince int, before, after func(n *node, v value) value) func(*node) value {
	return func(n *node) value {
		axes, ok := n.reducedAxes(inputSince)
		if !ok {
			return nil
		}
		v := n.inputs[0]
		if before != nil {
			v = before(n, v)
		}
		if v = n.step("reduce", ir.Attrs{"to": to, "axes": axes}, v); after != nil {
			v = after(n, v)
		}
		return n.dropAxes(v, axes)
	}
}

func squared(n *node, v value) value  { return n.step("mul", nil, v, v) }
func absolute(n *node, v value) value { return n.step("abs", nil, v) }
func root(n *node, v value) value     { return n.step("sqrt", nil, v) }
func logOf(n *node, v value) value    { return n.step("log", nil, v) }

// applyLogSumExp is max + log(sum(exp(x - max))).
func applyLogSumExp(n *node) value {
	axes, ok := n.reducedAxes(18)
	if !ok {
		return nil
	}
	return n.dropAxes(n.logSumExp(n.inputs[0], axes), axes)
}

func (n *node) logSumExp(x value, axes []int) value {
	top := n.step("reduce", ir.Attrs{"to": "max", "axes": axes}, x)
	sum := n.step("reduce", ir.Attrs{"to": "sum", "axes": axes}, n.step("exp", nil, n.step("sub", nil, x, top)))
	return n.step("add", nil, top, n.step("log", nil, sum))
}

// reducedAxes reads the axes, by default all, in ascending order.
func (n *node) reducedAxes(inputSince int) ([]int, bool) {
	var list []int
	if n.opset < inputSince {
		list = n.intsAttr("axes")
	} else if n.in(1) != nil {
		given, ok := n.constInts(1, "axes")
		if !ok {
			return nil, false
		}
		list = n.toInts("axes", given)
	}
	keepAll := n.opset >= inputSince && n.boolAttr("noop_with_empty_axes", 0) == 1
	rank := len(n.shape(0))
	axes := []int{}
	for _, a := range list {
		axis, ok := n.axis(a, rank)
		if !ok {
			return nil, false
		}
		axes = append(axes, axis)
	}
	if len(list) == 0 && !keepAll {
		for d := range rank {
			axes = append(axes, d)
		}
	}
	slices.Sort(axes)
	return slices.Compact(axes), !n.failed
}

// dropAxes removes the dimensions of 1 that a reduction leaves, unless keepdims asks for them.
func (n *node) dropAxes(v value, axes []int) value {
	keep := n.boolAttr("keepdims", 1)
	if v == nil || n.failed {
		return nil
	}
	shape := []int{}
	for d, size := range v.Type.Shape {
		if keep == 1 || !slices.Contains(axes, d) {
			shape = append(shape, size)
		}
	}
	return n.emit("reshape", ir.Attrs{"shape": shape}, v)
}

// applyArg finds the place of an extremum along an axis.
func applyArg(op string) func(*node) value {
	return func(n *node) value {
		axis, ok := n.axis(n.intAttr("axis", 0), len(n.shape(0)))
		if !ok {
			return nil
		}
		last := 0
		if n.opset >= 12 {
			last = n.boolAttr("select_last_index", 0)
		}
		v := n.step(op, ir.Attrs{"axis": axis, "last": last}, n.inputs[0])
		return n.dropAxes(v, []int{axis})
	}
}

// applyLogSoftmax is x - log(sum(exp(x))); before operator set 13 over all dimensions from axis on.
func applyLogSoftmax(n *node) value {
	absent := -1
	if n.opset < 13 {
		absent = 1
	}
	rank := len(n.shape(0))
	axis, ok := n.axis(n.intAttr("axis", absent), rank)
	if !ok {
		return nil
	}
	axes := []int{axis}
	for d := axis + 1; n.opset < 13 && d < rank; d++ {
		axes = append(axes, d)
	}
	return n.compose().LogSoftmax(n.inputs[0], axes)
}
