package compose

import (
	"math"

	"nncc/ir"
)

// LeakyRelu is x, or slope*x below 0.
func (m Maker) LeakyRelu(x *ir.Value, slope float64) *ir.Value {
	return m.Emit("prelu", nil, x, m.Like(x, slope))
}

// Selu is gamma*elu(x).
func (m Maker) Selu(x *ir.Value, alpha, gamma float64) *ir.Value {
	v := m.Step("elu", ir.Attrs{"alpha": alpha}, x)
	return m.Emit("mul", nil, v, m.Like(v, gamma))
}

// Celu is alpha*elu(x/alpha), for an alpha that is not 0.
func (m Maker) Celu(x *ir.Value, alpha float64) *ir.Value {
	v := m.Step("elu", nil, m.Step("div", nil, x, m.Like(x, alpha)))
	return m.Emit("mul", nil, v, m.Like(v, alpha))
}

// Softsign is x / (1 + |x|).
func (m Maker) Softsign(x *ir.Value) *ir.Value {
	return m.Emit("div", nil, x, m.Step("add", nil, m.Step("abs", nil, x), m.Like(x, 1)))
}

// unit bounds to 0 and 1.
var unit = ir.Attrs{"min": 0.0, "max": 1.0}

// HardSigmoid is slope*x + offset, bounded to 0 and 1.
func (m Maker) HardSigmoid(x *ir.Value, slope, offset float64) *ir.Value {
	return m.Emit("clip", unit, m.Line(x, slope, offset))
}

// HardSwish is x * min(max(x/6 + 1/2, 0), 1).
func (m Maker) HardSwish(x *ir.Value) *ir.Value {
	return m.Emit("mul", nil, x, m.Step("clip", unit, m.Line(x, 1./6, 0.5)))
}

// Silu is x*sigmoid(x).
func (m Maker) Silu(x *ir.Value) *ir.Value { return m.Emit("silu", nil, x) }

// Mish is x*tanh(softplus(x)).
func (m Maker) Mish(x *ir.Value) *ir.Value {
	return m.Emit("mul", nil, x, m.Step("tanh", nil, m.Step("softplus", nil, x)))
}

// Gelu is x/2 * (1 + erf(x/sqrt 2)).
func (m Maker) Gelu(x *ir.Value) *ir.Value { return m.Emit("gelu", nil, x) }

// GeluTanh approximates Gelu with the tanh of sqrt(2/pi) * (x + 0.044715*x^3) for the error function.
func (m Maker) GeluTanh(x *ir.Value) *ir.Value {
	v := m.Step("mul", nil, m.Line(m.Step("mul", nil, x, x), 0.044715, 1), x)
	return m.halves(x, m.Step("tanh", nil, m.Step("mul", nil, v, m.Like(x, math.Sqrt(2/math.Pi)))))
}

// halves is x/2 * (1 + v).
func (m Maker) halves(x, v *ir.Value) *ir.Value {
	half := m.Step("mul", nil, x, m.Like(x, 0.5))
	return m.Emit("mul", nil, half, m.Step("add", nil, v, m.Like(x, 1)))
}

// Threshold is x where it is above a bound, else another value.
func (m Maker) Threshold(x *ir.Value, bound, otherwise float64) *ir.Value {
	above := m.Step("compare", ir.Attrs{"is": "lt"}, m.Like(x, bound), x)
	return m.Emit("where", nil, above, x, m.Like(x, otherwise))
}

// LogSoftmax is x - log(sum(exp(x))) along axes.
func (m Maker) LogSoftmax(x *ir.Value, axes []int) *ir.Value {
	top := m.Step("reduce", ir.Attrs{"to": "max", "axes": axes}, x)
	x = m.Step("sub", nil, x, top)
	sum := m.Step("reduce", ir.Attrs{"to": "sum", "axes": axes}, m.Step("exp", nil, x))
	return m.Emit("sub", nil, x, m.Step("log", nil, sum))
}
