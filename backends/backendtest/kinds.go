package backendtest

import (
	"math"

	"nncc/ir"
	"nncc/ir/diag"
	"nncc/ir/irtest"
	"nncc/runtime/tensor"
)

// kinds are the element kinds that random graphs are turned into.
var kinds = []tensor.DType{tensor.F16, tensor.BF16, tensor.F64, tensor.I8, tensor.U8, tensor.I16, tensor.I32, tensor.U32, tensor.I64, tensor.U64}

// randomKind is a random graph of another element kind than f32: as many of its first nodes as that kind allows.
func randomKind(seed uint64) *ir.Graph {
	from, kind := irtest.RandomGraph(seed), kinds[seed%uint64(len(kinds))]
	b := ir.NewBuilder(from.Name)
	values := map[*ir.Value]*ir.Value{nil: nil}
	for _, v := range from.Inputs {
		values[v] = b.Input(diag.Pos{}, v.Name, ir.T(kind, v.Type.Shape...))
	}
	for _, v := range from.Constants() {
		t := v.Const
		if t.DType == tensor.F32 {
			t = retyped(t, kind)
		}
		values[v] = b.Const(diag.Pos{}, v.Name, t)
	}
	var last *ir.Value
	for _, n := range from.Nodes {
		v := retypedNode(b, n, values, kind)
		if v == nil {
			continue
		}
		values[n.Out()], last = v, v
	}
	if last == nil {
		last = b.Node(diag.Pos{}, "identity", "same", nil, values[from.Inputs[0]])
	}
	b.Output("out", last)
	g, err := b.Graph()
	if err != nil {
		panic(err) // every node has been checked
	}
	ir.MarkBatched(g)
	return g
}

// retypedNode adds n to b, or returns nil where an input is missing or the op is not for the kind.
func retypedNode(b *ir.Builder, n *ir.Node, values map[*ir.Value]*ir.Value, kind tensor.DType) *ir.Value {
	inputs := make([]*ir.Value, len(n.Inputs))
	for i, v := range n.Inputs {
		w, ok := values[v]
		if !ok {
			return nil
		}
		inputs[i] = w
	}
	attrs := n.Attrs.Clone()
	if n.Op.Name == "cast" {
		attrs["to"] = kind.String()
	}
	if !hasKernel(n.Op, kind) {
		return nil
	}
	if _, err := ir.Complete(&ir.Node{Op: n.Op, Inputs: inputs, Attrs: attrs.Clone()}); err != nil {
		return nil
	}
	return b.Node(diag.Pos{}, n.Op.Name, n.Name, attrs, inputs...)
}

// hasKernel is false for functions that kernels know in f32 only, and for integer division, as constants may be 0.
func hasKernel(op *ir.Op, kind tensor.DType) bool {
	if !kind.IsFloat() {
		return op.Name != "div"
	}
	sums := op.Class == ir.Contraction || op.Class == ir.Window
	return kind != tensor.F64 || op.Tol == 0 || sums
}

// retyped has numbers of t as numbers of another kind, small whole ones if that is an integer.
func retyped(t *tensor.Tensor, kind tensor.DType) *tensor.Tensor {
	values := t.Float64s()
	if !kind.IsFloat() {
		for i, v := range values {
			values[i] = math.Round(8 * v)
		}
	}
	return tensor.FromFloat64s(kind, values, t.Shape...)
}
