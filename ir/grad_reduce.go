package ir

func gradSoftmax(m Maker, n *Node, dy []*Value) []*Value {
	y := n.Out()
	along := m.Sum(m.Mul(dy[0], y), n.Int("axis"))
	return []*Value{m.Mul(y, m.Sub(dy[0], along))}
}

// gradStandardize: what is left of the gradient without its mean and its part along y, divided by the deviation.
func gradStandardize(m Maker, n *Node, dy []*Value) []*Value {
	x, y := n.Inputs[0], n.Out()
	var axes []int
	for d := n.Int("axis"); d < x.Type.Rank(); d++ {
		axes = append(axes, d)
	}
	mean := func(v *Value) *Value { return m.Step("reduce", Attrs{"to": "mean", "axes": axes}, v) }
	centred := m.Sub(x, mean(x))
	deviation := m.Sqrt(m.Plus(mean(m.Mul(centred, centred)), n.Float("epsilon")))
	rest := m.Sub(m.Sub(dy[0], mean(dy[0])), m.Mul(y, mean(m.Mul(dy[0], y))))
	return []*Value{m.Div(rest, deviation)}
}

// gradReduce: equal largest or smallest elements share the gradient. That of a product needs all elements but 0.
func gradReduce(m Maker, n *Node, dy []*Value) []*Value {
	x, y, axes := n.Inputs[0], n.Out(), n.Ints("axes")
	switch n.Str("to") {
	case "sum":
		return []*Value{dy[0]}
	case "mean":
		return []*Value{m.Times(dy[0], float64(y.Type.Elems())/float64(x.Type.Elems()))}
	case "prod":
		return []*Value{m.Div(m.Mul(dy[0], y), x)}
	}
	chosen := m.Step("cast", Attrs{"to": x.Type.DType.String()}, m.Is(x, "eq", y))
	return []*Value{m.Mul(m.Div(dy[0], m.Sum(chosen, axes...)), chosen)}
}

func gradCrossEntropy(m Maker, n *Node, dy []*Value) []*Value {
	logits, labels, dloss := n.Inputs[0], n.Inputs[1], dy[0]
	if dloss.Type.Shape[0] != logits.Type.Shape[0] {
		dloss = m.Reshape(dloss)
	}
	return []*Value{m.Step("cross_entropy_grad", n.Attrs.Clone(), logits, labels, dloss), nil}
}
