package lower

import (
	"fmt"

	"nncc/codegen/loopir"
	"nncc/codegen/sched"
	"nncc/ir"
)

// lowerGemmPlain multiplies matrices of which neither is known at build time.
func lowerGemmPlain(l *lowerer, n *ir.Node) error {
	a := sched.Anchor(n)
	p := plainProduct{inner: a.Inputs[0].Type.Shape[1], alpha: a.Float("alpha"), beta: a.Float("beta")}
	if a.Bool("trans_a") {
		p.inner = a.Inputs[0].Type.Shape[0]
	}
	swap := func(on bool, i, j loopir.Index) []loopir.Index {
		if on {
			return []loopir.Index{j, i}
		}
		return []loopir.Index{i, j}
	}
	p.left = func(out []loopir.Index, i loopir.Index) []loopir.Index { return swap(a.Bool("trans_a"), out[0], i) }
	p.right = func(out []loopir.Index, i loopir.Index) []loopir.Index { return swap(a.Bool("trans_b"), i, out[1]) }
	return l.plainProduct(n, a.Inputs[0], a.Inputs[1], a.Input(2), p)
}

// lowerMatmul multiplies stacks of matrices, broadcast as numpy.matmul does.
func lowerMatmul(l *lowerer, n *ir.Node) error {
	a := sched.Anchor(n)
	x, y := a.Inputs[0].Type.Shape, a.Inputs[1].Type.Shape
	rank := a.Out().Type.Rank()
	p := plainProduct{inner: x[len(x)-1], alpha: 1, beta: 1}
	p.left = func(out []loopir.Index, i loopir.Index) []loopir.Index {
		if len(x) == 1 {
			return []loopir.Index{i}
		}
		stack, row := out, loopir.C(0)
		if len(y) == 1 {
			stack, row = out[:rank-1], out[rank-1]
		} else {
			stack, row = out[:rank-2], out[rank-2]
		}
		return append(broadcastTo(x[:len(x)-2], stack), row, i)
	}
	p.right = func(out []loopir.Index, i loopir.Index) []loopir.Index {
		if len(y) == 1 {
			return []loopir.Index{i}
		}
		stack := out[:rank-1]
		if len(x) > 1 {
			stack = out[:rank-2]
		}
		return append(broadcastTo(y[:len(y)-2], stack), i, out[rank-1])
	}
	return l.plainProduct(n, a.Inputs[0], a.Inputs[1], nil, p)
}

// broadcastTo picks the indices of a stack of the given dimensions out of those of the result, aligned right.
func broadcastTo(dims []int, out []loopir.Index) []loopir.Index {
	idx := make([]loopir.Index, len(dims))
	for d := range dims {
		if dims[d] > 1 {
			idx[d] = out[len(out)-len(dims)+d]
		}
	}
	return idx
}

// plainProduct says where the factors of each result lie: result[out] = alpha * sum over i of left*right + beta*added.
type plainProduct struct {
	inner       int
	alpha, beta float64
	left, right func(out []loopir.Index, i loopir.Index) []loopir.Index
}

func (l *lowerer) plainProduct(n *ir.Node, left, right, added *ir.Value, p plainProduct) error {
	scalar := l.target
	scalar.Lanes = 1
	k := newKernel("matmul", scalar)
	x, err := k.plainIn(l, sched.Outer(n, left))
	if err != nil {
		return err
	}
	y, err := k.plainIn(l, sched.Outer(n, right))
	if err != nil {
		return err
	}
	t := loopir.Scalar(x.Elem)
	var c operand
	if added != nil {
		c, err = l.operand(k, sched.Outer(n, added), alignRight(added.Type.Shape, 2), n.Out().Type, sched.Planar)
		if err != nil {
			return err
		}
	}
	e, err := l.newEpilogue(k, n, sched.Planar)
	if err != nil {
		return err
	}
	dst, err := k.plainOut(l, n)
	if err != nil {
		return err
	}
	out := make([]loopir.Index, len(dst.Dims))
	for d := range out {
		if dst.Dims[d] == loopir.Batch && d > 0 {
			return fmt.Errorf("the batch must be the first dimension")
		}
		out[d] = k.grid(fmt.Sprint("d", d), dst.Dims[d])
	}
	store := out
	if n.Out().Type.Rank() == 0 {
		out = nil
	}
	acc := k.Reg("acc", wide(t))
	acc.Set(loopir.Num(wide(t), 0))
	factor := func(buf *loopir.Buffer, idx []loopir.Index) loopir.Expr {
		if buf.Batched() {
			idx[0] = out[0] // of a stack that is no broadcast: each sample has its own
		}
		return widen(loopir.LoadV(t, buf, idx...))
	}
	k.each("i", p.inner, func(i loopir.Index) {
		a, b := factor(x, p.left(out, i)), factor(y, p.right(out, i))
		if t.Elem.IsFloat() {
			acc.Set(loopir.FMAOf(a, b, acc.At()))
		} else {
			acc.Set(loopir.Add.Of(loopir.Mul.Of(a, b), acc.At()))
		}
	})
	sum := acc.At()
	if p.alpha != 1 {
		sum = loopir.Mul.Of(sum, loopir.Num(wide(t), p.alpha))
	}
	at := place{Idx: store, Count: loopir.C(1)}
	if len(out) == 3 { // as an image of one row, see logicalDims
		at.Idx = []loopir.Index{out[0], out[1], loopir.C(0), out[2]}
	}
	if added != nil {
		bias := widen(c.load(k, at))
		if p.beta != 1 {
			bias = loopir.Mul.Of(bias, loopir.Num(wide(t), p.beta))
		}
		sum = loopir.Add.Of(sum, bias)
	}
	k.Store(dst, e.apply(narrow(sum, t.Elem), at), store...)
	return l.emit(k, n, "matmul", sched.Tile{})
}
