package lower

import (
	"fmt"
	"slices"

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
			if a, b := tile[i], tile[i|bit]; i&bit == 0 && (a != zero || b != zero) {
				tile[i] = k.Let("t", loopir.ShuffleOf(a, b, upper...))
				tile[i|bit] = k.Let("t", loopir.ShuffleOf(a, b, lower...))
			}
		}
	}
	return tile
}

// lowerTranspose permutes dimensions. Those that stay side by side are one.
func lowerTranspose(l *lowerer, n *ir.Node) error {
	from, to, err := l.inOut(n, sched.Planar)
	if err != nil {
		return err
	}
	shape, perm := joined(n.Inputs[0].Type.Shape, n.Ints("perm"), to.Batched())
	dims := func(s *Storage, shape []int) []int {
		if len(shape) == 0 {
			return []int{1}
		}
		return append([]int{s.samplesOr(shape[0])}, shape[1:]...)
	}
	k := newKernel(n.Op.Name, l.target)
	result := make([]int, len(perm))
	for d, p := range perm {
		result[d] = shape[p]
	}
	src, out := k.as(k.in, from, dims(from, shape)...), dims(to, result)
	if last := len(perm) - 1; interleaves(result, perm, k.target.Lanes) {
		rows := append(out[:last-1:last-1], result[last-1]*result[last])
		k.interleave(src, k.as(k.out, to, rows...), perm)
	} else if q := swapped(result, perm, to.Batched()); q >= 0 {
		k.transposeTiles(src, k.as(k.out, to, out...), perm, q)
	} else {
		k.move(src, k.as(k.out, to, out...), func(out []loopir.Index) []loopir.Index { return permuted(perm, out) })
	}
	return l.emit(k, n, n.Op.Name, sched.Tile{})
}

// joined makes one of dimensions of shape that are side by side in the order of perm too; the first one stays alone where
// it is that of samples.
func joined(shape, perm []int, batched bool) (dims, order []int) {
	if len(shape) == 0 {
		return shape, perm
	}
	number := make([]int, len(shape)) // of the joined dimension that each becomes
	place := make([]int, len(shape))  // of each in the result
	for d, p := range perm {
		place[p] = d
	}
	for d, size := range shape {
		if follows := d > 0 && place[d] == place[d-1]+1; follows && (d > 1 || !batched) {
			dims[len(dims)-1] *= size
		} else {
			dims = append(dims, size)
		}
		number[d] = len(dims) - 1
	}
	for _, p := range perm {
		if len(order) == 0 || order[len(order)-1] != number[p] {
			order = append(order, number[p])
		}
	}
	return dims, order
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
// tiles to be worth it; else -1. Samples are no tile.
func swapped(shape, perm []int, batched bool) int {
	const least = 4
	last := len(perm) - 1
	for d, p := range perm {
		if p == last && d != last && (d > 0 || !batched) && shape[d] >= least && shape[last] >= least {
			return d
		}
	}
	return -1
}

// transposeTiles moves squares of dimensions q and the last of the result, as wide as a vector, through registers; those
// at an edge overlap the ones before.
func (k *kernel) transposeTiles(src, dst *loopir.Buffer, perm []int, q int) {
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
	k.pieces(dst.Dims[q], down, 1).tiles(k, func(y loopir.Index) {
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
}

// interleaves reports whether the last dimension of the input becomes the one before the last of the result, beside
// few enough others that vectors of them, put between one another, are vectors of the result.
func interleaves(shape, perm []int, lanes int) bool {
	last := len(perm) - 1
	if last < 1 || perm[last-1] != last || last == 1 {
		return false
	}
	parts, row := shape[last], shape[last-1]
	return parts > 1 && parts <= lanes && (lanes%parts == 0 || parts <= mostApart) && row >= lanes
}

// mostApart is how many vectors are put between one another at most, if their number is no power of two.
const mostApart = 8

// interleave puts vectors of the last dimension of the input between one another; the last ones of a row overlap those
// before.
func (k *kernel) interleave(src, dst *loopir.Buffer, perm []int) {
	last, lanes := len(perm)-1, k.target.Lanes
	row := src.Dims[last]
	parts := dst.Dims[last-1] / row
	k.eachRow(dst.Dims, func(outer []loopir.Index, _ int) {
		k.tiles("x", row, lanes, func(x loopir.Index) {
			vectors := make([]loopir.Expr, parts)
			for i := range vectors {
				out := append(append([]loopir.Index{}, outer...), x, loopir.C(i))
				vectors[i] = loopir.LoadV(k.vec(src.Elem), src, permuted(perm, out)...)
			}
			for i, v := range k.between(vectors) {
				k.Store(dst, v, append(append([]loopir.Index{}, outer...), x.Mul(parts).AddC(i*lanes))...)
			}
		})
	})
}

// between lists the first elements of all vectors, then the second ones, and so on.
func (k *kernel) between(vectors []loopir.Expr) []loopir.Expr {
	switch {
	case len(vectors) == 1:
		return vectors
	case len(vectors)%2 == 1:
		return k.oneAfterAnother(vectors)
	}
	var even, odd []loopir.Expr
	for i, v := range vectors {
		if i%2 == 0 {
			even = append(even, v)
		} else {
			odd = append(odd, v)
		}
	}
	even, odd = k.between(even), k.between(odd)
	lanes := k.target.Lanes
	low, high := make([]int, lanes), make([]int, lanes)
	for j := range lanes {
		low[j], high[j] = j/2+j%2*lanes, (lanes+j)/2+j%2*lanes
	}
	var out []loopir.Expr
	for i := range even {
		a, b := k.Let("a", even[i]), k.Let("b", odd[i])
		out = append(out, loopir.ShuffleOf(a, b, low...), loopir.ShuffleOf(a, b, high...))
	}
	return out
}

// oneAfterAnother is between for a few vectors: each result takes up elements of one vector after the other.
func (k *kernel) oneAfterAnother(vectors []loopir.Expr) []loopir.Expr {
	lanes, parts := k.target.Lanes, len(vectors)
	for i, v := range vectors {
		vectors[i] = k.Let("v", v)
	}
	out := slices.Repeat(vectors[:1], parts)
	for i := range out {
		for part := 1; part < parts; part++ {
			mask := make([]int, lanes)
			for j := range mask {
				at, from := (i*lanes+j)/parts, (i*lanes+j)%parts
				switch {
				case from == part:
					mask[j] = lanes + at
				case from < part && part > 1: // it is there already
					mask[j] = j
				case from < part:
					mask[j] = at
				}
			}
			out[i] = k.Let("v", loopir.ShuffleOf(out[i], vectors[part], mask...))
		}
	}
	return out
}
