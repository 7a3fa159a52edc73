package sched

import (
	"slices"

	"nncc/codegen/loopir"
)

// Matrix is the schedule of a convolution by matrix registers: the rows of the image that a band of the result needs are
// packed as rows of bf16, one for each pixel, and for every place of the kernel their matrices are multiplied with those
// of the weights. float32 numbers are split into two of bf16, upper and lower half, and the product of the two lower
// halves is left out: what remains has an error of some 2^-17.
//
// Henry, Tang and Heinecke, Leveraging the bfloat16 Artificial Intelligence Datatype for Higher-Precision Computations (2019).
type Matrix struct {
	Band  int  // rows of the result that are computed from one packing
	Apart bool // the whole image is packed by a step of its own: threads then share output channels, and weights are read once

	Terms, Products int // bf16 that stand for a number, and products of them for a product: 1 and 1, or 2 and 3
}

// Form names the matrices of weights.
func (m Matrix) Form() string {
	if m.Terms == 1 {
		return "bf16 matrices"
	}
	return "split matrices"
}

// MatrixDepth is how many channels a row of a matrix register holds as bf16.
const MatrixDepth = 32

// Matrices is how many rows of matrix registers the channels of a pixel fill.
func (m Image) Matrices() int { return ceilDiv(m.Blocks()*BlockChannels, MatrixDepth) }

// What matrix registers take, in cycles, measured on a Xeon of the fifth generation.
const (
	matrixDotCycles  = 21 // of a product, loads included, where its factors are near
	matrixPackCycles = 10 // to split a vector of 16 channels, or as much gathered from a planar image, and store both halves; of numbers kept as bf16 to move two
	matrixSumCycles  = 9  // to bring a vector of results through memory, its epilogue included
)

// MatrixShape is the image a convolution by matrices multiplies with: the packed rows of a band lie one after the other,
// so that a matrix may begin anywhere and the positions between two rows are computed for nothing.
type MatrixShape struct {
	Pitch                   int // positions from one row to the next
	ExtraRows, ExtraColumns int // that a kernel reaches beyond its position
	Positions               int // of the result, rounded up to whole register tiles
}

// ShapeFor is the shape for a band of so many rows.
func (c Conv) ShapeFor(rows, pixels int) MatrixShape {
	s := MatrixShape{ExtraRows: (c.KH - 1) * c.DH / c.SH, ExtraColumns: (c.KW - 1) * c.DW / c.SW}
	width := c.Used().W
	s.Pitch = width + s.ExtraColumns
	s.Positions = ceilDiv((rows-1)*s.Pitch+width, pixels) * pixels
	return s
}

// Packed is how many positions are packed.
func (s MatrixShape) Packed() int { return s.Positions + s.ExtraRows*s.Pitch + s.ExtraColumns }

// FoldLanes is how many columns of the kernel a folded image has room for side by side, or a multiple of it.
const FoldLanes = 8

// Folded is c with all that a kernel row sees of a planar image as channels of one pixel: for each channel its columns, in
// groups of FoldLanes. Kernel and image are then one column and as many pixels wide as the result.
func (c Conv) Folded() Conv {
	c.In.C, c.In.W = c.In.C*ceilDiv(c.KW, FoldLanes)*FoldLanes, c.Out.W
	c.KW, c.SW, c.DW, c.Left, c.GroupInC = 1, 1, 1, 0, c.In.C
	return c
}

// MatrixPhases lists the remainders that kernel places leave when divided by the stride: each is an image of its own.
func (c Conv) MatrixPhases() (rows, columns []int) {
	phases := func(kernel, dilation, stride int) (out []int) {
		for k := range kernel {
			if p := k * dilation % stride; !slices.Contains(out, p) {
				out = append(out, p)
			}
		}
		return out
	}
	return phases(c.KH, c.DH, c.SH), phases(c.KW, c.DW, c.SW)
}

// matrixCandidates proposes schedules by matrix registers; none where the target has none.
func matrixCandidates(c Conv, t Target) []Candidate {
	planar := c.In.C < BlockChannels
	if !t.Matrices || c.Groups != 1 || planar && c.DW > 1 || c.Used().H == 0 {
		return nil
	}
	var all []Candidate
	for _, apart := range []bool{true, false} {
		if planar && apart {
			continue
		}
		one := Candidate{ConvChoice: matrixChoice(c, t, apart)}
		one.Cost = one.Cycles()
		if !t.BF16 && t.StrictFP32 {
			one.veto("less precise than direct sums, which --fp32 strict asks for")
		}
		one.countPieces(c, t, one.matrixPieces(c))
		all = append(all, one)
	}
	return all
}

