package lower

import "nncc/codegen/loopir"

// wide is the type in which sums over elements of type t are kept: floats of 16 bits add up in f32.
func wide(t loopir.Type) loopir.Type {
	if t.Elem == loopir.F16 || t.Elem == loopir.BF16 {
		t.Elem = loopir.F32
	}
	return t
}

// widen is x in that type.
func widen(x loopir.Expr) loopir.Expr { return narrow(x, wide(x.Type()).Elem) }

// narrow is x as elements of kind k.
func narrow(x loopir.Expr, k loopir.Kind) loopir.Expr {
	if x.Type().Elem == k {
		return x
	}
	return loopir.ConvertTo(k, x)
}
