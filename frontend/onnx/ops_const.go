package onnx

import (
	"slices"

	"nncc/ir"
	"nncc/runtime/tensor"
)

// applyConstant knows every form of the value except strings and sparse tensors.
func applyConstant(n *node) value {
	if len(n.proto.attrs) != 1 {
		return n.errorf("has %s, needs 1", count(len(n.proto.attrs), "attribute"))
	}
	var t *tensor.Tensor
	var narrow *narrowType
	switch name := n.proto.attrs[0].name; name {
	case "value":
		if t = n.tensorAttr(name); t != nil {
			narrow = narrowTypeOf(n.attr(name, kindTensor).t.elem)
		}
	case "value_float":
		t = tensor.FromF32([]float32{float32(n.floatAttr(name, 0))})
	case "value_floats":
		if a := n.attr(name, kindFloats); a != nil {
			t = &tensor.Tensor{DType: tensor.F32, Shape: []int{len(a.floats) / 4}, Data: a.floats}
		}
	case "value_int":
		if a := n.attr(name, kindInt); a != nil {
			t = tensor.FromI64([]int64{a.i})
		}
	case "value_ints":
		if a := n.attr(name, kindInts); a != nil {
			t = tensor.FromI64(a.ints, len(a.ints))
		}
	default:
		return n.errorf("attribute %s is not supported", name)
	}
	if n.failed {
		return nil
	}
	return n.markNarrow(n.constant(t), narrow)
}

// applyConstantOfShape fills a tensor with one element, by default the float 0.
func applyConstantOfShape(n *node) value {
	list, ok := n.constInts(0, "shape")
	if !ok {
		return nil
	}
	fill := &tensor.Tensor{DType: tensor.F32, Shape: []int{1}, Data: make([]byte, 4)}
	if n.has("value") {
		fill = n.tensorAttr("value")
	}
	if n.failed {
		return nil
	}
	if fill.Len() != 1 {
		return n.errorf("attribute value has %d elements, must have 1", fill.Len())
	}
	shape := n.toInts("shape", list)
	if n.failed {
		return nil
	}
	return n.fill(n.name(), fill, shape)
}

// fill makes a constant of a shape, every element of which is that of one.
func (n *node) fill(name string, one *tensor.Tensor, shape []int) value {
	t := ir.T(one.DType, shape...)
	if err := t.Check(); err != nil {
		return n.errorf("result %v", err)
	}
	if !n.create(t.Bytes()) {
		return nil
	}
	data := slices.Repeat(one.Data, t.Elems())
	return n.build.Const(n.pos, name, &tensor.Tensor{DType: t.DType, Shape: t.Shape, Data: data})
}
