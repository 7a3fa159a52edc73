package passes

import (
	"math"
	"slices"

	"nncc/ir"
	"nncc/runtime/tensor"
)

// canonicalRules has the rules of each op; the first that applies is taken.
var canonicalRules = map[string][]rule{
	"identity":  {forwardInput},
	"dropout":   {forwardInput},
	"cast":      {dropIf(func(n *ir.Node) bool { return n.Out().Type.DType == n.Inputs[0].Type.DType })},
	"clip":      {dropUnboundedClip, clipToRelu},
	"relu":      {dropSecondRelu},
	"add":       {constantRight, dropNeutral(0)},
	"mul":       {constantRight, dropNeutral(1), siluOfSigmoid, geluOfErf},
	"sub":       {subToAdd},
	"pow":       {powOfConstant},
	"reduce":    {reduceOfNothing, reduceToPool},
	"matmul":    {matmulToGemm},
	"gemm":      {canonicalGemm},
	"conv":      {padIntoConv, dropUnseenTaps},
	"maxpool":   {dropIf(poolHasNoEffect), strideOfGlobalPool, separateMaxPool},
	"avgpool":   {dropIf(poolHasNoEffect), strideOfGlobalPool},
	"reshape":   {dropIf(sameType), reshapeOfReshape},
	"transpose": {transposeOfTranspose, transposeToReshape},
	"slice":     {dropIf(sliceOfAll)},
	"pad":       {dropIf(sameType)},
	"concat":    {dropIf(func(n *ir.Node) bool { return len(n.Inputs) == 1 })},
}

// canonicalize applies the rules until none does. Each of them removes a node or moves one towards its final form.
func canonicalize(c *context) error {
	for {
		before := c.rewrites
		err := c.sweep(func(c *context, n *ir.Node) (*ir.Value, error) {
			for _, r := range canonicalRules[n.Op.Name] {
				if v, err := r(c, n); v != nil || err != nil {
					return v, err
				}
			}
			return nil, nil
		})
		if err != nil || c.rewrites == before {
			return err
		}
	}
}

func forwardInput(_ *context, n *ir.Node) (*ir.Value, error) { return n.Inputs[0], nil }

// dropIf makes a rule that forwards the input of a node for which cond holds.
func dropIf(cond func(n *ir.Node) bool) rule {
	return func(c *context, n *ir.Node) (*ir.Value, error) {
		if !cond(n) {
			return nil, nil
		}
		return forwardInput(c, n)
	}
}

func sameType(n *ir.Node) bool { return n.Out().Type.Equal(n.Inputs[0].Type) && !movesInPlace(n) }

// movesInPlace reports whether a pad removes as much on one side as it adds on the other.
func movesInPlace(n *ir.Node) bool {
	return n.Op.Name == "pad" && slices.ContainsFunc(n.Ints("pad"), func(p int) bool { return p != 0 })
}

func dropUnboundedClip(_ *context, n *ir.Node) (*ir.Value, error) {
	if !math.IsInf(n.Float("min"), -1) || !math.IsInf(n.Float("max"), 1) {
		return nil, nil
	}
	return n.Inputs[0], nil
}

func clipToRelu(c *context, n *ir.Node) (*ir.Value, error) {
	if n.Float("min") != 0 || !math.IsInf(n.Float("max"), 1) {
		return nil, nil
	}
	return c.replace(n, "relu", nil, n.Inputs[0])
}

func dropSecondRelu(_ *context, n *ir.Node) (*ir.Value, error) {
	if d := n.Inputs[0].Def; d == nil || d.Op.Name != "relu" {
		return nil, nil
	}
	return n.Inputs[0], nil
}

// constantRight swaps the operands of a commutative op where only the left one is constant.
func constantRight(c *context, n *ir.Node) (*ir.Value, error) {
	if !n.Inputs[0].IsConst() || n.Inputs[1].IsConst() {
		return nil, nil
	}
	return c.replace(n, n.Op.Name, nil, n.Inputs[1], n.Inputs[0])
}

// dropNeutral removes an op whose right operand is neutral everywhere.
func dropNeutral(neutral float64) rule {
	return dropIf(func(n *ir.Node) bool {
		k := n.Inputs[1]
		if !k.IsConst() || !n.Out().Type.Equal(n.Inputs[0].Type) {
			return false
		}
		return !slices.ContainsFunc(k.Const.Float64s(), func(v float64) bool { return v != neutral })
	})
}

// subToAdd turns x - k into x + -k, which is exact.
func subToAdd(c *context, n *ir.Node) (*ir.Value, error) {
	x, k := n.Inputs[0], n.Inputs[1]
	if !k.IsConst() || !k.Type.DType.IsFloat() {
		return nil, nil
	}
	values := k.Const.Float64s()
	for i := range values {
		values[i] = -values[i]
	}
	return c.replace(n, "add", nil, x, c.constant(k, "negated", tensor.FromFloat64s(k.Type.DType, values, k.Type.Shape...)))
}
