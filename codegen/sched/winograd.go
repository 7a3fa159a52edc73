package sched

import (
	"fmt"
	"slices"
)

// Winograd is the schedule of a convolution by Winograd's minimal filtering F(OutH x OutW, KH x KW): tiles of the input
// and the kernels are transformed, multiplied place by place as matrices over channels, and transformed back. A block of
// Block tiles goes through all three stages before the next one, so that what lies between them stays in the cache.
//
// Lavin and Gray, Fast Algorithms for Convolutional Neural Networks (2015).
type Winograd struct {
	OutH   int  // output rows of a tile
	OutW   int  // output columns; where it is 1, columns are summed directly
	InH    int  // input rows, (OutH-1)*stride+KH
	InW    int  // input columns, likewise
	Block  int  // tiles of a block, at most; unless Apart, a multiple of the register tile's Pixels
	Blocks int  // how many there are, which differ by one register tile at most
	Apart  bool // all tiles are one block, transformed by a step of their own: threads then share output channels, and weights are read once
	Trims  bool // Apart, and the last tiles of a row and of a column are trimmed: see Axis
}

// tileOf is the tile of outH x outW results of c, in no schedule yet.
func tileOf(c Conv, outH, outW int) Winograd {
	return Winograd{OutH: outH, OutW: outW, InH: (outH-1)*c.SH + c.KH, InW: (outW-1)*c.SW + c.KW}
}

// Form names the transform for c, of one direction or of both: F(m,r), and the stride if there is one.
func (w Winograd) Form(c Conv) string {
	out, kernel, stride := w.OutH, c.KH, c.SH
	if w.OutH == 1 {
		out, kernel, stride = w.OutW, c.KW, c.SW
	}
	if stride > 1 {
		return fmt.Sprintf("F(%d,%d/%d)", out, kernel, stride)
	}
	return fmt.Sprintf("F(%d,%d)", out, kernel)
}

// Places is how many numbers a transformed tile has for each channel.
func (w Winograd) Places() int { return w.InH * w.InW }

// Axes are how tiles cover the result of c, down a column and across a row.
func (w Winograd) Axes(c Conv) (down, across Axis) {
	used := c.Used()
	return axis(Side{w.OutH, w.InH}, c.KH, c.SH, used.H, w.Trims), axis(Side{w.OutW, w.InW}, c.KW, c.SW, used.W, w.Trims)
}

// matrices are the products of matrices that c is by w: rows of places with as many tiles, which are positions of a matrix, the most first.
func (w Winograd) matrices(c Conv) []strip {
	var all []strip
	down, across := w.Axes(c)
	for _, y := range down.Places() {
		for _, x := range across.Places() {
			all = append(all, strip{(y.To - y.From) * (x.To - x.From), y.Tiles * x.Tiles})
		}
	}
	return all
}

// MulAdds is how many of the direct sum's multiply-adds the kernels of a choice for c do.
func (choice ConvChoice) MulAdds(c Conv) float64 {
	if choice.Family == ConvMatrix {
		return float64(choice.Matrix.Products)
	}
	if w := choice.Winograd; w.OutH > 0 {
		used := c.Used()
		return float64(positions(w.matrices(c))) / float64(used.H*used.W*c.KH*c.KW)
	}
	return 1
}

// worthCycles is what Winograd's filtering has to save in a layer where vectors hold a block of channels, and the more the
// fewer they hold: below it the precision of direct sums is worth more.
const worthCycles = 2500

// filtering is a candidate that transforms c's input as w says, unless that is less precise than t allows.
func filtering(choice ConvChoice, c Conv, t Target) Candidate {
	out := Candidate{ConvChoice: choice, Cost: choice.Cycles() + float64(worthCycles*BlockChannels/t.Lanes), drawback: "direct sums are more precise"}
	if t.StrictFP32 && !choice.Winograd.precise(c) {
		out.veto("less precise than direct sums, which --fp32 strict asks for")
	}
	return out
}

// unshared is how many times its cycles a kernel counts for that is one piece, whatever the number of threads.
const unshared = 1.1

// countPieces makes a candidate for c that is one piece, where c is worth sharing, count for more.
func (one *Candidate) countPieces(c Conv, t Target, pieces int) {
	if c.worthSharing(t) && pieces == 1 {
		one.Cost *= unshared
		one.drawback = "threads cannot share it"
	}
}

// winograd proposes schedules of this kind; none if c has none.
func winograd(c Conv, t Target) []Candidate {
	if c.DH != 1 || c.DW != 1 || c.Groups != 1 || c.In.C < BlockChannels {
		return nil
	}
	var all []Candidate
	used := c.Used()
	for _, w := range winogradTiles(c) {
		if used.H < w.OutH || used.W < w.OutW {
			continue
		}
		for _, w := range w.arrangements(c) {
			one := filtering(blockWinograd(c, t, w), c, t)
			one.countPieces(c, t, one.winogradPieces(c))
			all = append(all, one)
		}
	}
	return all
}

// arrangements are the ways to go through the tiles of c; of those that cost the same, the one whose threads pass on least comes first,
// and the one of least code.
func (w Winograd) arrangements(c Conv) []Winograd {
	apart, trimmed := w, w
	apart.Apart = true
	trimmed.Apart, trimmed.Trims = true, true
	if down, across := trimmed.Axes(c); !down.Trimmed() && !across.Trimmed() {
		return []Winograd{w, apart}
	}
	return []Winograd{w, apart, trimmed}
}

