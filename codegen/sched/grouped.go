package sched

import (
	"cmp"
	"slices"
)

// Grouped is the schedule of a convolution whose groups do not fill channel blocks. Its vectors of output channels are
// those of one group, so that an input number is the same for all lanes; or, where groups are smaller than a vector,
// they cover whole groups, and the lanes of an input vector are spread over the outputs that read them.
type Grouped struct {
	Lanes  int // of a vector of outputs, as many as the target's or fewer
	Spread int // input channels that the outputs of a vector read, side by side in a block; 0: one group, its channels one by one
}

// grouped is the schedule for a convolution in groups of any size.
func grouped(c Conv, t Target) ConvChoice {
	g := Grouped{Lanes: t.Lanes}
	for c.GroupOutC%g.Lanes != 0 {
		g.Lanes /= 2
	}
	if spread := c.GroupInC * t.Lanes / c.GroupOutC; t.Lanes > c.GroupOutC && t.Lanes%c.GroupOutC == 0 && spread <= t.Lanes && BlockChannels%spread == 0 {
		g = Grouped{Lanes: t.Lanes, Spread: spread}
	}
	return ConvChoice{Family: ConvGrouped, In: Blocked, Out: Blocked, Grouped: g, Tiles: groupedTiles(c, t, g)}
}

// groupedTiles: Subs vectors lie in one block, and in one group unless they are spread.
func groupedTiles(c Conv, t Target, g Grouped) []Tile {
	var out []Tile
	for subs := 1; BlockChannels%(subs*g.Lanes) == 0 && (subs == 1 || g.Spread == 0 && c.GroupOutC%(subs*g.Lanes) == 0); subs *= 2 {
		for pixels := 1; pixels <= min(c.Out.W, 28); pixels++ {
			tile := Tile{Rows: 1, Pixels: pixels, Blocks: 1, Subs: subs}
			registers := tile
			if g.Spread > 0 {
				registers.Pixels *= 2 // input vectors stay for all of their lanes
			}
			if pixels*subs > 1 && !fits(registers, t) {
				break
			}
			tiles := c.Out.Blocks() * BlockChannels / g.Lanes / subs * c.Out.H * ceilDiv(c.Out.W, pixels) * c.In.N
			tile.Cycles = perTileCycles(t, c.GroupInC*c.KH*c.KW, tile) * float64(tiles)
			out = append(out, tile)
		}
	}
	slices.SortStableFunc(out, func(a, b Tile) int { return cmp.Compare(a.Cycles, b.Cycles) })
	return out
}
