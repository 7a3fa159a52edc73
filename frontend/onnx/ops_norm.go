package onnx

import (
	"fmt"
	"slices"

	"nncc/ir"
)

// Normalisations, as ONNX defines them.

func applyLRN(n *node) value {
	if !n.need("size") {
		return nil
	}
	size, alpha, beta, bias := n.intAttr("size", 1), n.floatAttr("alpha", 1e-4), n.floatAttr("beta", 0.75), n.floatAttr("bias", 1)
	return n.compose().LRN(n.inputs[0], size, (size-1)/2, alpha, beta, bias)
}

// applyBatchNorm uses the statistics that came out of training; in training mode those of its own input.
func applyBatchNorm(n *node) value {
	epsilon, momentum := n.floatAttr("epsilon", 1e-5), n.floatAttr("momentum", 0.9)
	if n.opset < 9 {
		n.onlyInt("spatial", 1, "statistics per pixel")
	}
	if n.opset >= 14 && n.boolAttr("training_mode", 0) == 1 {
		return n.trainBatchNorm(epsilon, momentum)
	}
	if n.failed {
		return nil
	}
	return n.emit("batchnorm", ir.Attrs{"epsilon": epsilon}, n.inputs...)
}

// trainBatchNorm standardizes each channel over the batch. The other results are the statistics it was given, moved
// towards those of the batch.
func (n *node) trainBatchNorm(epsilon, momentum float64) value {
	x, shape := n.inputs[0], n.shape(0)
	if len(shape) < 2 {
		return n.errorf("input %s has no channels", dims(shape))
	}
	if n.openBatch != "" {
		n.add("training_mode is 1, so that the samples of a batch influence one another: its size must be known").
			Hint = fmt.Sprintf("export the model for inference, or give the size with --dim %s=N", n.openBatch)
		return nil
	}
	m := n.compose()
	centred, mean, variance := m.Moments(x, append([]int{0}, from(2, len(shape))...))
	v := n.step("div", nil, centred, m.Deviation(variance, epsilon))
	n.more = []value{n.moved(n.inputs[3], mean, momentum), n.moved(n.inputs[4], variance, momentum)}
	return m.PerChannel(v, n.inputs[1], n.inputs[2])
}

// moved is old*momentum + new*(1-momentum), one number per channel.
func (n *node) moved(old, now value, momentum float64) value {
	if old == nil || now == nil {
		return nil
	}
	now = n.step("reshape", ir.Attrs{"shape": old.Type.Shape}, now)
	return n.step("add", nil, n.step("mul", nil, old, n.like(old, momentum)), n.step("mul", nil, now, n.like(now, 1-momentum)))
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
	epsilon := n.floatAttr("epsilon", 1e-5)
	v := n.compose().LayerNorm(n.inputs[0], n.inputs[1], n.in(2), axis, epsilon)
	if n.outputUsed(1) || n.outputUsed(2) {
		_, mean, variance := n.compose().Moments(n.inputs[0], from(axis, len(n.shape(0))))
		deviation := n.compose().Deviation(variance, epsilon)
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

// applyRMSNorm divides by the root of the mean square over all dimensions from axis on.
func applyRMSNorm(n *node) value {
	n.ignore("stash_type")
	x, rank := n.inputs[0], len(n.shape(0))
	axis, ok := n.axis(n.intAttr("axis", -1), rank)
	if !ok {
		return nil
	}
	mean := n.step("reduce", ir.Attrs{"to": "mean", "axes": from(axis, rank)}, n.step("mul", nil, x, x))
	v := n.step("div", nil, x, n.compose().Deviation(mean, n.floatAttr("epsilon", 1e-5)))
	return n.emit("mul", nil, v, n.inputs[1])
}

// applyLpNorm divides by a norm along an axis; where that is 0, so is the result.
func applyLpNorm(n *node) value {
	x, p := n.inputs[0], n.intAttr("p", 2)
	axis, ok := n.axis(n.intAttr("axis", -1), len(n.shape(0)))
	if !ok {
		return nil
	}
	if p != 1 && p != 2 {
		return n.errorf("attribute p is %d, must be 1 or 2", p)
	}
	norm := n.step("reduce", ir.Attrs{"to": "sum", "axes": []int{axis}}, n.powerOf(x, p))
	if p == 2 {
		norm = n.step("sqrt", nil, norm)
	}
	zero := n.like(x, 0)
	return n.emit("where", nil, n.compareAs("eq", norm, zero), zero, n.step("div", nil, x, norm))
}

// applyMeanVariance standardizes along axes, by default all but channels.
func applyMeanVariance(n *node) value {
	list, axes := []int{0, 2, 3}, []int{}
	if n.has("axes") {
		list = n.intsAttr("axes")
	}
	for _, a := range list {
		axis, ok := n.axis(a, len(n.shape(0)))
		if !ok {
			return nil
		}
		axes = append(axes, axis)
	}
	slices.Sort(axes)
	const epsilon = 1e-9 // added to the deviation itself
	centred, _, variance := n.compose().Moments(n.inputs[0], slices.Compact(axes))
	return n.emit("div", nil, centred, n.step("add", nil, n.step("sqrt", nil, variance), n.like(variance, epsilon)))
}
