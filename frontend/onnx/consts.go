package onnx

import (
	"nncc/ir"
	"nncc/ir/interp"
	"nncc/runtime/tensor"
)

// constInts returns the numbers of an input that must be a constant list of integers, or a single one; what names it
// in messages.
func (n *node) constInts(i int, what string) ([]int64, bool) {
	t := n.constant1D(i, what)
	if t == nil {
		return nil, false
	}
	switch t.DType {
	case tensor.I64:
		return t.I64s(), true
	case tensor.I32:
		out := make([]int64, 0, t.Len())
		for _, v := range tensor.View[int32](t) {
			out = append(out, int64(v))
		}
		return out, true
	}
	n.errorf("%s is %v, must be i64", what, t.DType)
	return nil, false
}

// constFloat returns the number in an input that must be a constant of one element, or absent if it is omitted.
func (n *node) constFloat(i int, what string, absent float64) float64 {
	if n.in(i) == nil {
		return absent
	}
	t := n.constant1D(i, what)
	if t == nil {
		return absent
	}
	if t.Len() != 1 {
		n.errorf("%s has %d elements, must have 1", what, t.Len())
		return absent
	}
	return t.Float64s()[0]
}

// constFloats returns the numbers of an input that must be a constant list of floats; none if it is omitted.
func (n *node) constFloats(i int, what string) []float64 {
	if n.in(i) == nil {
		return nil
	}
	t := n.constant1D(i, what)
	if t == nil {
		return nil
	}
	return t.Float64s()
}

func (n *node) constant1D(i int, what string) *tensor.Tensor {
	v := n.inputs[i]
	switch {
	case !v.IsConst():
		n.add("%s must be a constant", what).Hint = "it is computed from the input's values; shapes must be known when compiling"
		return nil
	case len(v.Const.Shape) > 1:
		n.errorf("%s has shape %s, must be a list", what, dims(v.Const.Shape))
		return nil
	}
	return v.Const
}

// foldable reports whether an op is to be evaluated now: its inputs are all constants and it is little work, which is
// accounted for. Convolutions and pools of constants are left to the constant-folding pass.
func (n *node) foldable(made *ir.Node, result ir.Type) bool {
	switch made.Op.Class {
	case ir.Elementwise, ir.Layout, ir.Reduction:
	default:
		return false
	}
	work := int64(result.Bytes())
	for _, v := range made.Inputs {
		if !v.IsConst() {
			return false
		}
		work += int64(v.Type.Bytes())
	}
	if result.Bytes() > maxFoldedBytes || n.foldedBytes+work > foldBudgetBytes {
		return false
	}
	n.foldedBytes += work
	return true
}

// fold evaluates an op into a constant.
func (n *node) fold(made *ir.Node, name string) value {
	inputs := make([]*tensor.Tensor, len(made.Inputs))
	for i, v := range made.Inputs {
		inputs[i] = v.Const
	}
	out, err := interp.EvalNode(made, inputs)
	if err != nil {
		n.report(made.Op.Name, err)
		return nil
	}
	return n.build.Const(n.pos, name, out[0])
}
