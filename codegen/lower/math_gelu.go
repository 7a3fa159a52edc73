package lower

import "nncc/codegen/loopir"

// geluCoefs is the logarithm of the normal distribution's probability of less than -x, for x from 0 to geluEnd. It was
// fitted in double precision; errors count the more the larger the probability is, by its root.
var geluCoefs = []float64{-0.6931469840861859, -0.7978948443016974, -0.3182239187623097, -0.0366051724932956,
	0.0051962907225933394, -0.00031327341899481696, -4.350292247916848e-05, 1.0282726209593217e-05, -6.22780994579568e-07}

// geluShortCoefs is the same for targets that round to bf16: gelu's error is 2e-5, less than rounding makes.
var geluShortCoefs = []float64{-0.6932060983185003, -0.7967863405576043, -0.32143244909423724, -0.033453167200777706,
	0.003992270100669244, -0.00021253857845339542}

const geluEnd = 5.75 // the probability of less than -geluEnd is 4e-9

// gelu is x times the probability of less than x: p = e^polynomial(|x|) below 0 and 1 - p above. Its error relative to the
// largest of 1 and |x| is 1.3e-7, where erf would cancel below 0.
func gelu(k *kernel, x loopir.Expr) loopir.Expr {
	t := x.Type()
	num := func(v float64) loopir.Expr { return loopir.Num(t, v) }
	x = k.Let("x", loopir.Max.Of(num(-geluEnd), x))
	size := k.Let("a", loopir.Min.Of(num(geluEnd), loopir.Abs.Of(x)))
	coefs, ofExp := geluCoefs, expCoefs
	if k.target.BF16 {
		coefs, ofExp = geluShortCoefs, expShortCoefs
	}
	p := k.Let("q", expWithin(k, polynomial(size, coefs), ofExp))
	return loopir.Mul.Of(x, loopir.SelectOf(loopir.Lt.Of(x, num(0)), p, loopir.Sub.Of(num(1), p)))
}
