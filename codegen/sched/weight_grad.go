package sched

import (
	"slices"

	"nncc/ir"
)

// WeightGradFamily is a way to compute the gradient of a convolution for its weights. All sum over samples and places of
// the result; they differ in what the lanes of a vector are.
type WeightGradFamily string

// The families.
const (
	WeightGradBlocked   WeightGradFamily = "weight-grad-blocked"   // lanes: channels of dy; x is blocked too
	WeightGradPlanar    WeightGradFamily = "weight-grad-planar"    // lanes: channels of dy; x has few channels
	WeightGradThin      WeightGradFamily = "weight-grad-thin"      // lanes: places along the row; few channels on both sides
	WeightGradDepthwise WeightGradFamily = "weight-grad-depthwise" // lanes: channels of both
	WeightGradPlain     WeightGradFamily = "weight-grad-plain"     // one number after the other, of whatever there is
)

// WeightGradChoice is the schedule of conv_weight_grad. A tile of weights stays in registers while the kernel walks over
// Rows rows of dy: Tile.Rows input channels (WeightGradThin: output channels) times Tile.Pixels weights times vectors.
type WeightGradChoice struct {
	Family WeightGradFamily
	X, DY  Kind
	Tile   Tile
	Rows   int
	Parts  int // sums over so many parts of the samples are made apart, and added in the end
}

// WeightGradOf describes the convolution for whose weights n computes the gradient: of x, its In, to dy, its Out. False if
// it is not of one or two dimensions.
func WeightGradOf(n *ir.Node) (Conv, bool) {
	dy, x := n.Inputs[0].Type, n.Inputs[1].Type
	in, ok1 := ImageOf(x)
	out, ok2 := ImageOf(dy)
	if !ok1 || !ok2 || x.Rank() < 3 {
		return Conv{}, false
	}
	c := Conv{In: in, Out: out, Groups: n.Int("groups")}
	c.setWindow(WindowOfGrad(n))
	return c, true
}

// WindowOfGrad describes how the op of which n computes a gradient reads its input: n reads dy, then x.
func WindowOfGrad(n *ir.Node) Window {
	return windowOf(n, n.Inputs[1].Type.Shape[2:], n.Inputs[0].Type.Shape[2:], n.Ints("kernel"))
}

// WindowOfPoolGrad describes how the pool of which n computes the gradient reads its input, whose gradient is n's result.
func WindowOfPoolGrad(n *ir.Node) Window {
	return windowOf(n, n.Out().Type.Shape[2:], n.Inputs[0].Type.Shape[2:], n.Ints("kernel"))
}

// ChooseWeightGrad picks family and tile for c.
func ChooseWeightGrad(c Conv, t Target) WeightGradChoice {
	whole := c.Groups == 1 || c.GroupInC%BlockChannels == 0 && c.GroupOutC%BlockChannels == 0
	switch {
	case t.Lanes > 1 && c.Groups == 1 && c.In.C < BlockChannels && c.Out.C <= BlockChannels/2 && c.SW == 1 && 2*c.Out.W >= t.Lanes && c.KW+2 <= t.Registers:
		outs := largestDivisor(c.Out.C, func(o int) bool { return o*c.KW+o+1 <= t.Registers })
		return WeightGradChoice{Family: WeightGradThin, Tile: Tile{Rows: outs, Pixels: c.KW, Blocks: 1, Subs: 1}, Rows: c.Out.H, Parts: weightGradParts(c, c.Out.C/outs)}
	case c.Groups == c.In.C && c.Groups == c.Out.C && c.Groups > 1:
		return depthwiseWeightGrad(c, t)
	case whole && c.In.C < BlockChannels:
		return planarWeightGrad(c, t)
	case whole:
		return blockedWeightGrad(c, t)
	}
	return WeightGradChoice{Family: WeightGradPlain}
}

func blockedWeightGrad(c Conv, t Target) WeightGradChoice {
	weights := BlockChannels
	if c.DW == 1 {
		weights *= c.KW
	}
	s := tileSpace{strips: oneStrip(1, weights), rowsFused: 1, multiple: 1, blocks: ceilDiv(c.GroupOutC, BlockChannels), steps: c.Out.W, repeat: 1}
	tile := firstTile(rankTiles(t, s), func(t Tile) bool { return weights%t.Pixels == 0 })
	return WeightGradChoice{Family: WeightGradBlocked, X: Blocked, DY: Blocked, Tile: tile, Rows: weightGradRows(c, 4*BlockChannels*(1+tile.Blocks)),
		Parts: weightGradParts(c, c.Out.Blocks()/tile.Blocks)}
}

func planarWeightGrad(c Conv, t Target) WeightGradChoice {
	s := tileSpace{strips: oneStrip(1, c.KW), rowsFused: 1, multiple: 1, blocks: c.Out.Blocks(), steps: c.Out.W, repeat: 1}
	tile := firstTile(rankTiles(t, s), func(t Tile) bool { return c.KW%t.Pixels == 0 })
	tile.Rows = largestDivisor(c.In.C, func(i int) bool {
		more := tile
		more.Rows = i
		return fits(more, t)
	})
	return WeightGradChoice{Family: WeightGradPlanar, DY: Blocked, Tile: tile, Rows: weightGradRows(c, 4*(c.In.C+BlockChannels*tile.Blocks)),
		Parts: weightGradParts(c, c.Out.Blocks()/tile.Blocks)}
}

func depthwiseWeightGrad(c Conv, t Target) WeightGradChoice {
	weights := largestDivisor(c.KW, func(k int) bool { return k+2 <= t.Registers })
	return WeightGradChoice{Family: WeightGradDepthwise, X: Blocked, DY: Blocked, Tile: Tile{Rows: 1, Pixels: weights, Blocks: 1, Subs: 1},
		Rows: weightGradRows(c, 2*4*BlockChannels), Parts: weightGradParts(c, c.Out.Blocks())}
}

// firstTile is the best tile that suits.
func firstTile(ranked []Tile, suits func(Tile) bool) Tile {
	return ranked[slices.IndexFunc(ranked, suits)]
}

// largestDivisor of n that suits; 1 if none does.
func largestDivisor(n int, suits func(int) bool) int {
	for d := n; d > 1; d-- {
		if n%d == 0 && suits(d) {
			return d
		}
	}
	return 1
}

// weightGradRows is how many rows of dy, and of x above them, half of the nearest cache holds.
func weightGradRows(c Conv, pixelBytes int) int {
	const nearBytes = 16 << 10
	return max(1, min(c.Out.H, nearBytes/(pixelBytes*c.Out.W)))
}

// weightGradParts is enough for some threads, where tiles are computed apart in any case.
func weightGradParts(c Conv, tiles int) int {
	const chunks = 16
	return min(c.In.N, ceilDiv(chunks, tiles))
}
