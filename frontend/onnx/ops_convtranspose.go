package onnx

import (
	"nncc/ir"
)

func applyConvTranspose(n *node) value {
	shape, weight := n.shape(0), n.shape(1)
	if len(shape) < 3 || len(weight) != len(shape) {
		return n.errorf("weight %s does not fit the input %s", dims(weight), dims(shape))
	}
	spatial, kernel := len(shape)-2, weight[2:]
	if n.has("kernel_shape") && !equalInts(n.intsAttr("kernel_shape"), kernel) {
		return n.errorf("attribute kernel_shape differs from the weight's shape %s", dims(weight))
	}
	groups := n.intAttr("group", 1)
	if n.failed || groups < 1 || weight[0] != shape[1] || shape[1]%groups != 0 {
		return n.errorf("input %s, weight %s and %d groups do not fit", dims(shape), dims(weight), groups)
	}
	stride, dilation := orOnes(n.intsAttr("strides"), spatial), orOnes(n.intsAttr("dilations"), spatial)
	cut, extra, ok := n.transposedPads(kernel, stride, dilation)
	if !ok {
		return nil
	}
	t := ir.Transposed{Stride: stride, Dilation: dilation, Cut: cut, Extra: extra, Groups: groups}
	return n.compose().ConvTranspose(n.inputs[0], n.inputs[1], n.in(2), t)
}

// transposedPads is what is cut off the result, and what is added to its ends: pads and output_padding, or what gives
// the result its output_shape or, with auto_pad, stride times the input's.
func (n *node) transposedPads(kernel, stride, dilation []int) (cut, extra []int, ok bool) {
	shape, spatial := n.shape(0), len(kernel)
	cut, extra = n.intsAttr("pads"), n.intsAttr("output_padding")
	if cut == nil {
		cut = make([]int, 2*spatial)
	}
	if extra == nil {
		extra = make([]int, spatial)
	}
	want, auto := n.intsAttr("output_shape"), n.stringAttr("auto_pad", "NOTSET")
	if n.failed || len(stride) != spatial || len(dilation) != spatial || len(cut) != 2*spatial || len(extra) != spatial ||
		want != nil && len(want) != spatial {
		n.errorf("strides %s, dilations %s, pads %s, output_padding %s and output_shape %s do not fit the kernel %s",
			dims(stride), dims(dilation), dims(cut), dims(extra), dims(want), dims(kernel))
		return nil, nil, false
	}
	for d, k := range kernel {
		if stride[d] < 1 || dilation[d] < 1 || k < 1 || cut[d] < 0 || cut[spatial+d] < 0 || extra[d] < 0 {
			n.errorf("strides %s, dilations %s and the kernel %s must be positive, pads %s and output_padding %s not negative",
				dims(stride), dims(dilation), dims(kernel), dims(cut), dims(extra))
			return nil, nil, false
		}
		reach, in, s := (int64(k)-1)*int64(dilation[d]), int64(shape[2+d]), int64(stride[d])
		size := int64(-1)
		switch {
		case want != nil:
			size = int64(want[d])
		case auto == "SAME_UPPER" || auto == "SAME_LOWER":
			size = in * s
		}
		if size >= 0 {
			total := s*(in-1) + int64(extra[d]) + reach + 1 - size
			begin, end := total-total>>1, total>>1 // rounded down, also where nothing is cut off but added
			if auto == "SAME_UPPER" {
				begin, end = end, begin
			}
			cut[d], cut[spatial+d] = n.toInt("pads", begin), n.toInt("pads", end)
		}
	}
	return cut, extra, !n.failed
}
