package lower

import "nncc/codegen/loopir"

// rowPiece is the part of a matrix's rows that one chunk computes, in tiles of size rows; the last one of the piece
// overlaps the one before.
type rowPiece struct {
	first, end loopir.Index
	size       int
}

// pieces divides rows over a grid dimension, some tiles of size rows a piece, but into no fewer pieces than least as long as
// each has a tile. Rows that are left over make the last piece longer.
func (k *kernel) pieces(rows, size, least int) rowPiece {
	const tiles = 4
	all := max(1, rows/size)
	count := max(1, min(all, least), all/tiles)
	for even := count; even < min(2*count, all+1); even++ {
		if all%even == 0 {
			count = even
			break
		}
	}
	r := k.grid("r", count)
	from := func(r loopir.Index) loopir.Index { return r.Mul(all).Div(count).Mul(size) }
	return rowPiece{from(r), from(r.AddC(1)).Add(r.AddC(1).Div(count).Mul(rows - all*size)), size}
}

// tiles runs body for the first row of each tile of the piece.
func (p rowPiece) tiles(k *kernel, body func(m loopir.Index)) {
	if p.end.Sub(p.first).Equal(loopir.C(p.size)) {
		body(p.first)
		return
	}
	k.For("m", p.first, p.end, p.size, func(m loopir.Index) { body(m.Min(p.end.AddC(-p.size))) })
}
