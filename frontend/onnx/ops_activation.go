package onnx

import (
	"nncc/frontend/compose"
	"nncc/ir"
	"nncc/runtime/tensor"
)

// compose is the node as what the IR has no op for is made of.
func (n *node) compose() compose.Maker {
	return compose.Maker{Maker: ir.Maker{Emit: n.emit, Step: n.step, Errorf: n.errorf, Const: func(role string, t *tensor.Tensor) value {
		return n.build.Const(n.pos, n.name()+"."+role, t)
	}}}
}

// applyComposed is for activations without attributes.
func applyComposed(make func(m compose.Maker, x value) value) func(*node) value {
	return func(n *node) value { return make(n.compose(), n.inputs[0]) }
}

// like makes a constant of one number, of the dtype of v.
func (n *node) like(v value, number float64) value { return n.compose().Like(v, number) }

func applyLeakyRelu(n *node) value {
	return n.compose().LeakyRelu(n.inputs[0], n.floatAttr("alpha", 0.01))
}

func applyElu(n *node) value {
	return n.emit("elu", ir.Attrs{"alpha": n.floatAttr("alpha", 1)}, n.inputs[0])
}

func applySelu(n *node) value {
	alpha, gamma := n.floatAttr("alpha", 1.67326319217681884765625), n.floatAttr("gamma", 1.05070102214813232421875)
	return n.compose().Selu(n.inputs[0], alpha, gamma)
}

func applyCelu(n *node) value {
	alpha := n.floatAttr("alpha", 1)
	if alpha == 0 {
		return n.errorf("attribute alpha is 0")
	}
	return n.compose().Celu(n.inputs[0], alpha)
}

func applyHardSigmoid(n *node) value {
	return n.compose().HardSigmoid(n.inputs[0], n.floatAttr("alpha", 0.2), n.floatAttr("beta", 0.5))
}

func applyGelu(n *node) value {
	switch kind := n.stringAttr("approximate", "none"); kind {
	case "none":
		return n.compose().Gelu(n.inputs[0])
	case "tanh":
		return n.compose().GeluTanh(n.inputs[0])
	default:
		return n.errorf("attribute approximate is %q, must be none or tanh", kind)
	}
}

// applySwish is x*sigmoid(alpha*x).
func applySwish(n *node) value {
	x := n.inputs[0]
	return n.emit("mul", nil, x, n.step("sigmoid", nil, n.step("mul", nil, x, n.like(x, n.floatAttr("alpha", 1)))))
}

// applyShrink moves numbers beyond lambd towards 0 by bias; others become 0.
func applyShrink(n *node) value {
	x := n.inputs[0]
	bias, lambda := n.like(x, n.floatAttr("bias", 0)), n.floatAttr("lambd", 0.5)
	above := n.step("compare", ir.Attrs{"is": "lt"}, n.like(x, lambda), x)
	below := n.step("compare", ir.Attrs{"is": "lt"}, x, n.like(x, -lambda))
	v := n.step("where", nil, above, n.step("sub", nil, x, bias), n.like(x, 0))
	return n.emit("where", nil, below, n.step("add", nil, x, bias), v)
}
