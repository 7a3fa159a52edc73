package lower

import "nncc/codegen/loopir"

// geluCoefs is the logarithm to base 2 of the normal distribution's probability of less than -x, for x from 0 to geluEnd. It
// was fitted in double precision; errors count the more the larger the probability is, by its root.
var geluCoefs = []float64{-0.9999997165, -1.151118935, -0.4591000695, -0.05281010083, 0.007496662857,
	-0.000451958008, -6.276145052e-05, 1.483483811e-05, -8.984830524e-07}

// geluShortCoefs is the same for targets that round to bf16: gelu's error is 3e-5, less than rounding makes.
var geluShortCoefs = []float64{-1.000085, -1.149519702, -0.4637290003, -0.04826271842, 0.005759628276, -0.0003066283531}

const geluEnd = 5.75 // the probability of less than -geluEnd is 4e-9

// gelu is x times the probability of less than x. That is max(x, 0) - |x|*p for the probability p of less than -|x|,
// 2^polynomial(|x|). Its error relative to the largest of 1 and |x| is 1.3e-7, where erf would cancel below 0.
func gelu(k *kernel, x loopir.Expr) loopir.Expr {
	t := x.Type()
	num := func(v float64) loopir.Expr { return loopir.Num(t, v) }
	x = k.Let("x", x)
	size := k.Let("a", loopir.Min.Of(num(geluEnd), loopir.Abs.Of(x)))
	coefs, ofExp := geluCoefs, exp2Coefs
	if k.target.BF16 {
		coefs, ofExp = geluShortCoefs, exp2ShortCoefs
	}
	p := exp2Within(k, polynomial(size, coefs), ofExp)
	return loopir.FMAOf(loopir.Neg.Of(size), p, loopir.Max.Of(num(0), x))
}
