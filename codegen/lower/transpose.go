package lower

import (
	"fmt"

	"nncc/codegen/loopir"
	"nncc/codegen/sched"
	"nncc/ir"
)

// transposeTile turns rows of up to a vector of elements, at most as many as a vector has lanes, into columns: element
// j of row i becomes element i of result j. Rows beyond those given are zero.
func (k *kernel) transposeTile(rows []loopir.Expr, zero loopir.Expr) []loopir.Expr {
	lanes := k.target.Lanes
	tile := make([]loopir.Expr, lanes)
	for i := range tile {
		tile[i] = zero
		if i < len(rows) {
			tile[i] = k.Let("t", rows[i])
		}
	}
	// Rows that differ in one bit of their number exchange the elements that differ in it, for each bit in turn.
	for bit := 1; bit < lanes; bit *= 2 {
		upper, lower := make([]int, lanes), make([]int, lanes)
		for j := range lanes {
			upper[j], lower[j] = j, lanes+j
			if j&bit != 0 {
				upper[j] = lanes + j - bit
			} else {
				lower[j] = j + bit
			}
		}
		for i := range tile {
			if a, b := tile[i], tile[i|bit]; i&bit == 0 {
				tile[i] = k.Let("t", loopir.ShuffleOf(a, b, upper...))
				tile[i|bit] = k.Let("t", loopir.ShuffleOf(a, b, lower...))
			}
		}
	}
	return tile
}

// lowerTranspose permutes dimensions.
func lowerTranspose(l *lowerer, n *ir.Node) error {
	perm := n.Ints("perm")
	if q := swapped(n.Out().Type.Shape, perm); q >= 0 {
		return l.transposeTiles(n, perm, q)
	}
	return l.move(n, func(out []loopir.Index) []loopir.Index { return permuted(perm, out) })
}

// permuted is the place of the input that goes to out.
func permuted(perm []int, out []loopir.Index) []loopir.Index {
	in := make([]loopir.Index, len(out))
	for d, p := range perm {
		in[p] = out[d]
	}
	return in
}

// swapped is the dimension of the result that is the last of the input, if both it and the last one are long enough for
// tiles to be worth it; else -1.
func swapped(shape, perm []int) int {
	const least = 4
	last := len(perm) - 1
	for d, p := range perm {
		if p == last && d != last && d > 0 && shape[d] >= least && shape[last] >= least {
			return d
		}
	}
	return -1
}

// transposeTiles moves squares of dimensions q and the last of the result, as wide as a vector, through registers; those
// at an edge overlap the ones before.
func (l *lowerer) transposeTiles(n *ir.Node, perm []int, q int) error {
	k := newKernel(n.Op.Name, l.target)
	src, err := k.plainIn(l, n.Inputs[0])
	if err != nil {
		return err
	}
	dst, err := k.plainOut(l, n)
	if err != nil {
		return err
	}
	last, lanes := len(perm)-1, k.target.Lanes
	at := make([]loopir.Index, len(perm))
	for d := range last {
		if d != q {
			at[d] = k.grid(fmt.Sprint("d", d), dst.Dims[d])
		}
	}
	across, down := min(dst.Dims[last], lanes), min(dst.Dims[q], lanes)
	place := func(y, x loopir.Index) []loopir.Index {
		out := append([]loopir.Index{}, at...)
		out[q], out[last] = y, x
		return out
	}
	k.pieces(dst.Dims[q], down).tiles(k, func(y loopir.Index) {
		k.tiles("x", dst.Dims[last], across, func(x loopir.Index) {
			rows := make([]loopir.Expr, across)
			for i := range rows {
				rows[i] = k.get(src, loopir.C(down), permuted(perm, place(y, x.AddC(i)))...)
			}
			for j, row := range k.transposeTile(rows, loopir.Num(k.vec(src.Elem), 0))[:down] {
				k.put(dst, loopir.C(across), row, place(y.AddC(j), x)...)
			}
		})
	})
	return l.emit(k, n, n.Op.Name, sched.Tile{})
}
