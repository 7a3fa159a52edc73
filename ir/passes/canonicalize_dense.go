package passes

import (
	"slices"

	"nncc/ir"
	"nncc/runtime/tensor"
)

// matmulToGemm makes a dense layer of a product of a matrix with a constant one.
func matmulToGemm(c *context, n *ir.Node) (*ir.Value, error) {
	x, w := n.Inputs[0], n.Inputs[1]
	if x.Type.Rank() != 2 || w.Type.Rank() != 2 || !w.IsConst() || !w.Type.DType.IsFloat() {
		return nil, nil
	}
	return c.replace(n, "gemm", nil, x, w)
}

// canonicalGemm gives a dense layer with constant weights the form y = x*w' + c: weights [out, in], bias [out] where
// it is constant and the same for all rows.
func canonicalGemm(c *context, n *ir.Node) (*ir.Value, error) {
	x, w, bias := n.Inputs[0], n.Inputs[1], n.Input(2)
	if !w.IsConst() {
		return nil, nil
	}
	outs := n.Out().Type.Shape[1]
	biasDone := n.Float("beta") == 1 && (bias == nil || slices.Equal(bias.Type.Shape, []int{outs}))
	if bias != nil && !foldableBias(bias) {
		biasDone = true
	}
	if n.Bool("trans_b") && !n.Bool("trans_a") && n.Float("alpha") == 1 && biasDone {
		return nil, nil
	}
	attrs := ir.Attrs{"trans_b": 1, "beta": 1.0}
	var err error
	if n.Bool("trans_a") {
		if x, err = c.extra(n, "x", "transpose", ir.Attrs{"perm": []int{1, 0}}, x); err != nil {
			return nil, err
		}
	}
	if alpha := n.Float("alpha"); alpha != 1 {
		values := w.Const.Float64s()
		for i := range values {
			values[i] *= alpha
		}
		w = c.constant(w, "dense", tensor.FromFloat64s(w.Type.DType, values, w.Type.Shape...))
	}
	if !n.Bool("trans_b") {
		w = c.constant(w, "dense", transposed(w.Const))
	}
	inputs := []*ir.Value{x, w}
	switch {
	case bias == nil:
	case foldableBias(bias):
		inputs = append(inputs, c.constant(bias, "dense", denseBias(n, bias.Const)))
	default:
		inputs = append(inputs, bias)
		attrs["beta"] = n.Float("beta")
	}
	return c.replace(n, "gemm", attrs, inputs...)
}

// foldableBias reports whether the bias is constant and the same for all rows of the result.
func foldableBias(bias *ir.Value) bool {
	return bias.IsConst() && (bias.Type.Rank() < 2 || bias.Type.Shape[0] == 1)
}

// transposed swaps rows and columns, whatever the elements are.
func transposed(w *tensor.Tensor) *tensor.Tensor {
	rows, cols, size := w.Shape[0], w.Shape[1], w.DType.Bytes()
	out := tensor.New(w.DType, cols, rows)
	for i := range rows {
		for j := range cols {
			copy(out.Data[(j*rows+i)*size:][:size], w.Data[(i*cols+j)*size:])
		}
	}
	return out
}

// denseBias returns beta times the bias, as [out].
func denseBias(n *ir.Node, bias *tensor.Tensor) *tensor.Tensor {
	given := bias.Float64s()
	values := make([]float64, n.Out().Type.Shape[1])
	for i := range values {
		values[i] = n.Float("beta") * given[i%len(given)]
	}
	return tensor.FromFloat64s(bias.DType, values, len(values))
}
