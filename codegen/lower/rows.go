package lower

import "nncc/codegen/loopir"

// rowPiece is the part of a matrix's rows that one chunk computes, in tiles of size rows; the last one of the piece
// overlaps the one before.
type rowPiece struct {
	first, end loopir.Index
	size       int
}

// pieces divides rows evenly over a grid dimension, some tiles of size rows a piece, but into no fewer pieces than least as
// long as each has a tile.
func (k *kernel) pieces(rows, size, least int) rowPiece {
	const tiles = 4
	count := max(1, min(rows/size, least), rows/(tiles*size))
	r := k.grid("r", count)
	return rowPiece{r.Mul(rows).Div(count), r.AddC(1).Mul(rows).Div(count), size}
}

// tiles runs body for the first row of each tile of the piece.
func (p rowPiece) tiles(k *kernel, body func(m loopir.Index)) {
	if p.end.Sub(p.first).Equal(loopir.C(p.size)) {
		body(p.first)
		return
	}
	k.For("m", p.first, p.end, p.size, func(m loopir.Index) { body(m.Min(p.end.AddC(-p.size))) })
}
