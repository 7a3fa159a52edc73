package lower

import (
	"math"

	"nncc/codegen/loopir"
)

// atanhSeries are the coefficients of atanh(s)/s in powers of s*s: 1 + z/3 + z^2/5 + ...
var atanhSeries = []float64{1, 1. / 3, 1. / 5, 1. / 7, 1. / 9, 1. / 11, 1. / 13, 1. / 15}

// log is the natural logarithm for float32, with a relative error of some 1e-7: x = 2^n * m with m between the square
// roots of 1/2 and 2, and log m = 2*atanh((m-1)/(m+1)).
func log(k *kernel, x loopir.Expr) loopir.Expr {
	t := x.Type()
	const ln2High, ln2Low = 0.693145751953125, 1.428606765330187e-06
	const minNormal, scaleBits = 0x1p-126, 23
	num := func(v float64) loopir.Expr { return loopir.Num(t, v) }
	ints := loopir.Vec(loopir.I32, t.Lanes)
	x = k.Let("x", x)
	tiny := k.Let("tiny", loopir.Lt.Of(x, num(minNormal)))
	normal := loopir.SelectOf(tiny, loopir.Mul.Of(x, num(1<<scaleBits)), x)
	bits := k.Let("bits", loopir.BitcastTo(ints, normal))
	// Counted from the square root of 1/2, the exponent rounds to the nearest power of two.
	sqrtHalf := int64(math.Float32bits(float32(math.Sqrt(0.5))))
	above := k.Let("above", loopir.Sub.Of(bits, &loopir.Const{T: ints, Int: sqrtHalf}))
	exponent := k.Let("exponent", loopir.Shr.Of(above, loopir.Num(ints, 23)))
	m := loopir.BitcastTo(t, loopir.Sub.Of(bits, loopir.Shl.Of(exponent, loopir.Num(ints, 23))))
	n := loopir.ConvertTo(loopir.F32, exponent)
	n = k.Let("n", loopir.SelectOf(tiny, loopir.Sub.Of(n, num(scaleBits)), n))
	f := k.Let("f", loopir.Sub.Of(m, num(1)))
	y := loopir.FMAOf(n, num(ln2Low), twiceAtanh(k, f, 4))
	y = loopir.FMAOf(n, num(ln2High), y)
	y = loopir.SelectOf(loopir.Eq.Of(x, num(math.Inf(1))), x, y)
	y = loopir.SelectOf(loopir.Eq.Of(x, num(0)), num(math.Inf(-1)), y)
	return loopir.SelectOf(loopir.Ge.Of(x, num(0)), y, num(math.NaN()))
}

// twiceAtanh is log(1 + f) by that many terms of the series of 2*atanh(f/(2+f)) after the first.
func twiceAtanh(k *kernel, f loopir.Expr, terms int) loopir.Expr {
	t := f.Type()
	s := k.Let("s", loopir.Div.Of(f, loopir.Add.Of(f, loopir.Num(t, 2))))
	z := k.Let("z", loopir.Mul.Of(s, s))
	twice := k.Let("twice", loopir.Add.Of(s, s))
	return loopir.FMAOf(loopir.Mul.Of(twice, z), polynomial(z, atanhSeries[1:1+terms]), twice)
}

// softplus is log(1 + e^x) = max(x, 0) + log(1 + e^-|x|).
func softplus(k *kernel, x loopir.Expr) loopir.Expr {
	x = k.Let("x", x)
	e := k.Let("e", boundedExp(k, loopir.Neg.Of(loopir.Abs.Of(x))))
	return loopir.Add.Of(loopir.Max.Of(loopir.Num(x.Type(), 0), x), twiceAtanh(k, e, len(atanhSeries)-1))
}

// pow is e^(b*log|a|), negative for negative a and odd b, not a number for negative a and b that is no integer.
func pow(k *kernel, a, b loopir.Expr) loopir.Expr {
	t := a.Type()
	num := func(v float64) loopir.Expr { return loopir.Num(t, v) }
	a, b = k.Let("a", a), k.Let("b", b)
	size := k.Let("size", loopir.Abs.Of(a))
	exponent := k.Let("exponent", loopir.Mul.Of(b, log(k, size)))
	y := k.Let("y", exp(k, exponent))
	y = loopir.SelectOf(loopir.Lt.Of(exponent, num(-87)), num(0), y) // of 0, or nearly so
	half := k.Let("half", loopir.Mul.Of(b, num(0.5)))
	odd := loopir.SelectOf(loopir.Ne.Of(loopir.Floor.Of(half), half), loopir.Neg.Of(y), y)
	negative := loopir.SelectOf(loopir.Eq.Of(loopir.Floor.Of(b), b), odd, num(math.NaN()))
	y = loopir.SelectOf(loopir.Lt.Of(a, num(0)), negative, y)
	y = loopir.SelectOf(loopir.Eq.Of(a, num(1)), a, y)
	return loopir.SelectOf(loopir.Eq.Of(b, num(0)), num(1), y)
}
