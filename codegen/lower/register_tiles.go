package lower

import (
	"nncc/codegen/loopir"
	"nncc/codegen/sched"
)

// registerTiles is some of the tiles that cover a row of width results, each of which is unit positions. Narrower tiles come last;
// where there are none the last tile overlaps the one before.
type registerTiles struct {
	sched.Tile
	width, unit   int
	whole, narrow int          // of the row
	first, end    loopir.Index // tiles
}

// allTiles is all of the tiles.
func allTiles(tile sched.Tile, width, unit int) registerTiles {
	whole, narrow := tile.Split(width * unit)
	return registerTiles{tile, width, unit, whole, narrow, loopir.C(0), loopir.C(whole + narrow)}
}

// piece is one of so many pieces of all tiles.
func (t registerTiles) piece(r loopir.Index, pieces int) registerTiles {
	all := t.whole + t.narrow
	t.first, t.end = r.Mul(all).Div(pieces), r.AddC(1).Mul(all).Div(pieces)
	return t
}

// start is the first result of a tile, but for overlapping.
func (t registerTiles) start(tile loopir.Index) loopir.Index {
	x := tile.Mul(t.Pixels / t.unit)
	if t.narrow > 0 {
		x = x.Sub(tile.AddC(-t.whole).Max(loopir.C(0)))
	}
	return x.Min(loopir.C(t.width))
}

// each runs body for the first result of every tile.
func (t registerTiles) each(k *kernel, body func(x loopir.Index, tile sched.Tile)) {
	size := t.Pixels / t.unit
	whole := loopir.C(t.whole)
	switch {
	case t.whole+t.narrow == 1:
		body(loopir.C(0), t.Tile)
	case t.narrow == 0:
		k.For("t", t.first, t.end, 1, func(tile loopir.Index) {
			x := tile.Mul(size)
			if t.Overlaps(t.width * t.unit) {
				x = x.Min(loopir.C(t.width - size))
			}
			body(x, t.Tile)
		})
	default:
		k.For("t", t.first, t.end.Min(whole), 1, func(tile loopir.Index) { body(tile.Mul(size), t.Tile) })
		k.For("t", t.first.Max(whole), t.end, 1, func(tile loopir.Index) { body(tile.Mul(size-1).AddC(t.whole), t.Narrow()) })
	}
}

// fetchShare is where, in the next weights, which are for so many steps, the tile from position x on fetches in one step: the tiles of a
// row share in fetching them. The first tile alone would have to wait for memory, and the others would leave it idle.
func fetchShare(tile sched.Tile, width, steps int, x, step loopir.Index) loopir.Index {
	const b = sched.BlockChannels
	return x.Mul(b * steps / width).Add(step.Mul(ceilDiv(b*tile.Pixels, width)))
}
