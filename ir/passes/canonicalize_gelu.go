package passes

import (
	"math"

	"nncc/ir"
)

// geluOfErf finds x/2 * (1 + erf(x/sqrt 2)), in whatever order exporters multiply: one function computes it in half the
// operations.
func geluOfErf(c *context, n *ir.Node) (*ir.Value, error) {
	factors, k := factorsOf(n.Out(), 1, 4)
	if len(factors) != 2 || !nearly(k, 0.5) {
		return nil, nil
	}
	for i, v := range factors {
		x := factors[1-i]
		if of, scale := erfPlusOne(v); of == x && nearly(scale, math.Sqrt(0.5)) && x.Type.Equal(n.Out().Type) {
			return c.replace(n, "gelu", nil, x)
		}
	}
	return nil, nil
}

// factorsOf takes v apart into factors that are no products, and the product of those that are one known number. Products
// more than so many deep are left as they are.
func factorsOf(v *ir.Value, k float64, deep int) ([]*ir.Value, float64) {
	if number, ok := numberOf(v); ok {
		return nil, k * number
	}
	if v.Def == nil || v.Def.Op.Name != "mul" || deep == 0 {
		return []*ir.Value{v}, k
	}
	left, k := factorsOf(v.Def.Inputs[0], k, deep-1)
	right, k := factorsOf(v.Def.Inputs[1], k, deep-1)
	return append(left, right...), k
}

// erfPlusOne returns x and k where v is 1 + erf(k*x), and nil if it is something else.
func erfPlusOne(v *ir.Value) (x *ir.Value, k float64) {
	add := v.Def
	if add == nil || add.Op.Name != "add" {
		return nil, 0
	}
	for i, in := range add.Inputs {
		one, ok := numberOf(add.Inputs[1-i])
		if !ok || one != 1 || in.Def == nil || in.Def.Op.Name != "erf" {
			continue
		}
		scaled := in.Def.Inputs[0]
		if d := scaled.Def; d != nil && d.Op.Name == "div" {
			if by, ok := numberOf(d.Inputs[1]); ok {
				return d.Inputs[0], 1 / by
			}
		}
		if factors, k := factorsOf(scaled, 1, 1); len(factors) == 1 {
			return factors[0], k
		}
	}
	return nil, 0
}

// numberOf is the value of a constant of one number.
func numberOf(v *ir.Value) (float64, bool) {
	if !v.IsConst() || v.Type.Elems() != 1 || !v.Type.DType.IsFloat() {
		return 0, false
	}
	return v.Const.Float64s()[0], true
}

// nearly allows for constants that were rounded to 16 bits.
func nearly(a, b float64) bool { return math.Abs(a-b) <= 1e-3*math.Abs(b) }
