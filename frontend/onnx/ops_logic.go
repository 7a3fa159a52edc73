package onnx

import (
	"math"

	"nncc/ir"
)

// Comparisons, logic, and what is made of them.

// applyCompare compares the inputs, in the other order with swapped.
func applyCompare(is string, swapped bool) func(*node) value {
	return func(n *node) value {
		a, b := n.inputs[0], n.inputs[1]
		if swapped {
			a, b = b, a
		}
		return n.emit("compare", ir.Attrs{"is": is}, a, b)
	}
}

func applyNot(n *node) value {
	return n.emit("compare", ir.Attrs{"is": "eq"}, n.inputs[0], n.like(n.inputs[0], 0))
}

func applyIsNaN(n *node) value {
	return n.emit("compare", ir.Attrs{"is": "ne"}, n.inputs[0], n.inputs[0])
}

// applyIsInf is whether a number is infinite, by default of any sign.
func applyIsInf(n *node) value {
	x := n.inputs[0]
	below := n.boolAttr("detect_negative", 1) == 1
	above := n.boolAttr("detect_positive", 1) == 1
	up, down := n.like(x, math.Inf(1)), n.like(x, math.Inf(-1))
	switch {
	case above && below:
		return n.emit("compare", ir.Attrs{"is": "eq"}, n.step("abs", nil, x), up)
	case above:
		return n.emit("compare", ir.Attrs{"is": "eq"}, x, up)
	case below:
		return n.emit("compare", ir.Attrs{"is": "eq"}, x, down)
	}
	return n.emit("compare", ir.Attrs{"is": "lt"}, x, down) // nothing is
}

// applySign is (x > 0) - (x < 0).
func applySign(n *node) value {
	x := n.inputs[0]
	zero := n.like(x, 0)
	above := n.step("compare", ir.Attrs{"is": "lt"}, zero, x)
	below := n.step("compare", ir.Attrs{"is": "lt"}, x, zero)
	return n.emit("sub", nil, n.castTo(above, x.Type.DType), n.castTo(below, x.Type.DType))
}

// applyThresholdedRelu is x where it is above alpha, else 0.
func applyThresholdedRelu(n *node) value {
	return n.compose().Threshold(n.inputs[0], n.floatAttr("alpha", 1), 0)
}
