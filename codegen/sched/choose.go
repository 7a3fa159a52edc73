package sched

import "slices"

// Family names a kind of kernel; package lower has one lowering for each.
type Family string

// The convolution families.
const (
	ConvBlocked           Family = "conv-blocked"            // blocked input, vectors over output channels
	ConvPlanar            Family = "conv-planar"             // planar input of few channels (first layers), vectors over output channels
	ConvWinograd          Family = "conv-winograd"           // small kernels, by Winograd's transforms, blocked
	ConvThin              Family = "conv-thin"               // few channels on both sides, or groups of odd sizes: vectors along the row, planar in and out
	ConvThinWinograd      Family = "conv-thin-winograd"      // few channels on both sides, by Winograd's transforms of columns
	ConvPlanarWinograd    Family = "conv-planar-winograd"    // few input channels, by Winograd's transforms of columns
	ConvDepthwise         Family = "conv-depthwise"          // one filter per channel, blocked
	ConvDepthwiseWinograd Family = "conv-depthwise-winograd" // one filter per channel, by Winograd's transforms of columns
	ConvGrouped           Family = "conv-grouped"            // groups that do not fill channel blocks, blocked
	ConvMatrix            Family = "conv-matrix"             // by matrix registers, blocked
	ConvPlain             Family = "conv-plain"              // anything, from plain memory: weights unknown at build time, other element kinds
)

// ConvChoice is the schedule of a convolution.
type ConvChoice struct {
	Family      Family
	In, Out     Kind
	Tiles       []Tile // best first; a kernel that turns out to spill takes the next
	GroupsInner bool   // channel groups run inside rows, or pieces of the only one: the weights stay in the cache and the image streams
	Pieces      int    // of the row that an image is seen as, which threads share; 0: one
	Flat        bool   // rows of the image follow one another without a halo: tiles run over them as over one
	Picked      bool   // the pixels that kernels of one pixel read with a stride are copied first, by a step of their own, and then seen as one row
	Ahead       int    // steps of the sum by which weights are prefetched, where tiles do not share in fetching those that come next; 0: they are not
	Winograd    Winograd
	Matrix      Matrix
	Lanes       int // of the kernel's vectors; 0: as many as the target's
	Spread      int // of ConvGrouped: input channels that the outputs of a vector read, side by side in a block; 0: one group, its channels one by one
}

// ChooseConv picks family and tile for c.
func ChooseConv(c Conv, t Target) ConvChoice { return Candidates(c, t)[0].ConvChoice }

// Rounds reports whether the kernels of the choice sum up products of bf16.
func (choice ConvChoice) Rounds(t Target) bool {
	return t.BF16 && choice.Family == ConvBlocked || choice.Family == ConvMatrix
}

// thinCandidates are for a convolution with few channels on both sides.
func thinCandidates(c Conv, t Target) []Candidate {
	choice := ConvChoice{Family: ConvThin, Tiles: thinTiles(c, t)}
	row := c // one row of the result, not pooled
	row.In.N, row.KH, row.PoolH, row.PooledH = 1, 1, 0, 1
	return append(direct(choice), rowWinograd(c, t, choice, ConvThinWinograd, thinTiles(row, t))...)
}

// planarCandidates are for a convolution with few input channels.
func planarCandidates(c Conv, t Target) []Candidate {
	choice := ConvChoice{Family: ConvPlanar, In: Planar, Out: Blocked, Tiles: convTiles(c, t, c.GroupInC*c.KH*c.KW)}
	unit := max(c.PoolW, 1)
	row := tileSpace{strips: oneStrip(1, c.PooledW*unit), rowsFused: 1, multiple: unit, blocks: c.Out.Blocks(), steps: c.GroupInC * c.KW, repeat: 1, hidden: hiddenPlain}
	all := append(direct(choice), rowWinograd(c, t, choice, ConvPlanarWinograd, rankTiles(t, row))...)
	return append(all, matrixCandidates(c, t)...)
}

// directChoice is the schedule of the direct convolution of blocked images.
func directChoice(c Conv, t Target) ConvChoice {
	steps := ceilDiv(c.GroupInC, BlockChannels) * BlockChannels * c.KH * c.KW
	if c.KW == 1 {
		steps = c.GroupInC * c.KH
	}
	weightBytes := 4 * c.Out.C * steps
	if t.BF16 { // each step multiplies pairs
		steps, weightBytes, t.FMALatency = (steps+1)/2, weightBytes/2, dotLatency
		if t.DotsPerCycle > 0 {
			t.FMAsPerCycle = t.DotsPerCycle
		}
	}
	tiles := convTiles(c, t, steps)
	reads := 1.0 // what reading adds
	if c.picksPixels() && t.Lanes < BlockChannels {
		reads = stridedReads
	}
	for i := range tiles {
		tiles[i].Cycles = t.with(reads*tiles[i].Cycles, streamed{bytes: weightBytes, resident: c.Resident})
	}
	return ConvChoice{Family: ConvBlocked, In: Blocked, Out: Blocked, Tiles: tiles, GroupsInner: weightBytes <= t.L2Bytes/2, Ahead: aheadFor(weightBytes, t)}
}

