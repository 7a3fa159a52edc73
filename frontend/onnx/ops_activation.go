package onnx

import (
	"math"

	"nncc/ir"
	"nncc/runtime/tensor"
)

// Activations. Those that the IR has no op for are what their ONNX definition says, step by step.

// like makes a constant of one number, of the dtype of v.
func (n *node) like(v value, number float64) value {
	if v == nil {
		return nil
	}
	return n.build.Const(n.pos, n.name()+".k", tensor.FromFloat64s(v.Type.DType, []float64{number}))
}

func applyLeakyRelu(n *node) value {
	return n.emit("prelu", nil, n.inputs[0], n.like(n.inputs[0], n.floatAttr("alpha", 0.01)))
}

func applyElu(n *node) value {
	return n.emit("elu", ir.Attrs{"alpha": n.floatAttr("alpha", 1)}, n.inputs[0])
}

func applySelu(n *node) value {
	alpha, gamma := n.floatAttr("alpha", 1.67326319217681884765625), n.floatAttr("gamma", 1.05070102214813232421875)
	v := n.step("elu", ir.Attrs{"alpha": alpha}, n.inputs[0])
	return n.emit("mul", nil, v, n.like(v, gamma))
}

// applyCelu is alpha*elu(x/alpha).
func applyCelu(n *node) value {
	alpha := n.floatAttr("alpha", 1)
	if alpha == 0 {
		return n.errorf("attribute alpha is 0")
	}
	v := n.step("div", nil, n.inputs[0], n.like(n.inputs[0], alpha))
	v = n.step("elu", nil, v)
	return n.emit("mul", nil, v, n.like(v, alpha))
}

func applySoftsign(n *node) value {
	x := n.inputs[0]
	return n.emit("div", nil, x, n.step("add", nil, n.step("abs", nil, x), n.like(x, 1)))
}

func applyHardSigmoid(n *node) value {
	v := n.line(n.inputs[0], n.floatAttr("alpha", 0.2), n.floatAttr("beta", 0.5))
	return n.emit("clip", ir.Attrs{"min": 0.0, "max": 1.0}, v)
}

func applyHardSwish(n *node) value {
	v := n.step("clip", ir.Attrs{"min": 0.0, "max": 1.0}, n.line(n.inputs[0], 1./6, 0.5))
	return n.emit("mul", nil, n.inputs[0], v)
}

// line is slope*x + offset.
func (n *node) line(x value, slope, offset float64) value {
	x = n.step("mul", nil, x, n.like(x, slope))
	return n.step("add", nil, x, n.like(x, offset))
}

// applyGelu is x/2 * (1 + erf(x/sqrt 2)), or an approximation with tanh.
func applyGelu(n *node) value {
	x := n.inputs[0]
	half := n.step("mul", nil, x, n.like(x, 0.5))
	var v value
	switch kind := n.stringAttr("approximate", "none"); kind {
	case "none":
		v = n.step("erf", nil, n.step("mul", nil, x, n.like(x, math.Sqrt(0.5))))
	case "tanh": // of sqrt(2/pi) * (x + 0.044715*x^3)
		v = n.step("mul", nil, n.line(n.step("mul", nil, x, x), 0.044715, 1), x)
		v = n.step("tanh", nil, n.step("mul", nil, v, n.like(x, math.Sqrt(2/math.Pi))))
	default:
		return n.errorf("attribute approximate is %q, must be none or tanh", kind)
	}
	return n.emit("mul", nil, half, n.step("add", nil, v, n.like(x, 1)))
}

// applyMish is x*tanh(softplus(x)).
func applyMish(n *node) value {
	x := n.inputs[0]
	return n.emit("mul", nil, x, n.step("tanh", nil, n.step("softplus", nil, x)))
}
