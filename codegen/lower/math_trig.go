package lower

import (
	"math"

	"nncc/codegen/loopir"
)

// sinCoefs are the coefficients of (sin(r)/r - 1)/r^2 in powers of r^2; what follows is below 6e-8 for |r| <= pi/2.
var sinCoefs = []float64{-1. / 6, 1. / 120, -1. / 5040, 1. / 362880, -1. / 39916800}

// sin is the sine for float32: x = n*pi + r with |r| <= pi/2, and the sign by whether n is odd. Errors are some 2e-7 for
// |x| up to ten thousand; beyond, the products with parts of pi are rounded where there is no fused multiply-add.
func sin(k *kernel, x loopir.Expr) loopir.Expr {
	x = k.Let("x", x)
	n := k.Let("n", loopir.RoundEven.Of(loopir.Mul.Of(x, loopir.Num(x.Type(), 1/math.Pi))))
	return sineWithout(k, x, n, n)
}

// cos is the cosine likewise: x = (n + 1/2)*pi + r, and cos x = -sin r for even n.
func cos(k *kernel, x loopir.Expr) loopir.Expr {
	t := x.Type()
	half := loopir.Num(t, 0.5)
	x = k.Let("x", x)
	n := k.Let("n", loopir.RoundEven.Of(loopir.Sub.Of(loopir.Mul.Of(x, loopir.Num(t, 1/math.Pi)), half)))
	return loopir.Neg.Of(sineWithout(k, x, n, loopir.Add.Of(n, half)))
}

// sineWithout is the sine of x - turns*pi, with the other sign for odd n. Pi has three parts, the first two of so few bits
// that their products are exact without a fused multiply-add as well.
func sineWithout(k *kernel, x, n, turns loopir.Expr) loopir.Expr {
	t := x.Type()
	num := func(v float64) loopir.Expr { return loopir.Num(t, v) }
	const high, middle = 3.140625, 0.0009675025939941406
	const low = math.Pi - high - middle
	turns = k.Let("turns", turns)
	r := loopir.FMAOf(turns, num(-high), x)
	r = loopir.FMAOf(turns, num(-middle), r)
	r = k.Let("r", loopir.FMAOf(turns, num(-low), r))
	z := k.Let("z", loopir.Mul.Of(r, r))
	s := loopir.FMAOf(loopir.Mul.Of(r, z), polynomial(z, sinCoefs), r)
	s = loopir.Max.Of(num(-1), loopir.Min.Of(num(1), s)) // in this order what is not a number stays so
	halves := loopir.Floor.Of(loopir.Mul.Of(n, num(0.5)))
	odd := loopir.Sub.Of(n, loopir.Add.Of(halves, halves))
	return loopir.Mul.Of(s, loopir.Sub.Of(num(1), loopir.Add.Of(odd, odd)))
}
