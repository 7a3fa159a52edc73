package onnx

import "nncc/ir"

// Normalisations, step by step as ONNX defines them.

// applyLRN divides by a power of the mean square over neighbouring channels, where those outside count as 0.
func applyLRN(n *node) value {
	if !n.need("size") {
		return nil
	}
	x, shape, size := n.inputs[0], n.shape(0), n.intAttr("size", 1)
	alpha, beta, bias := n.floatAttr("alpha", 1e-4), n.floatAttr("beta", 0.75), n.floatAttr("bias", 1)
	if len(shape) < 3 || size < 1 {
		return n.errorf("size %d and input %s: needs a positive size and [N, C, spatial...]", size, dims(shape))
	}
	before := (size - 1) / 2
	v := n.step("mul", nil, x, x)
	v = n.step("reshape", ir.Attrs{"shape": []int{shape[0], 1, shape[1], product(shape[2:])}}, v)
	v = n.step("avgpool", ir.Attrs{"kernel": []int{size, 1}, "pad": []int{before, 0, size - 1 - before, 0}, "count_include_pad": 1}, v)
	v = n.step("reshape", ir.Attrs{"shape": shape}, v)
	v = n.step("pow", nil, n.line(v, alpha, bias), n.like(x, beta))
	return n.emit("div", nil, x, v)
}

// standardize subtracts the mean along axes and divides by the standard deviation, whose variance gets epsilon added.
func (n *node) standardize(x value, axes []int, epsilon float64) (y, mean, deviation value) {
	attrs := ir.Attrs{"to": "mean", "axes": axes}
	mean = n.step("reduce", attrs, x)
	centred := n.step("sub", nil, x, mean)
	variance := n.step("reduce", attrs, n.step("mul", nil, centred, centred))
	deviation = n.step("sqrt", nil, n.step("add", nil, variance, n.like(x, epsilon)))
	return n.step("div", nil, centred, deviation), mean, deviation
}

// affine is the node's result: v times a scale plus a bias, both under the given shape.
func (n *node) affine(v, scale, bias value, shape []int) value {
	v = n.step("mul", nil, v, n.step("reshape", ir.Attrs{"shape": shape}, scale))
	return n.emit("add", nil, v, n.step("reshape", ir.Attrs{"shape": shape}, bias))
}

// perChannel is the shape of one number per channel beside images of a rank.
func perChannel(channels, rank int) []int {
	shape := orOnes(nil, max(rank-1, 1))
	shape[0] = channels
	return shape
}

func applyInstanceNorm(n *node) value {
	shape := n.shape(0)
	if len(shape) < 3 {
		return n.errorf("input %s has no spatial dimensions", dims(shape))
	}
	v, _, _ := n.standardize(n.inputs[0], from(2, len(shape)), n.floatAttr("epsilon", 1e-5))
	return n.affine(v, n.inputs[1], n.inputs[2], perChannel(shape[1], len(shape)))
}

// from is start, start+1, ..., end-1.
func from(start, end int) []int {
	var out []int
	for d := start; d < end; d++ {
		out = append(out, d)
	}
	return out
}

// applyLayerNorm standardizes along all dimensions from axis on.
func applyLayerNorm(n *node) value {
	n.ignore("stash_type") // float32, in which sums are kept here as well
	rank := len(n.shape(0))
	axis, ok := n.axis(n.intAttr("axis", -1), rank)
	if !ok {
		return nil
	}
	v, mean, deviation := n.standardize(n.inputs[0], from(axis, rank), n.floatAttr("epsilon", 1e-5))
	if n.outputUsed(1) || n.outputUsed(2) {
		n.more = []value{mean, n.step("div", nil, n.like(deviation, 1), deviation)}
	}
	if n.in(2) == nil {
		return n.emit("mul", nil, v, n.inputs[1])
	}
	return n.emit("add", nil, n.step("mul", nil, v, n.inputs[1]), n.inputs[2])
}

// applyGroupNorm standardizes groups of channels. Scale and bias are one number per channel, before operator set 21
// per group.
func applyGroupNorm(n *node) value {
	n.ignore("stash_type")
	if !n.need("num_groups") {
		return nil
	}
	shape, groups := n.shape(0), n.intAttr("num_groups", 1)
	if len(shape) < 2 || groups < 1 || shape[1]%groups != 0 {
		return n.errorf("input %s cannot be split into %d groups of channels", dims(shape), groups)
	}
	size := shape[1] / groups
	v := n.step("reshape", ir.Attrs{"shape": []int{shape[0], groups, size * product(shape[2:])}}, n.inputs[0])
	v, _, _ = n.standardize(v, []int{2}, n.floatAttr("epsilon", 1e-5))
	v = n.step("reshape", ir.Attrs{"shape": shape}, v)
	scale, bias := n.inputs[1], n.inputs[2]
	if n.opset < 21 {
		scale, bias = n.spread(scale, size), n.spread(bias, size)
	}
	return n.affine(v, scale, bias, perChannel(shape[1], len(shape)))
}

// spread repeats each number of a list.
func (n *node) spread(v value, times int) value {
	v = n.step("reshape", ir.Attrs{"shape": []int{v.Type.Elems(), 1}}, v)
	return n.step("pad", ir.Attrs{"pad": []int{0, 0, 0, times - 1}, "mode": "edge"}, v)
}
