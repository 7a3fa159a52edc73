package grad

import (
	"slices"

	"nncc/ir"
	"nncc/ir/diag"
)

// Backward adds to b the computation of the gradient of loss, which has one element, for each of the values wrt. nodes are
// those that the gradient may go through, in topological order. A gradient has the shape of its value; it is nil where
// loss does not depend on the value. Every op on the way that has no gradient is reported to b.
func Backward(b *ir.Builder, nodes []*ir.Node, loss *ir.Value, wrt []*ir.Value) []*ir.Value {
	w := &backward{Builder: b, depends: map[*ir.Value]bool{}, parts: map[*ir.Value][]*ir.Value{}}
	for _, v := range wrt {
		w.depends[v] = true
	}
	for _, n := range nodes {
		for _, v := range n.Outputs {
			w.depends[v] = v.Type.DType.IsFloat() && slices.ContainsFunc(n.Inputs, func(in *ir.Value) bool { return w.depends[in] })
		}
	}
	seed := b.Maker(loss.Pos, "loss.grad")
	w.parts[loss] = []*ir.Value{seed.Reshape(seed.Like(loss, 1), slices.Repeat([]int{1}, loss.Type.Rank())...)}
	for _, n := range slices.Backward(nodes) {
		w.node(n)
	}
	grads := make([]*ir.Value, len(wrt))
	for i, v := range wrt {
		m := b.Maker(v.Pos, v.Name+".grad")
		grads[i] = m.Whole(w.sum(m, v), v.Type.Shape)
	}
	return grads
}

type backward struct {
	*ir.Builder
	depends map[*ir.Value]bool        // on what the gradient is for
	parts   map[*ir.Value][]*ir.Value // what the readers of a value give to its gradient
}

// sum is the gradient of v, or nil if loss does not depend on it. Its readers must have been visited.
func (w *backward) sum(m ir.Maker, v *ir.Value) *ir.Value {
	parts := w.parts[v]
	if len(parts) == 0 {
		return nil
	}
	sum := parts[0]
	for _, p := range parts[1:] {
		sum = m.Add(sum, p)
	}
	w.parts[v] = []*ir.Value{sum}
	return sum
}

// node carries the gradients of a node's results to its inputs.
func (w *backward) node(n *ir.Node) {
	m := w.Maker(n.Pos, n.Name+".grad")
	dy, reached := make([]*ir.Value, len(n.Outputs)), false
	for i, v := range n.Outputs {
		dy[i] = w.sum(m, v)
		reached = reached || dy[i] != nil
	}
	if !reached {
		return
	}
	if n.Op.Grad == nil {
		w.Errs.AddErr(n.Pos, noGradient(n))
		return
	}
	out := n.Out().Type.Shape
	for i, dv := range n.Op.Grad(m, n, dy) {
		v := n.Inputs[i]
		if dv == nil || v == nil || !w.depends[v] {
			continue
		}
		if n.Op.Class == ir.Elementwise && dv.Type.Rank() == len(out) {
			dv = m.SumTo(dv, out, v.Type.Shape)
		}
		w.parts[v] = append(w.parts[v], dv)
	}
}

func noGradient(n *ir.Node) error {
	return &diag.Error{Pos: n.Pos, Msg: "no gradient goes through " + n.Op.Name + ", node \"" + n.Name + "\"", Hint: "freeze the parameters before it, or leave it out of the model that is trained"}
}
