package ir

import (
	"slices"

	"nncc/runtime/tensor"
)

// gradGemm: of y = alpha*a'*b' + beta*c, the gradient for a' is alpha*dy times b' transposed, that for b' is alpha times
// a' transposed times dy.
func gradGemm(m Maker, n *Node, dy []*Value) []*Value {
	a, b := n.Inputs[0], n.Inputs[1]
	transA, transB := n.Int("trans_a"), n.Int("trans_b")
	whole := m.Whole(dy[0], n.Out().Type.Shape)
	product := func(a *Value, transA int, b *Value, transB int) *Value {
		return m.Step("gemm", Attrs{"trans_a": transA, "trans_b": transB, "alpha": n.Float("alpha")}, a, b)
	}
	grads := make([]*Value, len(n.Inputs))
	if grads[0] = product(whole, 0, b, 1-transB); transA == 1 {
		grads[0] = product(b, transB, whole, 1)
	}
	if grads[1] = product(a, 1-transA, whole, 0); transB == 1 {
		grads[1] = product(whole, 1, a, transA)
	}
	if c := n.Input(2); c != nil {
		grads[2] = m.SumTo(dy[0], n.Out().Type.Shape, c.Type.Shape)
		if beta := n.Float("beta"); beta != 1 {
			grads[2] = m.Times(grads[2], beta)
		}
	}
	return grads
}

// gradMatmul brings both operands and the result to matrices in the last two dimensions, a vector being a row on the
// left and a column on the right.
func gradMatmul(m Maker, n *Node, dy []*Value) []*Value {
	a, b, out := n.Inputs[0], n.Inputs[1], slices.Clone(n.Out().Type.Shape)
	if !a.Type.DType.IsFloat() {
		return []*Value{nil, nil}
	}
	whole := m.Whole(dy[0], out)
	as, bs := a.Type.Shape, b.Type.Shape
	if len(bs) == 1 {
		bs = []int{bs[0], 1}
		out = append(out, 1)
	}
	if len(as) == 1 {
		as = []int{1, as[0]}
		out = slices.Insert(out, len(out)-1, 1)
	}
	whole, a2, b2 := m.Reshape(whole, out...), m.Reshape(a, as...), m.Reshape(b, bs...)
	da := m.Step("matmul", nil, whole, m.swapLast(b2))
	var db *Value
	if len(bs) == 2 { // one product over all rows of all matrices
		rows, inner, cols := tensor.Count(out[:len(out)-1]), bs[0], bs[1]
		db = m.Step("gemm", Attrs{"trans_a": 1}, m.Reshape(a2, rows, inner), m.Reshape(whole, rows, cols))
	} else {
		db = m.Step("matmul", nil, m.swapLast(a2), whole)
	}
	return []*Value{m.Reshape(m.sumLeading(da, as), a.Type.Shape...), m.Reshape(m.sumLeading(db, bs), b.Type.Shape...)}
}

// sumLeading is SumTo for a gradient that has its own value's shape.
func (m Maker) sumLeading(dv *Value, to []int) *Value {
	if dv == nil {
		return nil
	}
	return m.SumTo(dv, dv.Type.Shape, to)
}

// swapLast exchanges the last two dimensions.
func (m Maker) swapLast(v *Value) *Value {
	if v == nil {
		return nil
	}
	perm := axesFrom(0, v.Type.Rank())
	last := len(perm) - 1
	perm[last], perm[last-1] = last-1, last
	return m.Step("transpose", Attrs{"perm": perm}, v)
}

// axesFrom is start, start+1, ..., end-1.
func axesFrom(start, end int) []int {
	var out []int
	for d := start; d < end; d++ {
		out = append(out, d)
	}
	return out
}
