package onnx

import (
	"nncc/ir"
	"nncc/runtime/tensor"
)

// applyLpPool is the root of the sum of powers in each window. The sum is a convolution, channel by channel, with ones.
func applyLpPool(n *node) value {
	attrs, ok := n.pool()
	if !ok {
		return nil
	}
	x, shape, kernel := n.inputs[0], n.shape(0), attrs["kernel"].([]int)
	if len(shape) < 3 || len(kernel) != len(shape)-2 {
		return n.errorf("kernel %s does not fit the input %s", dims(kernel), dims(shape))
	}
	if attrs["ceil"] == 1 && !n.padToCeil(attrs, kernel) {
		return nil
	}
	delete(attrs, "kernel")
	delete(attrs, "ceil")
	attrs["groups"] = shape[1]
	p := n.intAttr("p", 2)
	ones := n.fill(n.name()+".ones", tensor.FromFloat64s(x.Type.DType, []float64{1}, 1), append([]int{shape[1], 1}, kernel...))
	if n.failed {
		return nil
	}
	return n.rootOf(n.step("conv", attrs, n.powerOf(x, p), ones), p)
}

func applyGlobalLpPool(n *node) value {
	rank, p := len(n.shape(0)), n.intAttr("p", 2)
	return n.rootOf(n.step("reduce", ir.Attrs{"to": "sum", "axes": from(2, rank)}, n.powerOf(n.inputs[0], p)), p)
}

// powerOf is |x| to the p.
func (n *node) powerOf(x value, p int) value {
	switch {
	case p < 1:
		return n.errorf("attribute p is %d, must be at least 1", p)
	case p == 1:
		return n.step("abs", nil, x)
	case p == 2:
		return n.step("mul", nil, x, x)
	}
	return n.step("pow", nil, n.step("abs", nil, x), n.like(x, float64(p)))
}

// rootOf is the node's result: the p-th root of v.
func (n *node) rootOf(v value, p int) value {
	switch p {
	case 1:
		return n.emit("identity", nil, v)
	case 2:
		return n.emit("sqrt", nil, v)
	}
	return n.emit("pow", nil, v, n.like(v, 1/float64(p)))
}

// padToCeil adds padding for the windows that only a size rounded up has. Like those of other pools they must start
// inside the input or the padding before it.
func (n *node) padToCeil(attrs ir.Attrs, kernel []int) bool {
	rank := len(kernel)
	get := func(name string, absent int) []int {
		if list, ok := attrs[name].([]int); ok {
			return list
		}
		list := make([]int, rank*(2-absent))
		for i := range list {
			list[i] = absent
		}
		return list
	}
	stride, dilation, old := get("stride", 1), get("dilation", 1), get("pad", 0)
	if len(stride) != rank || len(dilation) != rank || len(old) != 2*rank {
		n.errorf("strides, dilations and pads do not fit the kernel %s", dims(kernel))
		return false
	}
	pad := append([]int(nil), old...)
	for d, size := range n.shape(0)[2:] {
		if stride[d] < 1 {
			n.errorf("strides %s must be positive", dims(stride))
			return false
		}
		room := size + pad[d] + pad[rank+d] - (kernel[d]-1)*dilation[d] - 1
		if rest := room % stride[d]; rest > 0 && (room/stride[d]+1)*stride[d] < size+pad[d] {
			pad[rank+d] += stride[d] - rest
		}
	}
	attrs["pad"] = pad
	return true
}
