package onnx

import (
	"nncc/ir"
	"nncc/runtime/tensor"
)

// Arithmetic that the IR has no op of its own for.

// applyChain combines the first two inputs, their result with the third, and so on.
func applyChain(op string) func(*node) value {
	return func(n *node) value {
		if len(n.inputs) == 1 {
			return applyIdentity(n)
		}
		last := len(n.inputs) - 1
		v := n.inputs[0]
		for _, next := range n.inputs[1:last] {
			v = n.step(op, nil, v, next)
		}
		return n.emit(op, nil, v, n.inputs[last])
	}
}

func applyMean(n *node) value {
	sum := n.inputs[0]
	for _, next := range n.inputs[1:] {
		sum = n.step("add", nil, sum, next)
	}
	return n.emit("div", nil, sum, n.like(sum, float64(len(n.inputs))))
}

func applyReciprocal(n *node) value {
	return n.emit("div", nil, n.like(n.inputs[0], 1), n.inputs[0])
}

func applyNeg(n *node) value {
	return n.emit("mul", nil, n.inputs[0], n.like(n.inputs[0], -1))
}

// applyCeil is -floor(-x).
func applyCeil(n *node) value {
	v := n.step("mul", nil, n.inputs[0], n.like(n.inputs[0], -1))
	v = n.step("floor", nil, v)
	return n.emit("mul", nil, v, n.like(v, -1))
}

// applyPow has a result of the base's type. Integers are computed as floats and rounded.
func applyPow(n *node) value {
	base, exponent := n.inputs[0], n.inputs[1]
	to := base.Type.DType
	float := to
	if !to.IsFloat() {
		float = tensor.F32
	}
	base, exponent = n.castTo(base, float), n.castTo(exponent, float)
	if float == to {
		return n.emit("pow", nil, base, exponent)
	}
	v := n.step("round", nil, n.step("pow", nil, base, exponent))
	return n.emit("cast", ir.Attrs{"to": to.String()}, v)
}

// castTo converts a value, unless it has the dtype.
func (n *node) castTo(v value, to tensor.DType) value {
	if v == nil || v.Type.DType == to {
		return v
	}
	return n.step("cast", ir.Attrs{"to": to.String()}, v)
}
