package sched

import (
	"cmp"
	"fmt"
	"slices"
)

// Tile is what a kernel keeps in registers while it sums: Rows x Pixels output positions times Blocks*Subs vectors of
// channels. Blocks counts blocks of 16 channels; where one vector is narrower, Subs vectors lie in each block, of which Spare in
// the last one hold no channel and are not summed.
type Tile struct {
	Rows, Pixels, Blocks, Subs int
	Spare                      int
	Narrows                    bool    // the last tiles of a row may have one position less
	Cycles                     float64 // predicted for the whole layer, from registers, loads and multiply-adds
}

// String prints 14x2, or 2x10x1 where rows are fused: rows, pixels and vectors.
func (t Tile) String() string {
	if t.Rows > 1 {
		return fmt.Sprintf("%dx%dx%d", t.Rows, t.Pixels, t.Vectors())
	}
	return fmt.Sprintf("%dx%d", t.Pixels, t.Vectors())
}

// Vectors is the number of channel vectors.
func (t Tile) Vectors() int { return t.Blocks*t.Subs - t.Spare }

// Accumulators is the number of registers that hold sums.
func (t Tile) Accumulators() int { return t.Rows * t.Pixels * t.Vectors() }

// tileSpace is the layer a tile is chosen for: a sum in steps for each position of its strips x blocks.
type tileSpace struct {
	strips    []strip // the widest first
	rowsFused int     // output rows a tile must hold
	multiple  int     // Pixels must be a multiple of this
	narrows   bool    // see Tile
	fits      bool    // tiles are fitted to each strip
	rereads   bool    // every tile of an image reads the weights anew
	hidden    float64 // share of endCycles that overlaps with the sums
	blocks    int     // channel blocks, of one group
	spare     int     // vectors of the last one without channels
	steps     int     // iterations of the innermost loop of the sum
	taps      int     // columns of the kernel in each, if it is more than one
	repeat    int     // how often all of it happens: groups times images
}

// strip is output rows (of tiles, if rows are fused by a pool) of so many positions.
type strip struct{ rows, width int }

// oneStrip is rows of the same width.
func oneStrip(rows, width int) []strip { return []strip{{rows, width}} }

// positions counts those of all strips.
func positions(strips []strip) int {
	n := 0
	for _, s := range strips {
		n += s.rows * s.width
	}
	return n
}

// rankTiles lists the tiles that fit the registers, the cheapest first; at least one.
func rankTiles(t Target, s tileSpace) []Tile {
	var out []Tile
	subs := BlockChannels / t.Lanes
	for blocks := 1; blocks <= min(s.blocks, 6); blocks++ {
		if s.blocks%blocks != 0 {
			continue
		}
		for sub := subs; sub >= 1; sub /= 2 {
			if blocks > 1 && sub != subs {
				break
			}
			for pixels := s.multiple; pixels <= min(s.strips[0].width, 32); pixels += s.multiple {
				tile := Tile{Rows: s.rowsFused, Pixels: pixels, Blocks: blocks, Subs: sub, Narrows: s.narrows}
				if s.fits && !slices.ContainsFunc(s.strips, func(s strip) bool { return tile.Fit(s.width) == tile }) {
					continue // narrower ones make the same kernel
				}
				if blocks == s.blocks && sub == subs {
					tile.Spare = s.spare
				}
				if fits(tile, t) {
					tile.Cycles = tileCycles(t, s, tile)
					out = append(out, tile)
				}
			}
		}
	}
	if len(out) == 0 { // a fused pool too wide for the registers: correct, if slow
		out = append(out, Tile{Rows: s.rowsFused, Pixels: s.multiple, Blocks: 1, Subs: 1})
	}
	slices.SortStableFunc(out, cheapest)
	return out
}

func cheapest(a, b Tile) int { return cmp.Compare(a.Cycles, b.Cycles) }

// fits leaves a register for the broadcast input and one to spare: without it LLVM spills, but not where vectors are an odd
// number of several.
func fits(tile Tile, t Target) bool {
	used := tile.Accumulators() + tile.Vectors() + 1
	return used < t.Registers || used == t.Registers && tile.Vectors()%2 == 1 && tile.Vectors() > 1
}

// Narrow is t with one position less.
func (t Tile) Narrow() Tile {
	t.Pixels--
	return t
}

