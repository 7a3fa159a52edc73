package sched

import "math"

// DenseTiles ranks tiles for y[rows, out] = x[rows, in] * w: Pixels counts rows of x.
func DenseTiles(rows, in, out int, t Target) []Tile {
	return rankTiles(t, tileSpace{strips: oneStrip(1, rows), rowsFused: 1, multiple: 1, blocks: ceilDiv(out, BlockChannels), steps: in, repeat: 1})
}

// Parts is how many sums a result of a tile is made of: as many, up to four, as hide the latency of a multiply-add behind others.
func (tile Tile) Parts(t Target) int {
	return max(1, min(4, int(math.Ceil(t.FMAsPerCycle))*t.FMALatency/tile.Accumulators()))
}

// What GroupSamples goes by.
const (
	groupFromBytes = 256 << 10 // smaller weights stay near, and small layers are called one after the other for each sample
	mostOfGroup    = 16
	leastOfGroup   = 8 // even where a chunk is then longer than a call should be
)

// GroupSamples is how many samples of a batch share a pass over the weights of a dense layer of one row a sample, and their
// tile: Pixels counts samples, and Blocks divides that of one, the tile for a single sample. False if each is to be computed
// on its own.
func GroupSamples(rows, in, out int, one Tile, short bool, t Target) (size int, wide Tile, ok bool) {
	wide, ok = one.forSamples(short, t)
	if rows != 1 || 4*in*out < groupFromBytes || !ok {
		return 0, Tile{}, false
	}
	chunk := int64(2 * in * one.Vectors() * t.Lanes)
	for size = mostOfGroup; size > leastOfGroup && chunk*int64(size) > t.MaxCallFLOPs; {
		size /= 2
	}
	return size, wide, true
}

// forSamples is the tile for as many samples, up to four, and then as many outputs as fit the registers. Its results are sums
// of as many parts as those of tile, so that they are the same.
func (tile Tile) forSamples(short bool, t Target) (Tile, bool) {
	for pixels := 4; pixels > 1; pixels-- {
		for blocks := tile.Blocks; blocks >= 1; blocks-- {
			wide := Tile{Rows: 1, Pixels: pixels, Blocks: blocks, Subs: tile.Subs}
			registers := tile.Parts(t)*wide.Accumulators() + wide.Vectors() + 2
			if short {
				registers += 2*wide.Vectors() + 2 // what they are unpacked from, and masks
			}
			if tile.Blocks%blocks == 0 && registers <= t.Registers {
				return wide, true
			}
		}
	}
	return Tile{}, false
}
