package compose

import (
	"math"

	"nncc/ir"
)

// NarrowFloat is a floating-point format of a few bits, whose numbers are kept in a wider one.
type NarrowFloat struct {
	FractionBits  int
	LeastExponent int     // of numbers with a leading bit; smaller ones lose precision
	Largest       float64 // number
	Infinite      bool    // the format has infinities
	NaN           bool    // the format can say that something is not a number, which is 0 otherwise
}

// Narrow rounds x, of 32 bits, to the nearest number of a format, of two to the even one. What is too large becomes the
// largest number with saturate, else infinite or, where the format lacks that, not a number.
func (m Maker) Narrow(x *ir.Value, to NarrowFloat, saturate bool) *ir.Value {
	const precision = 24 // bits of a number in x
	// Larger numbers are too large all the same, and these are small enough for what follows.
	v := m.Step("clip", ir.Attrs{"min": -2 * to.Largest, "max": 2 * to.Largest}, x)
	// The value of x's leading bit, by algorithm 3.5 of Rump, Ogita and Oishi, Accurate Floating-Point Summation, part I.
	q := m.Step("mul", nil, v, m.Like(x, 1<<(precision-1)+1))
	lead := m.Step("abs", nil, m.Step("sub", nil, q, m.Step("mul", nil, q, m.Like(x, 1-math.Ldexp(1, -precision)))))
	lead = m.Step("max", nil, lead, m.Like(x, math.Ldexp(1, to.LeastExponent)))
	// Next to this number, those that x can hold are as far apart as those of the format are next to x.
	coarse := m.Step("mul", nil, lead, m.Like(x, math.Ldexp(1.5, precision-1-to.FractionBits)))
	v = m.Step("sub", nil, m.Step("add", nil, v, coarse), coarse)
	if saturate {
		v = m.Step("clip", ir.Attrs{"min": -to.Largest, "max": to.Largest}, v)
	} else {
		beyond := math.NaN()
		if to.Infinite {
			beyond = math.Inf(1)
		}
		above := m.Step("compare", ir.Attrs{"is": "lt"}, m.Like(x, to.Largest), m.Step("abs", nil, v))
		v = m.Step("where", nil, above, m.Step("mul", nil, v, m.Like(x, beyond)), v)
	}
	if to.NaN {
		return m.Emit("identity", nil, v)
	}
	return m.Emit("where", nil, m.Step("compare", ir.Attrs{"is": "eq"}, x, x), v, m.Like(x, 0))
}
