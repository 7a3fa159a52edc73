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
		row := rank - 2
		if len(y) == 1 {
			row = rank - 1
		}
		return append(broadcastTo(x[:len(x)-2], out[:row]), out[row], i)
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
	var bias *operand
	if added != nil {
		o, err := l.operand(k, sched.Outer(n, added), alignRight(added.Type.Shape, 2), n.Out().Type, sched.Planar)
		if err != nil {
			return err
		}
		bias = &o
	}
	e, err := l.newEpilogue(k, n, sched.Planar)
	if err != nil {
		return err
	}
	dst, err := k.plainOut(l, n)
	if err != nil {
		return err
	}
	store := make([]loopir.Index, len(dst.Dims))
	for d := range store {
		store[d] = k.grid(fmt.Sprint("d", d), dst.Dims[d])
	}
	at := place{Idx: store, Count: loopir.C(1)}
	if n.Out().Type.Rank() == 3 { // as an image of one row, see logicalDims
		at.Idx = []loopir.Index{store[0], store[1], loopir.C(0), store[2]}
	}
	sum := scaled(k.sumOfProducts(p, x, y, store[:n.Out().Type.Rank()]), p.alpha)
	if bias != nil {
		sum = loopir.Add.Of(sum, scaled(widen(bias.load(k, at)), p.beta))
	}
	k.Store(dst, e.apply(narrow(sum, x.Elem), at), store...)
	return l.emit(k, n, "matmul", sched.Tile{})
}

// sumOfProducts is one element of x times y, at place out of the result.
func (k *kernel) sumOfProducts(p plainProduct, x, y *loopir.Buffer, out []loopir.Index) loopir.Expr {
	t := loopir.Scalar(x.Elem)
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
	return acc.At()
}

// scaled is x times a factor.
func scaled(x loopir.Expr, factor float64) loopir.Expr {
	if factor == 1 {
		return x
	}
	return loopir.Mul.Of(x, loopir.Num(x.Type(), factor))
}
