package ir

import "math"

// gradUnary is the rule of y = f(x), given the derivative of f at x.
func gradUnary(slope func(m Maker, n *Node, x, y *Value) *Value) GradRule {
	return func(m Maker, n *Node, dy []*Value) []*Value {
		return []*Value{m.Mul(dy[0], slope(m, n, n.Inputs[0], n.Out()))}
	}
}

func gradIdentity(_ Maker, _ *Node, dy []*Value) []*Value { return []*Value{dy[0]} }

// gradCast is for casts between floating-point dtypes; others are constant wherever they have a derivative.
func gradCast(m Maker, n *Node, dy []*Value) []*Value {
	from, to := n.Inputs[0].Type.DType, n.Out().Type.DType
	if !from.IsFloat() || !to.IsFloat() {
		return []*Value{nil}
	}
	return []*Value{m.Step("cast", Attrs{"to": from.String()}, dy[0])}
}

func gradRelu(m Maker, n *Node, dy []*Value) []*Value {
	y := n.Out()
	return []*Value{m.Where(m.Is(m.Like(y, 0), "lt", y), dy[0], m.Like(y, 0))}
}

// gradClip is 0 at the bounds, as PyTorch's hardtanh and relu6 have it.
func gradClip(m Maker, n *Node, dy []*Value) []*Value {
	x, dx := n.Inputs[0], dy[0]
	if low := n.Float("min"); !math.IsInf(low, -1) {
		dx = m.Where(m.Is(m.Like(x, low), "lt", x), dx, m.Like(x, 0))
	}
	if high := n.Float("max"); !math.IsInf(high, 1) {
		dx = m.Where(m.Is(x, "lt", m.Like(x, high)), dx, m.Like(x, 0))
	}
	return []*Value{dx}
}

func gradAbs(m Maker, n *Node, dy []*Value) []*Value {
	x := n.Inputs[0]
	zero := m.Like(x, 0)
	falling := m.Where(m.Is(x, "lt", zero), m.Times(dy[0], -1), zero)
	return []*Value{m.Where(m.Is(zero, "lt", x), dy[0], falling)}
}

func slopeSigmoid(m Maker, _ *Node, _, y *Value) *Value { return m.Mul(y, m.Sub(m.Like(y, 1), y)) }

// slopeSilu is s + y*(1 - s) with s the sigmoid of x.
func slopeSilu(m Maker, _ *Node, x, y *Value) *Value {
	s := m.Step("sigmoid", nil, x)
	return m.Add(s, m.Mul(y, m.Sub(m.Like(s, 1), s)))
}

func slopeTanh(m Maker, _ *Node, _, y *Value) *Value { return m.Sub(m.Like(y, 1), m.Mul(y, y)) }

func slopeExp(_ Maker, _ *Node, _, y *Value) *Value { return y }

func slopeSqrt(m Maker, _ *Node, _, y *Value) *Value { return m.Div(m.Like(y, 0.5), y) }

func slopeErf(m Maker, _ *Node, x, _ *Value) *Value {
	return m.Times(m.Step("exp", nil, m.Times(m.Mul(x, x), -1)), 2/math.Sqrt(math.Pi))
}

// slopeGelu is the probability of less than x, and x times its density.
func slopeGelu(m Maker, _ *Node, x, _ *Value) *Value {
	probability := m.Times(m.Plus(m.Step("erf", nil, m.Times(x, math.Sqrt(0.5))), 1), 0.5)
	density := m.Times(m.Step("exp", nil, m.Times(m.Mul(x, x), -0.5)), 1/math.Sqrt(2*math.Pi))
	return m.Add(probability, m.Mul(x, density))
}

func slopeAtan(m Maker, _ *Node, x, _ *Value) *Value {
	return m.Div(m.Like(x, 1), m.Plus(m.Mul(x, x), 1))
}

func slopeSin(m Maker, _ *Node, x, _ *Value) *Value { return m.Step("cos", nil, x) }

func slopeCos(m Maker, _ *Node, x, _ *Value) *Value { return m.Times(m.Step("sin", nil, x), -1) }

func slopeSoftplus(m Maker, _ *Node, x, _ *Value) *Value { return m.Step("sigmoid", nil, x) }

func gradLog(m Maker, n *Node, dy []*Value) []*Value { return []*Value{m.Div(dy[0], n.Inputs[0])} }

// gradElu uses that alpha*exp(x) is y + alpha.
func gradElu(m Maker, n *Node, dy []*Value) []*Value {
	x, y := n.Inputs[0], n.Out()
	below := m.Mul(dy[0], m.Plus(y, n.Float("alpha")))
	return []*Value{m.Where(m.Is(m.Like(x, 0), "lt", x), dy[0], below)}
}

func gradPRelu(m Maker, n *Node, dy []*Value) []*Value {
	x, slope := n.Inputs[0], n.Inputs[1]
	above := m.Is(m.Like(x, 0), "lt", x)
	return []*Value{
		m.Where(above, dy[0], m.Mul(dy[0], slope)),
		m.Where(above, m.Like(x, 0), m.Mul(dy[0], x)),
	}
}

func gradAdd(_ Maker, _ *Node, dy []*Value) []*Value { return []*Value{dy[0], dy[0]} }

func gradSub(m Maker, _ *Node, dy []*Value) []*Value { return []*Value{dy[0], m.Times(dy[0], -1)} }

func gradMul(m Maker, n *Node, dy []*Value) []*Value {
	return []*Value{m.Mul(dy[0], n.Inputs[1]), m.Mul(dy[0], n.Inputs[0])}
}

func gradDiv(m Maker, n *Node, dy []*Value) []*Value {
	da := m.Div(dy[0], n.Inputs[1])
	return []*Value{da, m.Times(m.Mul(da, n.Out()), -1)}
}

// gradExtremum gives the gradient to the input that was chosen, and half of it to each where they are equal.
func gradExtremum(m Maker, n *Node, dy []*Value) []*Value {
	a, b, y := n.Inputs[0], n.Inputs[1], n.Out()
	zero := m.Like(y, 0)
	share := m.Where(m.Is(a, "eq", b), m.Times(dy[0], 0.5), dy[0])
	return []*Value{m.Where(m.Is(a, "eq", y), share, zero), m.Where(m.Is(b, "eq", y), share, zero)}
}

// gradPow has a gradient for the exponent only where that is computed, as it needs the base to be positive.
func gradPow(m Maker, n *Node, dy []*Value) []*Value {
	a, b := n.Inputs[0], n.Inputs[1]
	slope := m.Mul(b, m.Step("pow", nil, a, m.Plus(b, -1)))
	grads := []*Value{m.Mul(dy[0], slope), nil}
	if !b.IsConst() {
		grads[1] = m.Mul(dy[0], m.Mul(n.Out(), m.Step("log", nil, a)))
	}
	return grads
}

func gradWhere(m Maker, n *Node, dy []*Value) []*Value {
	condition, zero := n.Inputs[0], m.Like(n.Out(), 0)
	return []*Value{nil, m.Where(condition, dy[0], zero), m.Where(condition, zero, dy[0])}
}