// winogradPieces is how many pieces threads can share: groups of channels, or blocks of tiles.
func (choice ConvChoice) winogradPieces(c Conv) int {
	if choice.Winograd.Apart {
		return c.In.N * c.Out.Blocks() / choice.Tiles[0].Blocks
	}
	return c.In.N * choice.Winograd.Blocks
}

// squareOutputs lists, by side and stride of the kernel, output tiles whose transforms have at most seven points, and of 3x3 kernels
// six: larger ones multiply less but lose precision, and their transforms take longer.
var squareOutputs = map[[2]int][]int{{3, 1}: {2, 3, 4}, {5, 1}: {2, 3}, {3, 2}: {2, 4}}

// winogradTiles lists the tiles for c: of both directions if the kernel is square, or of the only one it has.
func winogradTiles(c Conv) []Winograd {
	poolable := c.PoolH == 2 && c.PoolW == 2 // windows lie within square tiles that start at even places
	var all []Winograd
	switch {
	case c.KH == c.KW && c.SH == c.SW && (c.PoolH == 0 || poolable):
		for _, out := range squareOutputs[[2]int{c.KH, c.SH}] {
			if c.PoolH == 0 || out%c.PoolH == 0 {
				all = append(all, tileOf(c, out, out))
			}
		}
	case c.PoolH > 0:
	case c.KH == 1:
		for _, out := range rowOutputs[[2]int{c.KW, c.SW}] {
			all = append(all, tileOf(c, 1, out))
		}
	case c.KW == 1:
		for _, out := range rowOutputs[[2]int{c.KH, c.SH}] {
			all = append(all, tileOf(c, out, 1))
		}
	}
	return all
}

// precise reports whether a filtering is as precise as direct sums: its points are 0, 1, -1 and infinity, whose transforms
// only add and halve.
func (w Winograd) precise(c Conv) bool {
	return w.OutH+ceilDiv(c.KH, c.SH)-1 <= 4 && (w.OutW == 1 || w.OutW+ceilDiv(c.KW, c.SW)-1 <= 4)
}

// blockWinograd chooses the tiles of registers and caches for a transform.
func blockWinograd(c Conv, t Target, w Winograd) ConvChoice {
	matrices := w.matrices(c)
	places, tiles := w.Places(), matrices[0].width
	depth, blocks := c.In.Blocks()*BlockChannels, c.Out.Blocks()
	ranked := rankTiles(t, tileSpace{strips: matrices, rowsFused: 1, multiple: 1, narrows: w.Trims || w.Apart && t.narrows(), fits: w.Trims, hidden: hiddenPlain, blocks: blocks, steps: c.In.C, repeat: c.In.N})
	inputBytes, weightBytes := 4*places*depth, 4*places*depth*blocks*BlockChannels // inputBytes: of one tile
	data := streamed{bytes: weightBytes * c.In.N, resident: c.Resident}
	if w.Apart {
		w.Block, w.Blocks = tiles, 1
		if c.worthSharing(t) {
			ranked = prefer(ranked, unshared, func(t Tile) bool { return blocks*c.In.N/t.Blocks > 1 })
		}
		if data.passBytes = 4 * positions(matrices) * depth; data.passBytes > t.L2Bytes { // written, which reads it too, and read for each group of channels
			data.between = data.passBytes * c.In.N * (2 + blocks/ranked[0].Blocks)
		}
		if all := data.passBytes * c.In.N; all > t.L2Bytes && c.In.N > 1 { // written for all images before it is read
			data.again, data.passBytes = max(data.again, all)+all, all
		}
	} else {
		// Pieces of equal size are easier to share between threads.
		ranked = prefer(ranked, 1.05, func(t Tile) bool { return tiles%t.Pixels == 0 })
		pixels := ranked[0].Pixels
		ranked = sameWidth(ranked, pixels)
		w.Block = max(1, min(t.L2Bytes/4/inputBytes, ceilDiv(tiles, 2))/pixels) * pixels
		w.Blocks = evenBlocks(ceilDiv(tiles, w.Block), tiles/pixels)
		if data.passBytes = weightBytes; weightBytes > t.L2Bytes/2 {
			data.again = weightBytes * c.In.N * (w.Blocks - 1)
		}
	}
	// Transforms move a vector a few times and add; measured per vector of input and of output.
	transforms := 2.5 * float64(positions(matrices)*BlockChannels/t.Lanes*c.In.N) * (float64(c.In.Blocks()) + 0.8*float64(blocks))
	for i := range ranked {
		ranked[i].Cycles = t.with(ranked[i].Cycles+transforms, data)
	}
	return ConvChoice{Family: ConvWinograd, In: Blocked, Out: Blocked, Tiles: ranked, Winograd: w, Ahead: aheadFor(weightBytes, t)}
}

// evenBlocks is count, or one more where two threads would have unequal parts of few blocks, up to most.
func evenBlocks(count, most int) int {
	const few = 16
	if count%2 == 1 && count > 1 && count < min(most, few) {
		return count + 1
	}
	return count
}

// prefer moves the first tile that is good to the front, if it costs up to so many times as much as the best.
func prefer(tiles []Tile, most float64, good func(Tile) bool) []Tile {
	for i, t := range tiles {
		if t.Cycles > most*tiles[0].Cycles {
			break
		}
		if good(t) {
			return append([]Tile{t}, slices.Delete(slices.Clone(tiles), i, i+1)...)
		}
	}
	return tiles
}

// sameWidth keeps the tiles of as many pixels, which divide the block.
func sameWidth(tiles []Tile, pixels int) []Tile {
	var out []Tile
	for _, t := range tiles {
		if t.Pixels == pixels {
			out = append(out, t)
		}
	}
	return out
}