// stridedReads is how many times its cycles a kernel takes that leaves out every other pixel, measured: 1.0 for 64 channels, 1.27 for 256.
const stridedReads = 1.1

// pickedCandidates are for kernels of one pixel with a stride. In the nearest cache, pixels that are read share half of the
// places or fewer; copied they lie side by side, and make one row. Tiles of vectors that hold a block of channels read so much
// less often that it does not matter.
func pickedCandidates(c Conv, t Target) []Candidate {
	if !c.picksPixels() || t.Lanes == BlockChannels {
		return nil
	}
	one := Candidate{ConvChoice: directChoice(c.Picked().flat(), t)}
	one.Picked, one.Flat = true, true
	bytes := 4 * c.In.N * c.In.Blocks() * BlockChannels * c.Out.H * c.Out.W
	copied := streamed{between: 2 * bytes, passBytes: bytes} // written and read
	for i := range one.Tiles {
		one.Tiles[i].Cycles = t.with(one.Tiles[i].Cycles, copied)
	}
	one.Cost = one.Cycles()
	one.sharePieces(c, t)
	return []Candidate{one}
}

// dotLatency is that of a dot product of bf16 pairs in cycles, on processors where it is fast.
const dotLatency = 6

// aheadFor is how many steps of a sum ahead its weights are prefetched: not at all where they stay in the cache.
func aheadFor(weightBytes int, t Target) int {
	if t.Lanes == 1 || weightBytes <= t.L2Bytes/4 {
		return 0
	}
	return 64
}

func convTiles(c Conv, t Target, steps int) []Tile {
	s := tileSpace{strips: oneStrip(c.Out.H, c.Out.W), rowsFused: 1, multiple: 1, blocks: ceilDiv(c.GroupOutC, BlockChannels), steps: steps, repeat: c.Groups * c.In.N, rereads: true}
	if c.PoolH > 0 {
		s.strips, s.rowsFused, s.multiple = oneStrip(c.PooledH, c.PooledW*c.PoolW), c.PoolH, c.PoolW
	}
	s.narrows = s.multiple == 1 && t.narrows()
	if t.Lanes > 1 {
		s.spare = (s.blocks*BlockChannels - c.GroupOutC) / t.Lanes
	}
	return rankTiles(t, s)
}

// isThin: with up to half a block of output channels, vectors of channels would be mostly empty; vectors along the row are full.
func isThin(c Conv, t Target) bool {
	if c.In.C >= BlockChannels || c.Out.C > BlockChannels/2 || c.SW != 1 || c.Groups != 1 || c.Out.W < t.Lanes {
		return false
	}
	poolable := c.PoolH == 0 || c.PoolH == 2 && c.PoolW == 2
	return poolable && len(thinTiles(c, t)) > 0
}

// thinTiles: Pixels counts vectors along the row, Subs output channels. With a fused pool a tile holds the whole row,
// whose last vector overlaps the one before, or, of scalars, pairs of columns.
func thinTiles(c Conv, t Target) []Tile {
	rows, all := max(c.PoolH, 1), ceilDiv(c.Out.W, t.Lanes)
	var out []Tile
	for channels := 1; channels <= min(c.GroupOutC, t.Registers); channels++ {
		for vectors := 1; vectors <= all; vectors++ {
			tile := Tile{Rows: rows, Pixels: vectors, Blocks: 1, Subs: channels}
			inputs := rows * vectors
			if channels == 1 {
				inputs = 0 // read straight from memory, once
			}
			wholePool := c.PoolH == 0 || vectors == all || t.Lanes == 1 && vectors%2 == 0
			if c.GroupOutC%channels != 0 || !wholePool || tile.Accumulators()+inputs+2 > t.Registers {
				continue
			}
			step := max(float64(tile.Accumulators())/t.FMAsPerCycle, float64(rows*vectors+channels)/float64(t.LoadsPerCycle), float64(t.FMALatency))
			step += t.VectorLoadCycles*float64(rows*vectors) + t.BroadcastCycles*float64(channels)
			steps := c.GroupInC * c.KH * c.KW * c.PooledH * c.In.N
			tile.Cycles = step * float64(steps*ceilDiv(all, vectors)*(c.Out.C/channels))
			out = append(out, tile)
		}
	}
	slices.SortStableFunc(out, cheapest)
	return out
}

// ProductTile chooses the tile for a product of matrices of which none is packed: Pixels counts rows and Subs vectors
// along them, which do not reach beyond the columns unless one vector does.
func ProductTile(rows, columns, steps int, t Target) Tile {
	vectors := max(1, columns/t.Lanes)
	var best Tile
	for subs := 1; subs <= min(vectors, 4); subs++ {
		for pixels := 1; pixels <= rows; pixels++ {
			tile := Tile{Rows: 1, Pixels: pixels, Blocks: 1, Subs: subs}
			if pixels > 1 && !fits(tile, t) {
				break
			}
			across := ceilDiv(ceilDiv(columns, t.Lanes), subs)
			tile.Cycles = perTileCycles(t, steps, 1, tile) * float64(across*ceilDiv(rows, pixels))
			if best.Pixels == 0 || tile.Cycles < best.Cycles {
				best = tile
			}
		}
	}
	return best
}