// matrixPieces is how many pieces threads can share.
func (choice ConvChoice) matrixPieces(c Conv) int {
	if choice.Matrix.Apart {
		return c.In.N * c.Out.Blocks() / choice.Tiles[0].Blocks
	}
	return c.In.N * ceilDiv(c.Used().H, choice.Matrix.Band)
}

// matrixChoice chooses the band: all rows, or as many as stay in a quarter of the private cache.
func matrixChoice(c Conv, t Target, apart bool) ConvChoice {
	in := Blocked
	if c.In.C < BlockChannels {
		in, c = Planar, c.Folded()
	}
	tile := matrixTile(c.Out.Blocks())
	terms, products := t.matrixTerms()
	rowPhases, columnPhases := c.MatrixPhases()
	phases, used := len(rowPhases)*len(columnPhases), c.Used()
	depth := c.In.Matrices() * MatrixDepth
	bytes := func(rows int) int { return 2 * terms * phases * depth * c.ShapeFor(rows, tile.Pixels).Packed() }
	unit := max(c.PoolH, 1)
	bands := 1
	for !apart && bands < used.H/unit && bytes(bandRows(used.H, bands, unit)) > t.L2Bytes/4 {
		bands++
	}
	if !apart && bands == 1 && c.worthSharing(t) && used.H >= 2*unit {
		bands = 2
	}
	m := Matrix{Band: bandRows(used.H, bands, unit), Apart: apart, Terms: terms, Products: products}
	bands = ceilDiv(used.H, m.Band)
	shape := c.ShapeFor(m.Band, tile.Pixels)
	places, times := c.KH*c.KW, bands*c.In.N
	dots := shape.Positions / loopir.MatrixRows * c.Out.Blocks() * depth / MatrixDepth * places * products
	weightBytes := 2 * terms * depth * places * c.Out.Blocks() * BlockChannels
	cycles := float64(times) * (matrixDotCycles*float64(dots) +
		float64(matrixPackCycles*terms*phases*c.In.Blocks()*(m.Band+shape.ExtraRows)*shape.Pitch)/2 +
		matrixSumCycles*float64(m.Band*used.W*c.Out.Blocks()))
	data := streamed{bytes: weightBytes * c.In.N, resident: c.Resident}
	if weightBytes > t.L2Bytes/2 {
		data.again, data.passBytes = weightBytes*c.In.N*(bands-1), weightBytes
	}
	if packed := bytes(m.Band); packed > t.L2Bytes/2 { // read for each group of channels
		data.between = packed * times * (1 + c.Out.Blocks()/tile.Blocks)
		data.passBytes = max(data.passBytes, packed)
	}
	tile.Cycles = t.with(cycles, data)
	return ConvChoice{Family: ConvMatrix, In: in, Out: Blocked, Tiles: []Tile{tile}, Matrix: m}
}

// matrixTerms is how many bf16 stand for a number, and products of them for a product.
func (t Target) matrixTerms() (terms, products int) {
	if t.BF16 {
		return 1, 1
	}
	return 2, 3
}

// matrixTile is the register tile for so many blocks of outputs: four sums, or three where the blocks are odd in number.
func matrixTile(blocks int) Tile {
	if blocks%2 == 1 {
		return Tile{Rows: 1, Pixels: 48, Blocks: 1, Subs: 1}
	}
	return Tile{Rows: 1, Pixels: 32, Blocks: 2, Subs: 1}
}

// DenseMatrix is the schedule of y[rows, out] = x[rows, in] * w by matrix registers, whose bands are of rows of x; the tile
// is that of vectors, and the answer false, where those are faster, more precise as --fp32 strict asks, or all there are.
func DenseMatrix(rows, in, out int, t Target) (Matrix, Tile, bool) {
	vectors := DenseTiles(rows, in, out, t)[0]
	if !t.Matrices || t.StrictFP32 && !t.BF16 {
		return Matrix{}, vectors, false
	}
	blocks, depth := ceilDiv(out, BlockChannels), ceilDiv(in, MatrixDepth)
	tile := matrixTile(blocks)
	terms, products := t.matrixTerms()
	const pieces = 4 // that threads share at least
	fit := t.L2Bytes / 4 / (2 * terms * depth * MatrixDepth)
	band := max(1, min(fit, ceilDiv(rows, pieces))/tile.Pixels) * tile.Pixels
	positions := ceilDiv(rows, band) * band
	tile.Cycles = matrixDotCycles*float64(positions/loopir.MatrixRows*blocks*depth*products) +
		matrixPackCycles*float64(terms*depth*rows) + matrixSumCycles*float64(blocks*rows)
	if tile.Cycles >= vectors.Cycles {
		return Matrix{}, vectors, false
	}
	return Matrix{Band: band, Terms: terms, Products: products}, tile, true
}

// bandRows divides rows into so many bands of whole units.
func bandRows(rows, bands, unit int) int { return ceilDiv(ceilDiv(rows, bands), unit) * unit }
