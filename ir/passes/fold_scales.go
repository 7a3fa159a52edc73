package passes

import (
	"math"
	"slices"

	"nncc/ir"
	"nncc/runtime/tensor"
)

// scales is y = x*scale[c] + shift[c] for channel c, dimension 1 of x, in float64.
type scales struct{ scale, shift []float64 }

// foldScales moves scales and shifts into the contraction before them, rounding the new weights once. What cannot
// move stays, a batchnorm as mul and add.
func foldScales(c *context) error {
	return c.sweep(func(c *context, n *ir.Node) (*ir.Value, error) {
		s, ok := scalesOf(n)
		if !ok || !finite(s.scale) || !finite(s.shift) {
			return nil, nil
		}
		d := n.Inputs[0].Def
		if d != nil && c.uses[n.Inputs[0]] == 1 && takesScales(d) && n.Out().Type.Equal(d.Out().Type) {
			return c.foldInto(d, n, s)
		}
		if n.Op.Name == "batchnorm" {
			return c.mulAdd(n, s)
		}
		return nil, nil
	})
}

// scalesOf reads a node as scales and shifts of its first input; false if it is something else.
func scalesOf(n *ir.Node) (scales, bool) {
	x := n.Inputs[0].Type
	if x.Rank() < 2 || !x.DType.IsFloat() {
		return scales{}, false
	}
	for _, v := range n.Inputs[1:] {
		if v == nil || !v.IsConst() {
			return scales{}, false
		}
	}
	s := scales{slices.Repeat([]float64{1}, x.Shape[1]), make([]float64, x.Shape[1])}
	switch n.Op.Name {
	case "batchnorm":
		gamma, beta := n.Inputs[1].Const.Float64s(), n.Inputs[2].Const.Float64s()
		mean, variance := n.Inputs[3].Const.Float64s(), n.Inputs[4].Const.Float64s()
		for k := range s.scale {
			s.scale[k] = gamma[k] / math.Sqrt(variance[k]+n.Float("epsilon"))
			s.shift[k] = beta[k] - mean[k]*s.scale[k]
		}
		return s, true
	case "mul":
		return s, perChannel(n.Inputs[1], x, func(k int, v float64) { s.scale[k] = v })
	case "div":
		return s, perChannel(n.Inputs[1], x, func(k int, v float64) { s.scale[k] = 1 / v })
	case "add":
		return s, perChannel(n.Inputs[1], x, func(k int, v float64) { s.shift[k] = v })
	}
	return s, false
}

func finite(list []float64) bool {
	return !slices.ContainsFunc(list, func(v float64) bool { return math.IsNaN(v) || math.IsInf(v, 0) })
}

// perChannel calls set with the number that constant k has for each channel of x; false if it varies otherwise.
func perChannel(k *ir.Value, x ir.Type, set func(channel int, v float64)) bool {
	before := x.Rank() - k.Type.Rank() // dimensions of x that k lacks
	for d, size := range k.Type.Shape {
		if size != 1 && before+d != 1 {
			return false
		}
	}
	values := k.Const.Float64s()
	if before < 0 || len(values) == 0 {
		return false
	}
	for channel := range x.Shape[1] {
		set(channel, values[channel%len(values)])
	}
	return true
}

// takesScales reports whether d is a conv or gemm with constant weights, one output channel per row of them.
func takesScales(d *ir.Node) bool {
	if bias := d.Input(2); bias != nil && (!bias.IsConst() || bias.Type.Rank() != 1) {
		return false
	}
	switch d.Op.Name {
	case "conv":
		return d.Inputs[1].IsConst()
	case "gemm":
		canonical := d.Bool("trans_b") && d.Float("alpha") == 1 && d.Float("beta") == 1
		return d.Inputs[1].IsConst() && canonical && (d.Input(2) == nil || d.Inputs[2].Type.Shape[0] == d.Out().Type.Shape[1])
	}
	return false
}

// foldInto makes d with the scales applied to its weights and bias; it takes the place of n.
func (c *context) foldInto(d, n *ir.Node, s scales) (*ir.Value, error) {
	biases, biasName := make([]float64, len(s.scale)), d.Out()
	if bias := d.Input(2); bias != nil {
		biases, biasName = bias.Const.Float64s(), bias
	}
	for k := range biases {
		biases[k] = float64(biases[k]*s.scale[k]) + s.shift[k]
	}
	bias := c.constant(biasName, "shifted", tensor.FromFloat64s(d.Out().Type.DType, biases, len(biases)))
	v, err := c.replace(d, d.Op.Name, d.Attrs.Clone(), d.Inputs[0], c.scaleRows(d.Inputs[1], s.scale), bias)
	if err == nil {
		v.Name = n.Out().Name
	}
	return v, err
}

// scaleRows multiplies row k of weights by scale[k].
func (c *context) scaleRows(w *ir.Value, scale []float64) *ir.Value {
	if !slices.ContainsFunc(scale, func(k float64) bool { return k != 1 }) {
		return w
	}
	weights := w.Const.Float64s()
	row := len(weights) / max(1, len(scale))
	for i := range weights {
		weights[i] *= scale[i/row]
	}
	return c.constant(w, "scaled", tensor.FromFloat64s(w.Type.DType, weights, w.Type.Shape...))
}

// mulAdd makes x*scale + shift of a batchnorm.
func (c *context) mulAdd(n *ir.Node, s scales) (*ir.Value, error) {
	x := n.Inputs[0]
	shape := slices.Repeat([]int{1}, x.Type.Rank()-1)
	shape[0] = x.Type.Shape[1]
	factor := c.constant(n.Inputs[1], "scale", tensor.FromFloat64s(x.Type.DType, s.scale, shape...))
	shift := c.constant(n.Inputs[2], "shift", tensor.FromFloat64s(x.Type.DType, s.shift, shape...))
	v, err := c.extra(n, "scaled", "mul", nil, x, factor)
	if err != nil {
		return nil, err
	}
	return c.replace(n, "add", nil, v, shift)
}
