package lower

import (
	"math"

	"nncc/codegen/loopir"
)

// atanCoefs are the coefficients of (atan(z)/z - 1)/z^2 in powers of z^2, interpolated at the points of Chebyshev: for z up to
// tan(pi/8) atan is 3e-9 off.
var atanCoefs = []float64{-0.33333332, 0.1999954, -0.14263956, 0.10743731, -0.06451928}

// atan is the arc tangent for float32. Sizes above tan(3*pi/8) and tan(pi/8) are turned by a quarter and an eighth of a circle.
func atan(k *kernel, x loopir.Expr) loopir.Expr {
	num := func(v float64) loopir.Expr { return loopir.Num(x.Type(), v) }
	choose := func(large, medium loopir.Expr, ifLarge, ifMedium, otherwise loopir.Expr) loopir.Expr {
		return loopir.SelectOf(large, ifLarge, loopir.SelectOf(medium, ifMedium, otherwise))
	}
	x = k.Let("x", x)
	a := k.Let("a", loopir.Abs.Of(x))
	large, medium := loopir.Gt.Of(a, num(math.Tan(3*math.Pi/8))), loopir.Gt.Of(a, num(math.Tan(math.Pi/8)))
	above := choose(large, medium, num(-1), loopir.Sub.Of(a, num(1)), a)
	below := choose(large, medium, a, loopir.Add.Of(a, num(1)), num(1))
	z := k.Let("z", loopir.Div.Of(above, below))
	square := k.Let("s", loopir.Mul.Of(z, z))
	turned := choose(large, medium, num(math.Pi/2), num(math.Pi/4), num(0))
	y := k.Let("y", loopir.Add.Of(turned, loopir.FMAOf(loopir.Mul.Of(z, square), polynomial(square, atanCoefs), z)))
	return loopir.SelectOf(loopir.Lt.Of(x, num(0)), loopir.Neg.Of(y), y)
}
