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

// applyMod is the remainder, with the dividend's sign if fmod is 1, otherwise with the divisor's.
func applyMod(n *node) value {
	a, b := n.inputs[0], n.inputs[1]
	rest := n.remainder(a, b)
	if n.boolAttr("fmod", 0) == 1 || rest == nil {
		return n.emit("identity", nil, rest)
	}
	zero := n.like(a, 0)
	signsDiffer := n.step("compare", ir.Attrs{"is": "ne"}, n.compareAs("lt", rest, zero), n.compareAs("lt", b, zero))
	adjust := n.step("min", nil, signsDiffer, n.compareAs("ne", rest, zero))
	return n.emit("where", nil, adjust, n.step("add", nil, rest, b), rest)
}

// remainder has the dividend's sign. The quotient of floats is one of magnitudes, and may have been rounded to the next
// integer, so that the rest may be less than 0 or as large as the divisor.
func (n *node) remainder(a, b value) value {
	if !a.Type.DType.IsFloat() {
		return n.step("sub", nil, a, n.step("mul", nil, n.step("div", nil, a, b), b))
	}
	zero, up, by := n.like(a, 0), n.step("abs", nil, a), n.step("abs", nil, b)
	rest := n.step("sub", nil, up, n.step("mul", nil, n.step("floor", nil, n.step("div", nil, up, by)), by))
	rest = n.step("where", nil, n.compareAs("lt", rest, zero), n.step("add", nil, rest, by), rest)
	rest = n.step("where", nil, n.compareAs("le", by, rest), n.step("sub", nil, rest, by), rest)
	rest = n.step("where", nil, n.compareAs("lt", up, by), up, rest) // the divisor may be infinite
	return n.step("where", nil, n.compareAs("lt", a, zero), n.step("mul", nil, rest, n.like(a, -1)), rest)
}
