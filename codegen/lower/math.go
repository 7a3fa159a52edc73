package lower

import (
	"math"

	"nncc/codegen/loopir"
)

// Polynomials for float32, and of 2^r for targets that round to bf16: least maximal relative error over their interval,
// fitted in double precision. That of expCoefs is 3e-9; that of expPartCoefs and exp2Coefs is 1e-7, for powers that are
// parts of sums.
var (
	expCoefs       = []float64{0.4999999403953552, 0.1666652113199234, 0.04166838899254799, 0.008368710055947304, 0.0013814610429108143}
	expPartCoefs   = []float64{0.499992317901, 0.166671144656, 0.041890113362, 0.008312524917}
	exp2Coefs      = []float64{0.693146977599, 0.240222420846, 0.055507337436, 0.009671512688, 0.001326472725}
	exp2ShortCoefs = []float64{0.693282927389, 0.242210962216, 0.055008931423}
	tanhCoefs      = []float64{-0.3333328366279602, 0.13331490755081177, -0.05374349653720856, 0.020650578662753105, -0.005717036779969931}
)

// polynomial is c[0] + c[1]*x + c[2]*x*x + ... by Horner's rule.
func polynomial(x loopir.Expr, c []float64) loopir.Expr {
	t := x.Type()
	y := loopir.Num(t, c[len(c)-1])
	for i := len(c) - 2; i >= 0; i-- {
		y = loopir.FMAOf(y, x, loopir.Num(t, c[i]))
	}
	return y
}

// exp is e to the x for float32, with a relative error of up to 3e-7. Results below the normal numbers become the smallest
// of them, those above the largest become infinite.
func exp(k *kernel, x loopir.Expr) loopir.Expr {
	t := x.Type()
	p, n := expParts(k, loopir.Min.Of(loopir.Num(t, 89), atLeastNormal(x)), expCoefs)
	n = k.Let("i", loopir.Sub.Of(n, loopir.Num(n.Type(), float64(math.Float32bits(expLarge)))))
	half := k.Let("h", loopir.Shr.Of(n, loopir.Num(n.Type(), 1))) // 2^n in two steps: n may be 128
	return loopir.Mul.Of(loopir.Mul.Of(p, powerOfTwo(half, t)), powerOfTwo(loopir.Sub.Of(n, half), t))
}

// boundedExp is exp for x up to 88.
func boundedExp(k *kernel, x loopir.Expr) loopir.Expr {
	return expWithin(k, atLeastNormal(x), expPartCoefs)
}

// atLeastNormal keeps e to the x from becoming too small for a normal number.
func atLeastNormal(x loopir.Expr) loopir.Expr { return loopir.Max.Of(loopir.Num(x.Type(), -87), x) }

// expWithin is e to the x for x between -87 and 88, by a polynomial with coefficients c for expParts.
func expWithin(k *kernel, x loopir.Expr, c []float64) loopir.Expr {
	return timesPower(expParts(k, x, c))
}

// exp2Within is 2 to the x for x between -126 and 127, by the polynomial 1 + r*(c[0] + c[1]*r + ...) with |r| <= 1/2.
func exp2Within(k *kernel, x loopir.Expr, c []float64) loopir.Expr {
	large := loopir.Num(x.Type(), expLarge)
	x = k.Let("x", x)
	rounded := k.Let("n", loopir.Add.Of(x, large))
	r := k.Let("r", loopir.Sub.Of(x, loopir.Sub.Of(rounded, large)))
	p := polynomial(r, append([]float64{1}, c...))
	return timesPower(p, loopir.BitcastTo(loopir.Vec(loopir.I32, x.Type().Lanes), rounded))
}

// timesPower is p times two to a power, the lowest bits of n: shifted to where the exponent lies, they are added to that of p.
func timesPower(p, n loopir.Expr) loopir.Expr {
	return loopir.BitcastTo(p.Type(), loopir.Add.Of(loopir.BitcastTo(n.Type(), p), loopir.Shl.Of(n, loopir.Num(n.Type(), 23))))
}

const expLarge = 1.5 * (1 << 23) // the last bit of numbers of its size counts ones

// expParts splits e to the x, for x between -87 and 89, into p and the power n of two: x = n*ln 2 + r with |r| <=
// ln(2)/2, and p is e^r by the polynomial 1 + r + r*r*(c[0] + c[1]*r + ...). To round to n is to add expLarge; n is
// returned as the bits of the sum.
func expParts(k *kernel, x loopir.Expr, c []float64) (p, n loopir.Expr) {
	t := x.Type()
	const log2e = 1.4426950408889634
	x = k.Let("x", x)
	rounded := k.Let("n", loopir.FMAOf(x, loopir.Num(t, log2e), loopir.Num(t, expLarge)))
	whole := k.Let("w", loopir.Sub.Of(rounded, loopir.Num(t, expLarge)))
	r := k.Let("r", loopir.FMAOf(whole, loopir.Num(t, -math.Ln2), x))
	p = k.Let("p", polynomial(r, append([]float64{1, 1}, c...)))
	return p, k.Let("i", loopir.BitcastTo(loopir.Vec(loopir.I32, t.Lanes), rounded))
}

// powerOfTwo is 2^n for an integer n between -126 and 127, made of exponent bits.
func powerOfTwo(n loopir.Expr, t loopir.Type) loopir.Expr {
	biased := loopir.Add.Of(n, loopir.Num(n.Type(), 127))
	return loopir.BitcastTo(t, loopir.Shl.Of(biased, loopir.Num(n.Type(), 23)))
}

// sigmoid is 1/(1 + e^-x).
func sigmoid(k *kernel, x loopir.Expr) loopir.Expr {
	return overLogistic(k, loopir.Num(x.Type(), 1), boundedBelow(k, x))
}

// silu is x/(1 + e^-x).
func silu(k *kernel, x loopir.Expr) loopir.Expr {
	x = boundedBelow(k, x)
	return overLogistic(k, x, x)
}

// boundedBelow keeps e^-x finite.
func boundedBelow(k *kernel, x loopir.Expr) loopir.Expr {
	return k.Let("x", loopir.Max.Of(loopir.Num(x.Type(), -88), x))
}

// overLogistic is y/(1 + e^-x) for x of at least -88.
func overLogistic(k *kernel, y, x loopir.Expr) loopir.Expr {
	t := x.Type()
	e := expWithin(k, loopir.Neg.Of(loopir.Min.Of(loopir.Num(t, 87), x)), expPartCoefs)
	return loopir.Div.Of(y, loopir.Add.Of(loopir.Num(t, 1), e))
}

// tanh is a polynomial near 0, where it is almost x, and (1-e)/(1+e) with e = exp(-2|x|) elsewhere.
func tanh(k *kernel, x loopir.Expr) loopir.Expr {
	t := x.Type()
	x = k.Let("x", x)
	zero, one := loopir.Num(t, 0), loopir.Num(t, 1)
	magnitude := k.Let("a", loopir.Abs.Of(x))
	square := k.Let("z", loopir.Mul.Of(x, x))
	near := loopir.FMAOf(loopir.Mul.Of(x, square), polynomial(square, tanhCoefs), x)
	e := k.Let("e", boundedExp(k, loopir.Mul.Of(loopir.Num(t, -2), magnitude)))
	far := k.Let("f", loopir.Div.Of(loopir.Sub.Of(one, e), loopir.Add.Of(one, e)))
	far = loopir.SelectOf(loopir.Lt.Of(x, zero), loopir.Neg.Of(far), far)
	return loopir.SelectOf(loopir.Lt.Of(magnitude, loopir.Num(t, 0.625)), near, far)
}
