package lower

import "nncc/codegen/loopir"

// Polynomials for float32: of erf(x)/x in x*x for |x| < 0.95, and of log(1 - erf(x)) in x from 0.93 to 4, where the
// error counts relative to erf. Both were fitted in double precision to the least maximal error.
var (
	erfNearCoefs = []float64{1.128379225730896, -0.37612631916999817, 0.11283668130636215, -0.026857856661081314,
		0.005197207909077406, -0.0008099591941572726, 8.189793152268976e-05}
	erfFarCoefs = []float64{-0.00022276926029007882, -1.1275627613067627, -0.637373685836792, -0.10376235842704773,
		0.02214478887617588, -0.0030224856454879045, 0.00019381186575628817}
)

// erf is the error function: a polynomial near 0, and 1 - e^p(|x|) elsewhere, which is 1 from 4 on.
func erf(k *kernel, x loopir.Expr) loopir.Expr {
	t := x.Type()
	num := func(v float64) loopir.Expr { return loopir.Num(t, v) }
	x = k.Let("x", x)
	size := k.Let("a", loopir.Min.Of(num(4), loopir.Abs.Of(x)))
	near := loopir.Mul.Of(x, polynomial(k.Let("z", loopir.Mul.Of(size, size)), erfNearCoefs))
	far := k.Let("f", loopir.Sub.Of(num(1), expWithin(k, polynomial(size, erfFarCoefs), expCoefs)))
	far = loopir.SelectOf(loopir.Lt.Of(x, num(0)), loopir.Neg.Of(far), far)
	return loopir.SelectOf(loopir.Lt.Of(size, num(0.94)), near, far)
}

// elu is x, or alpha*(e^x - 1) below 0; near 0 by the polynomial that e^x is made of, as the difference would cancel.
func elu(k *kernel, x loopir.Expr, alpha float64) loopir.Expr {
	t := x.Type()
	num := func(v float64) loopir.Expr { return loopir.Num(t, v) }
	x = k.Let("x", x)
	near := loopir.FMAOf(polynomial(x, expCoefs), loopir.Mul.Of(x, x), x)
	far := loopir.Sub.Of(boundedExp(k, x), num(1))
	below := loopir.SelectOf(loopir.Gt.Of(x, num(-0.34)), near, far)
	return loopir.SelectOf(loopir.Lt.Of(x, num(0)), loopir.Mul.Of(num(alpha), below), x)
}
