package onnx

func applyTan(n *node) value {
	x := n.inputs[0]
	return n.emit("div", nil, n.step("sin", nil, x), n.step("cos", nil, x))
}

// applyAsin is the angle whose sine is x: that of a triangle with sides x and sqrt(1 - x^2).
func applyAsin(n *node) value {
	x := n.inputs[0]
	return n.emit("atan", nil, n.step("div", nil, x, n.step("sqrt", nil, n.step("mul", nil, n.oneMinus(x), n.onePlus(x)))))
}

// applyAcos is twice the angle whose tangent is sqrt((1 - x)/(1 + x)), precise near 1 as well.
func applyAcos(n *node) value {
	x := n.inputs[0]
	half := n.step("atan", nil, n.step("sqrt", nil, n.step("div", nil, n.oneMinus(x), n.onePlus(x))))
	return n.emit("add", nil, half, half)
}

func applyCosh(n *node) value {
	up, down := n.exponentials()
	return n.emit("mul", nil, n.step("add", nil, up, down), n.like(n.inputs[0], 0.5))
}

// applySinh is half the difference of e^x and e^-x, or 2t/(1 - t^2) for t = tanh(x/2) where that would cancel.
func applySinh(n *node) value {
	x := n.inputs[0]
	up, down := n.exponentials()
	far := n.step("mul", nil, n.step("sub", nil, up, down), n.like(x, 0.5))
	t := n.step("tanh", nil, n.step("mul", nil, x, n.like(x, 0.5)))
	near := n.step("div", nil, n.step("add", nil, t, t), n.oneMinus(n.step("mul", nil, t, t)))
	return n.emit("where", nil, n.compareAs("lt", n.step("abs", nil, x), n.like(x, 1)), near, far)
}

// applyAtanh is half the logarithm of (1 + x)/(1 - x).
func applyAtanh(n *node) value {
	x := n.inputs[0]
	return n.emit("mul", nil, n.step("log", nil, n.step("div", nil, n.onePlus(x), n.oneMinus(x))), n.like(x, 0.5))
}

// applyAcosh is log(x + sqrt(x^2 - 1)), without squares of large numbers.
func applyAcosh(n *node) value {
	x := n.inputs[0]
	inverse := n.step("div", nil, n.like(x, 1), x)
	root := n.step("sqrt", nil, n.step("mul", nil, n.oneMinus(inverse), n.onePlus(inverse)))
	return n.emit("add", nil, n.step("log", nil, x), n.step("log", nil, n.onePlus(root)))
}

// applyAsinh is log(x + sqrt(x^2 + 1)) likewise, with the sign of x.
func applyAsinh(n *node) value {
	x := n.inputs[0]
	zero, size := n.like(x, 0), n.step("abs", nil, x)
	small := n.step("min", nil, size, n.like(x, 1))
	near := n.step("log", nil, n.step("add", nil, small, n.step("sqrt", nil, n.onePlus(n.step("mul", nil, small, small)))))
	large := n.step("max", nil, size, n.like(x, 1))
	inverse := n.step("div", nil, n.like(x, 1), large)
	root := n.step("sqrt", nil, n.onePlus(n.step("mul", nil, inverse, inverse)))
	far := n.step("add", nil, n.step("log", nil, large), n.step("log", nil, n.onePlus(root)))
	y := n.step("where", nil, n.compareAs("lt", size, n.like(x, 1)), near, far)
	return n.emit("where", nil, n.compareAs("lt", x, zero), n.step("mul", nil, y, n.like(x, -1)), y)
}

func (n *node) onePlus(x value) value  { return n.step("add", nil, x, n.like(x, 1)) }
func (n *node) oneMinus(x value) value { return n.step("sub", nil, n.like(x, 1), x) }

// exponentials are e^x and e^-x.
func (n *node) exponentials() (up, down value) {
	x := n.inputs[0]
	return n.step("exp", nil, x), n.step("exp", nil, n.step("mul", nil, x, n.like(x, -1)))
}
