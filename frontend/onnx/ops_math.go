package onnx

import (
	"math"
	"slices"

	"nncc/ir"
	"nncc/runtime/tensor"
)

// applyAs maps an operator onto the op of the IR that is the same, inputs and all.
func applyAs(op string) func(*node) value {
	return func(n *node) value { return n.emit(op, nil, n.inputs...) }
}

func applyGemm(n *node) value {
	attrs := ir.Attrs{
		"trans_a": n.boolAttr("transA", 0),
		"trans_b": n.boolAttr("transB", 0),
		"alpha":   n.floatAttr("alpha", 1),
		"beta":    n.floatAttr("beta", 1),
	}
	return n.emit("gemm", attrs, n.inputs...)
}

// applyClip6 takes the bounds from attributes, whose defaults are the largest finite numbers.
func applyClip6(n *node) value {
	attrs := ir.Attrs{"min": n.floatAttr("min", -math.MaxFloat32), "max": n.floatAttr("max", math.MaxFloat32)}
	return n.emit("clip", attrs, n.inputs[0])
}

func applyClip11(n *node) value {
	attrs := ir.Attrs{"min": n.constFloat(1, "min", math.Inf(-1)), "max": n.constFloat(2, "max", math.Inf(1))}
	if n.failed {
		return nil
	}
	return n.emit("clip", attrs, n.inputs[0])
}

// applyIdentity needs no op for a constant, which keeps its name.
func applyIdentity(n *node) value {
	if _, is := n.sequences[n.inputs[0]]; is || n.inputs[0].IsConst() {
		return n.inputs[0]
	}
	return n.emit("identity", nil, n.inputs[0])
}

func applyCast(n *node) value {
	if !n.need("to") {
		return nil
	}
	n.ignore("saturate")   // concerns narrow types
	n.ignore("round_mode") // concerns a type that is not supported
	to := n.dtypeAttr("to")
	if n.failed {
		return nil
	}
	return n.castAs(narrowTypeOf(n.intAttr("to", 0)), to)
}

// applyCastLike converts to the type of the second input.
func applyCastLike(n *node) value {
	n.ignore("saturate")
	n.ignore("round_mode")
	return n.castAs(n.narrow[n.inputs[1]], n.inputs[1].Type.DType)
}

// castAs converts the first input to a narrow type, or to a dtype where there is none.
func (n *node) castAs(narrow *narrowType, to tensor.DType) value {
	n.checkStrings(narrow)
	if narrow != nil && !narrow.isString() {
		return n.castNarrow(n.inputs[0], narrow)
	}
	return n.emit("cast", ir.Attrs{"to": to.String()}, n.inputs[0])
}

// dtypeAttr is an attribute that names an element type.
func (n *node) dtypeAttr(name string) tensor.DType {
	to, err := dtypeOf(n.intAttr(name, 0))
	if err != nil {
		n.errorf("attribute %s: %v", name, err)
	}
	return computed(to)
}

func applySoftmax(n *node) value {
	return n.emit("softmax", ir.Attrs{"axis": n.intAttr("axis", -1)}, n.inputs[0])
}

// applySoftmax1 normalizes over all dimensions from axis on, as operator sets before 13 do.
func applySoftmax1(n *node) value {
	shape := n.shape(0)
	axis, ok := n.axis(n.intAttr("axis", 1), len(shape))
	if !ok {
		return nil
	}
	if product(shape[axis+1:]) == 1 {
		return n.emit("softmax", ir.Attrs{"axis": axis}, n.inputs[0])
	}
	flat := slices.Concat(shape[:axis], []int{product(shape[axis:])})
	v := n.step("reshape", ir.Attrs{"shape": flat}, n.inputs[0])
	v = n.step("softmax", ir.Attrs{"axis": axis}, v)
	return n.emit("reshape", ir.Attrs{"shape": shape}, v)
}
