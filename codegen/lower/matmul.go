package lower

import (
	"fmt"

	"nncc/codegen/loopir"
	"nncc/codegen/sched"
	"nncc/ir"
)

// lowerMatmul multiplies stacks of matrices, broadcast as numpy.matmul does. A matrix known at build time makes it a
// dense layer.
func lowerMatmul(l *lowerer, n *ir.Node) error {
	if d, ok := denseOfMatmul(n); ok {
		return l.dense(n, d)
	}
	a := sched.Anchor(n)
	x, y := a.Inputs[0].Type.Shape, a.Inputs[1].Type.Shape
	rank := a.Out().Type.Rank()
	p := product{inner: x[len(x)-1], alpha: 1, beta: 1, shared: len(y) > 1, contiguous: len(y) > 1, vector: len(x) == 1}
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
	return l.product(n, a.Inputs[0], a.Inputs[1], nil, p)
}

// lowerGemmPlain multiplies matrices of which neither is known at build time.
func lowerGemmPlain(l *lowerer, n *ir.Node) error {
	a := sched.Anchor(n)
	p := product{inner: a.Inputs[0].Type.Shape[1], alpha: a.Float("alpha"), beta: a.Float("beta"), shared: true, contiguous: !a.Bool("trans_b")}
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
	return l.product(n, a.Inputs[0], a.Inputs[1], a.Input(2), p)
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

// productPieces is how many pieces the rows of a product have at least, for threads to share.
const productPieces = 8

// product says where the factors of each result lie: result[out] = alpha * sum over i of left*right + beta*added.
type product struct {
	inner       int
	alpha, beta float64
	shared      bool // the results of a row have the same left factors
	contiguous  bool // and right factors that are neighbours in memory
	vector      bool // there are no rows on the left: all dimensions of the result but the last count matrices
	left, right func(out []loopir.Index, i loopir.Index) []loopir.Index
}

// product computes tiles of rows and of vectors along the row, which stay in registers over the whole sum. All tiles of
// a row of the result, whose last one overlaps the one before, are one chunk's.
func (l *lowerer) product(n *ir.Node, left, right, added *ir.Value, p product) error {
	target := l.target
	if !p.contiguous {
		target.Lanes = 1
	}
	k := &productKernel{kernel: newKernel("matmul", target), product: p}
	var err error
	if k.x, err = k.plainIn(l, sched.Outer(n, left)); err != nil {
		return err
	}
	if k.y, err = k.plainIn(l, sched.Outer(n, right)); err != nil {
		return err
	}
	if added != nil {
		o, err := l.operand(k.kernel, sched.Outer(n, added), alignRight(added.Type.Shape, 2), n.Out().Type, sched.Planar)
		if err != nil {
			return err
		}
		k.added = &o
	}
	if k.epilogue, err = l.newEpilogue(k.kernel, n, sched.Planar); err != nil {
		return err
	}
	if k.dst, err = k.plainOut(l, n); err != nil {
		return err
	}
	k.rank = n.Out().Type.Rank()
	k.body()
	return l.emit(k.kernel, n, "matmul", k.tile)
}

type productKernel struct {
	*kernel
	product
	x, y, dst *loopir.Buffer
	added     *operand // nil if there is none
	epilogue  *epilogue
	rank      int
	tile      sched.Tile
}

// body makes all dimensions of the result but the last two the grid; of a result of one dimension there is one row.
func (k *productKernel) body() {
	dims := k.dst.Dims
	last := len(dims) - 1
	columns := max(dims[last], 1) // the batch, where results are single numbers
	rows := 1
	at := make([]loopir.Index, len(dims))
	outer := max(0, last-1)
	if k.vector {
		outer = last
	}
	for d := range outer {
		at[d] = k.grid(fmt.Sprint("d", d), dims[d])
	}
	switch {
	case k.vector && last > 0: // a row each, with right factors of its own
	case last > 0 && dims[last-1] != loopir.Batch:
		rows = dims[last-1]
	case dims[0] == loopir.Batch:
		at[0] = k.Grid("n", loopir.Batch)
	}
	sharing := columns
	if !k.shared {
		sharing = 1
	}
	k.tile = sched.ProductTile(rows, sharing, k.inner, k.target)
	lanes := min(columns, k.target.Lanes)
	first := append([]loopir.Index{}, at...)
	columnTiles := func(body func()) {
		k.tiles("x", columns, k.tile.Subs*lanes, func(x loopir.Index) {
			at[last] = first[last].Add(x)
			body()
		})
	}
	if rows == 1 { // there may be no such dimension
		columnTiles(func() { k.compute(at, loopir.C(lanes)) })
		return
	}
	piece := k.pieces(rows, k.tile.Pixels, productPieces)
	columnTiles(func() {
		piece.tiles(k.kernel, func(m loopir.Index) {
			at[last-1] = m
			k.compute(at, loopir.C(lanes))
		})
	})
}

// compute is the tile of the result whose first element is at.
func (k *productKernel) compute(at []loopir.Index, count loopir.Index) {
	lanes := k.target.Lanes
	t := wide(k.vec(k.x.Elem))
	acc := k.Reg("acc", t, k.tile.Pixels, k.tile.Subs)
	place := func(p, s loopir.Index) []loopir.Index {
		out := append([]loopir.Index{}, at...)
		last := len(out) - 1
		out[last] = out[last].Add(s.Mul(lanes))
		if last > 0 {
			out[last-1] = out[last-1].Add(p)
		}
		return out
	}
	each := func(body func(p, s loopir.Index)) {
		k.Unroll("p", 0, k.tile.Pixels, func(p loopir.Index) {
			k.Unroll("s", 0, k.tile.Subs, func(s loopir.Index) { body(p, s) })
		})
	}
	each(func(p, s loopir.Index) { acc.Set(loopir.Num(t, 0), p, s) })
	k.each("i", k.inner, func(i loopir.Index) { k.step(acc, place, i, count) })
	each(func(p, s loopir.Index) {
		out := place(p, s)
		k.put(k.dst, count, k.finish(acc.At(p, s), out, count), out...)
	})
}

// step adds term i of the sum to every accumulator.
func (k *productKernel) step(acc loopir.Tile, place func(p, s loopir.Index) []loopir.Index, i, count loopir.Index) {
	factor := func(buf *loopir.Buffer, count loopir.Index, out, idx []loopir.Index) loopir.Expr {
		if buf.Batched() {
			idx[0] = out[0] // of a stack that is no broadcast: each sample has its own
		}
		if count.Equal(loopir.C(1)) {
			return widen(loopir.LoadV(loopir.Scalar(buf.Elem), buf, idx...))
		}
		return widen(k.get(buf, count, idx...))
	}
	right := k.Reg("y", wide(k.vec(k.y.Elem)), k.tile.Subs)
	k.Unroll("s", 0, k.tile.Subs, func(s loopir.Index) {
		out := place(loopir.C(0), s)
		y := factor(k.y, count, out[:k.rank:k.rank], k.right(out[:k.rank:k.rank], i))
		if y.Type().Lanes < k.target.Lanes { // a column
			y = loopir.SplatOf(k.target.Lanes, y)
		}
		right.Set(y, s)
	})
	k.Unroll("p", 0, k.tile.Pixels, func(p loopir.Index) {
		out := place(p, loopir.C(0))
		x := factor(k.x, loopir.C(1), out[:k.rank:k.rank], k.left(out[:k.rank:k.rank], i))
		if k.target.Lanes > 1 {
			x = loopir.SplatOf(k.target.Lanes, x)
		}
		x = k.Let("x", x)
		k.Unroll("s", 0, k.tile.Subs, func(s loopir.Index) {
			if x.Type().Elem.IsFloat() {
				acc.Set(loopir.FMAOf(x, right.At(s), acc.At(p, s)), p, s)
			} else {
				acc.Set(loopir.Add.Of(loopir.Mul.Of(x, right.At(s)), acc.At(p, s)), p, s)
			}
		})
	})
}

// finish makes results of sums.
func (k *productKernel) finish(sum loopir.Expr, out []loopir.Index, count loopir.Index) loopir.Expr {
	at := place{Idx: out, Count: count}
	if k.rank == 3 { // as an image of one row, see logicalDims
		at.Idx = []loopir.Index{out[0], out[1], loopir.C(0), out[2]}
	}
	sum = scaled(sum, k.alpha)
	if k.added != nil {
		sum = loopir.Add.Of(sum, scaled(widen(k.added.load(k.kernel, at)), k.beta))
	}
	return k.epilogue.apply(narrow(sum, k.x.Elem), at)
}

// scaled is x times a factor.
func scaled(x loopir.Expr, factor float64) loopir.Expr {
	if factor == 1 {
		return x
	}
	return loopir.Mul.Of(x, loopir.Num(x.Type(), factor))
}
