package backendtest

import (
	"maps"
	"math"

	"nncc/ir"
	"nncc/ir/interp"
	"nncc/ir/irtest"
	"nncc/runtime/tensor"
)

// halfUnit is the most that rounding to bf16, which has 8 significant bits, changes a number by, relative to it.
const halfUnit = 0x1p-8

// roundedTolerances is how far a backend that may round float32 to bf16 may be from the interpreter: by what roundings on
// the worst path to an output come to, and by some times of what rounding all values to bf16 changes in it. It is infinite
// where an op jumps between values that rounding may bring it to.
func roundedTolerances(g *ir.Graph, inputs, precise []*tensor.Tensor) ([]float64, error) {
	rounded, err := interp.Run(g, inputs, interp.Options{BF16: true})
	if err != nil {
		return nil, err
	}
	allowed := make([]float64, len(precise))
	tolerances := roundedPaths(g, nil)
	for i, o := range g.Outputs {
		tolerance := tolerances[o.Value]
		if tolerance == 0 || math.IsInf(tolerance, 1) {
			allowed[i] = tolerance
			continue
		}
		wide := tensor.FromFloat64s(tensor.F64, rounded[i].Float64s(), rounded[i].Shape...)
		effect, err := irtest.RelativeError(precise[i], wide)
		if err != nil { // a number in one is none in the other
			effect = math.Inf(1)
		}
		allowed[i] = tolerance + roundings*effect
	}
	return allowed, nil
}

// roundedPaths adds up, as independent errors are, roundings along the worst path to each value of g. Inputs have those
// that are given, if g is a body, or one.
func roundedPaths(g *ir.Graph, inputs map[*ir.Value]float64) map[*ir.Value]float64 {
	sum := map[*ir.Value]float64{}
	maps.Copy(sum, inputs)
	before := func(v *ir.Value) float64 {
		if s, ok := sum[v]; ok || v == nil || v.Type.DType != tensor.F32 {
			return s
		}
		return halfUnit
	}
	for _, n := range g.Nodes {
		worst := 0.0
		for _, v := range n.Inputs {
			worst = max(worst, before(v))
		}
		if n.Body != nil {
			inner := map[*ir.Value]float64{}
			for i, v := range n.Body.Inputs {
				inner[v] = before(n.Inputs[i])
			}
			inside := roundedPaths(n.Body, inner)
			for i, o := range n.Body.Outputs {
				sum[n.Outputs[i]] = inside[o.Value]
			}
			continue
		}
		for _, v := range n.Outputs {
			sum[v] = math.Hypot(worst, rounding(n, v, worst))
		}
	}
	return sum
}

// rounding is what n adds for its result v, given that of its inputs: sums round their inputs and weights as well.
func rounding(n *ir.Node, v *ir.Value, before float64) float64 {
	switch {
	case before > 0 && jumps(n):
		return math.Inf(1)
	case v.Type.DType != tensor.F32:
		return n.Op.Tol
	case n.Op.Class == ir.Contraction:
		return 3 * halfUnit
	}
	return halfUnit
}

// jumps reports whether a small change of n's inputs can change its result by much.
func jumps(n *ir.Node) bool {
	switch n.Op.Name {
	case "floor", "round", "compare", "argmax", "argmin":
		return true
	case "cast":
		return !n.Out().Type.DType.IsFloat()
	}
	return false
}
