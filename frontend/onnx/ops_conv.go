package onnx

import "nncc/ir"

func applyConv(n *node) value {
	weight := n.shape(1)
	if len(weight) < 3 || len(weight) != len(n.shape(0)) {
		return n.errorf("weight %s does not fit the input %s", dims(weight), dims(n.shape(0)))
	}
	kernel := weight[2:]
	if n.has("kernel_shape") && !equalInts(n.intsAttr("kernel_shape"), kernel) {
		return n.errorf("attribute kernel_shape differs from the weight's shape %s", dims(weight))
	}
	attrs, ok := n.window(kernel)
	if !ok {
		return nil
	}
	attrs["groups"] = n.intAttr("group", 1)
	return n.emit("conv", attrs, n.inputs...)
}

func applyMaxPool(n *node) value {
	columnMajor := n.boolAttr("storage_order", 0) == 1
	attrs, ok := n.pool()
	if !ok {
		return nil
	}
	y := n.emit("maxpool", attrs, n.inputs[0])
	if n.outputUsed(1) {
		n.more = []value{n.poolIndices(y, columnMajor)}
	}
	return y
}

func applyAveragePool(n *node) value {
	attrs, ok := n.pool()
	if !ok {
		return nil
	}
	attrs["count_include_pad"] = n.boolAttr("count_include_pad", 0)
	return n.emit("avgpool", attrs, n.inputs[0])
}

// applyGlobalPool pools over all spatial dimensions.
func applyGlobalPool(op string) func(*node) value {
	return func(n *node) value {
		shape := n.shape(0)
		if len(shape) < 3 {
			return n.errorf("input %s has no spatial dimensions", dims(shape))
		}
		return n.emit(op, ir.Attrs{"kernel": shape[2:]}, n.inputs[0])
	}
}

// pool reads the attributes that pools share.
func (n *node) pool() (ir.Attrs, bool) {
	if !n.need("kernel_shape") {
		return nil, false
	}
	kernel := n.intsAttr("kernel_shape")
	attrs, ok := n.window(kernel)
	if !ok {
		return nil, false
	}
	attrs["kernel"] = kernel
	attrs["ceil"] = n.boolAttr("ceil_mode", 0)
	if auto := n.stringAttr("auto_pad", "NOTSET"); auto == "SAME_UPPER" || auto == "SAME_LOWER" {
		attrs["ceil"] = 0 // the stride alone decides the size of the result
	}
	return attrs, !n.failed
}

// window reads the attributes of a sliding window over the first input.
func (n *node) window(kernel []int) (ir.Attrs, bool) {
	stride, dilation, pads := n.intsAttr("strides"), n.intsAttr("dilations"), n.intsAttr("pads")
	auto := n.stringAttr("auto_pad", "NOTSET")
	attrs := ir.Attrs{}
	if stride != nil {
		attrs["stride"] = stride
	}
	if dilation != nil {
		attrs["dilation"] = dilation
	}
	switch auto {
	case "NOTSET":
		if pads != nil {
			attrs["pad"] = pads
		}
	case "VALID":
	case "SAME_UPPER", "SAME_LOWER":
		attrs["pad"] = n.samePads(kernel, stride, dilation, auto == "SAME_LOWER")
	default:
		n.errorf("attribute auto_pad is %q, must be NOTSET, VALID, SAME_UPPER or SAME_LOWER", auto)
	}
	if auto != "NOTSET" && pads != nil && !equalInts(pads, make([]int, len(pads))) {
		n.errorf("attributes pads and auto_pad exclude each other")
	}
	return attrs, !n.failed
}

// samePads computes the padding that makes the result ceil(input / stride) large; where it is odd, the larger half is
// before the input with lower, after it otherwise.
func (n *node) samePads(kernel, stride, dilation []int, lower bool) []int {
	shape := n.shape(0)
	rank := max(0, len(shape)-2)
	stride, dilation = orOnes(stride, rank), orOnes(dilation, rank)
	if len(kernel) != rank || len(stride) != rank || len(dilation) != rank {
		n.errorf("kernel %s, strides %s and dilations %s do not fit the input %s", dims(kernel), dims(stride), dims(dilation), dims(shape))
		return nil
	}
	pads := make([]int, 2*rank)
	for d := range rank {
		if stride[d] < 1 || kernel[d] < 1 || dilation[d] < 1 {
			n.errorf("kernel %s, strides %s and dilations %s must be positive", dims(kernel), dims(stride), dims(dilation))
			return nil
		}
		in, k, s, dil := int64(shape[2+d]), int64(kernel[d]), int64(stride[d]), int64(dilation[d])
		out := (in + s - 1) / s
		total := max(0, (out-1)*s+(k-1)*dil+1-in)
		small, large := n.toInt("padding", total/2), n.toInt("padding", total-total/2)
		if lower {
			small, large = large, small
		}
		pads[d], pads[rank+d] = small, large
	}
	return pads
}
