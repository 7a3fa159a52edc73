package onnx

import "nncc/ir"

// Normalisations, as ONNX defines them.

func applyLRN(n *node) value {
	if !n.need("size") {
		return nil
	}
	size, alpha, beta, bias := n.intAttr("size", 1), n.floatAttr("alpha", 1e-4), n.floatAttr("beta", 0.75), n.floatAttr("bias", 1)
	return n.compose().LRN(n.inputs[0], size, (size-1)/2, alpha, beta, bias)
}

func applyInstanceNorm(n *node) value {
	if shape := n.shape(0); len(shape) < 3 {
		return n.errorf("input %s has no spatial dimensions", dims(shape))
	}
	return n.compose().InstanceNorm(n.inputs[0], n.inputs[1], n.inputs[2], n.floatAttr("epsilon", 1e-5))
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
	axis, ok := n.axis(n.intAttr("axis", -1), len(n.shape(0)))
	if !ok {
		return nil
	}
	v, mean, deviation := n.compose().LayerNorm(n.inputs[0], n.inputs[1], n.in(2), axis, n.floatAttr("epsilon", 1e-5))
	if n.outputUsed(1) || n.outputUsed(2) {
		n.more = []value{mean, n.step("div", nil, n.like(deviation, 1), deviation)}
	}
	return v
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
	scale, bias := n.inputs[1], n.inputs[2]
	if n.opset < 21 {
		scale, bias = n.spread(scale, shape[1]/groups), n.spread(bias, shape[1]/groups)
	}
	return n.compose().GroupNorm(n.inputs[0], scale, bias, groups, n.floatAttr("epsilon", 1e-5))
}

// spread repeats each number of a list.
func (n *node) spread(v value, times int) value {
	v = n.step("reshape", ir.Attrs{"shape": []int{v.Type.Elems(), 1}}, v)
	return n.step("pad", ir.Attrs{"pad": []int{0, 0, 0, times - 1}, "mode": "edge"}, v)
}
