package ir

import "slices"

// GradRule is the derivative of an op. L is a number that depends on the results of n, and dy has its gradient for each
// of them: how much L grows with each element. The rule returns the gradient for each input, nil where there is none.
//
// A gradient has as many dimensions as its value, and each is that of the value or 1: like that the gradient of a mean
// needs no memory. dy[i] is nil where L does not depend on result i. For inputs of elementwise ops a rule may return
// gradients of the result's shape; the caller adds them up where the input was broadcast.
type GradRule func(m Maker, n *Node, dy []*Value) []*Value

// gradNone is the rule of ops that are constant wherever they have a derivative.
func gradNone(_ Maker, n *Node, _ []*Value) []*Value { return make([]*Value, len(n.Inputs)) }

// Whole gives gradient dv of a value the shape of that value.
func (m Maker) Whole(dv *Value, shape []int) *Value {
	if dv == nil || slices.Equal(dv.Type.Shape, shape) {
		return dv
	}
	pads := make([]int, 2*len(shape))
	for d, size := range shape {
		pads[len(shape)+d] = size - dv.Type.Shape[d]
	}
	return m.Step("pad", Attrs{"pad": pads, "mode": "wrap"}, dv)
}

// SumTo adds up gradient dv of a value of shape from to that of the value of shape to which was broadcast to it.
func (m Maker) SumTo(dv *Value, from, to []int) *Value {
	if dv == nil {
		return nil
	}
	aligned := append(onesOf(len(from)-len(to)), to...)
	var axes []int
	times := 1
	for d := range from {
		switch {
		case aligned[d] == from[d]:
		case dv.Type.Shape[d] > 1:
			axes = append(axes, d)
		default:
			times *= from[d]
		}
	}
	if len(axes) > 0 {
		dv = m.Sum(dv, axes...)
	}
	if times > 1 {
		dv = m.Times(dv, float64(times))
	}
	if len(from) > len(to) && dv != nil {
		dv = m.Reshape(dv, dv.Type.Shape[len(from)-len(to):]...)
	}
	return dv
}

// perChannel reshapes v [C] so that it broadcasts to a value of some rank whose second dimension is channels.
func (m Maker) perChannel(v *Value, rank int) *Value {
	if v == nil {
		return nil
	}
	shape := onesOf(rank)
	shape[1] = v.Type.Shape[0]
	return m.Reshape(v, shape...)
}