// Split says how tiles cover a row of width positions: whole ones and, behind them, narrow ones. Without narrow ones the last
// tile overlaps the one before, which is better as long as few positions are computed twice.
func (t Tile) Split(width int) (whole, narrow int) {
	const few = 40 // narrow tiles save enough from one position in so many on
	tiles := ceilDiv(width, t.Pixels)
	twice := tiles*t.Pixels - width
	if !t.Narrows || twice*few < width || twice > tiles {
		return tiles, 0
	}
	return tiles - twice, twice
}

// Overlaps reports whether the last tile of a row of width positions overlaps the one before.
func (t Tile) Overlaps(width int) bool {
	_, narrow := t.Split(width)
	return narrow == 0 && width%t.Pixels != 0
}

// fewRegisters is so few that tiles are narrow, and rows often no multiple of them. Tiles for 32 registers hold 14 positions of most
// layers, which the usual rows are multiples of.
const fewRegisters = 16

// narrows reports whether rows may end in narrower tiles.
func (t Target) narrows() bool { return t.Lanes > 1 && t.Registers <= fewRegisters }

// Fit is t with no more positions than as many tiles need for a row of width positions.
func (t Tile) Fit(width int) Tile {
	t.Pixels = ceilDiv(width, ceilDiv(width, t.Pixels))
	return t
}

// tileCycles predicts the time of a layer.
func tileCycles(t Target, s tileSpace, tile Tile) float64 {
	cycles := 0.0
	for _, strip := range s.strips {
		part := tile
		if s.fits {
			part = tile.Fit(strip.width)
		}
		again := s.rereads && (strip.rows > 1 || strip.width > part.Pixels)
		cycles += float64(strip.rows) * rowCycles(strip.width, part, func(tile Tile) float64 {
			sum := perTileCycles(t, s.steps, max(s.taps, 1), tile) - s.hidden*tile.endCycles()
			if again {
				return max(sum, t.weightCycles(s.steps*tile.Vectors()))
			}
			return sum
		})
	}
	return cycles * float64(s.blocks/tile.Blocks*(BlockChannels/t.Lanes/tile.Subs)*s.repeat)
}

// rowCycles predicts the time of a row of width positions in tiles that take what cycles says.
func rowCycles(width int, tile Tile, cycles func(Tile) float64) float64 {
	whole, narrow := tile.Split(width)
	return float64(whole)*cycles(tile) + float64(narrow)*cycles(tile.Narrow())
}

// perTileCycles predicts the time of one tile: each step of the sum, for so many neighbouring taps of the kernel, is bound by
// multiply-adds, by loads, or by the latency of too few independent sums; beside the sum there are start and epilogue.
func perTileCycles(t Target, steps, taps int, tile Tile) float64 {
	const loopCycles, lateCycles = 0.5, 0.25
	latency := float64(t.FMALatency)
	if t.Lanes > 1 { // operands that come late are not made up for
		latency += lateCycles
	}
	sums, positions, vectors := float64(tile.Accumulators()), float64(tile.Rows*(tile.Pixels+taps-1)), float64(taps*tile.Vectors())
	step := max(float64(taps)*sums/t.FMAsPerCycle, (positions+vectors)/float64(t.LoadsPerCycle), float64(taps)*latency)
	step += t.BroadcastCycles*positions + t.VectorLoadCycles*vectors
	return float64(steps)*(step+loopCycles) + tile.endCycles()
}

// weightCycles is what it takes at least to read so many vectors of weights again: nothing where they stay in the nearest cache.
func (t Target) weightCycles(vectors int) float64 {
	const nearBytes = 24 << 10
	if bytes := 4 * t.Lanes * vectors; bytes > nearBytes && t.WeightBytesPerCycle > 0 {
		return float64(bytes) / t.WeightBytesPerCycle
	}
	return 0
}

// endCycles is what a tile takes beside its sums.
func (t Tile) endCycles() float64 { return startCycles + storeCycles*float64(t.Accumulators()) }

// What was measured to be hidden of endCycles where sums are stored as they are, without an epilogue, and in unrolled loops.
const hiddenPlain, hiddenUnrolled = 0.5, 0.9

// What a tile takes beside its sums: to begin, and for each vector of results.
const startCycles, storeCycles = 20, 2
