package sched

import (
	"cmp"
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"nncc/codegen/loopir"
)

// conv describes a convolution of square images and kernels whose result is as large as its input, divided by the stride.
func conv(in, out, size, kernel, stride, groups int) Conv {
	c := Conv{
		In: Image{1, in, size, size}, Out: Image{1, out, size / stride, size / stride}, Groups: groups, GroupInC: in / groups, GroupOutC: out / groups,
		KH: kernel, KW: kernel, SH: stride, SW: stride, DH: 1, DW: 1, Top: kernel / 2, Left: kernel / 2, Packed: true,
	}
	c.PooledH, c.PooledW = c.Out.H, c.Out.W
	return c
}

func pooled(c Conv, size int) Conv {
	c.Top, c.Left = 0, 0
	c.Out.H, c.Out.W = c.In.H-c.KH+1, c.In.W-c.KW+1
	c.PoolH, c.PoolW, c.PooledH, c.PooledW = size, size, c.Out.H/size, c.Out.W/size
	return c
}

func oneRow(c Conv) Conv {
	c.In.H, c.Out.H, c.PooledH, c.KH, c.Top = 1, 1, 1, 1, 0
	return c
}

func oneColumn(c Conv) Conv {
	c.KW, c.Left = 1, 0
	return c
}

func unpacked(c Conv) Conv {
	c.Packed = false
	return c
}

func thenFunction(c Conv) Conv {
	c.Functions = true
	return c
}

func TestFamilies(t *testing.T) {
	// Direct sums of bf16 take half the time of float32 ones.
	rounded := map[string]Family{
		"many channels, 3x3 with stride": ConvBlocked, "many weights for few pixels": ConvBlocked,
		"many channels, 1x7, one row": ConvBlocked, "many channels, 7x1": ConvBlocked,
	}
	for _, c := range []struct {
		what string
		conv Conv
		want Family
	}{
		{"many channels, 3x3", conv(64, 64, 56, 3, 1, 1), ConvWinograd},
		{"many channels, 3x3, ragged result and tiles", conv(20, 24, 15, 3, 1, 1), ConvWinograd},
		{"many channels, 1x1", conv(64, 64, 56, 1, 1, 1), ConvBlocked},
		{"many channels, 3x3 with stride", conv(64, 64, 56, 3, 2, 1), ConvWinograd},
		{"many channels, 1x1 with stride", conv(64, 64, 56, 1, 2, 1), ConvBlocked},
		{"many weights for few pixels", conv(512, 512, 7, 3, 1, 1), ConvWinograd},
		{"many channels, 1x7, one row", oneRow(conv(64, 64, 56, 7, 1, 1)), ConvWinograd},
		{"many channels, 7x1", oneColumn(conv(64, 64, 56, 7, 1, 1)), ConvWinograd},
		{"many channels, 7x7", conv(64, 64, 56, 7, 1, 1), ConvBlocked},
		{"one block, ragged result, with stride", conv(16, 10, 8, 1, 2, 1), ConvBlocked},
		{"one output of many channels", conv(64, 1, 56, 9, 1, 1), ConvThin},
		{"few outputs of a block, 5x5", conv(16, 4, 14, 5, 1, 1), ConvThinWinograd},
		{"first layer", conv(3, 64, 224, 7, 2, 1), ConvPlanarWinograd},
		{"first layer in patches", conv(3, 64, 224, 4, 4, 1), ConvPlanar},
		{"few channels on both sides", conv(3, 6, 32, 5, 1, 1), ConvThinWinograd},
		{"few channels on both sides, one row", oneRow(conv(3, 6, 32, 5, 1, 1)), ConvThin},
		{"few channels on both sides, pooled by two", pooled(conv(3, 6, 32, 5, 1, 1), 2), ConvThinWinograd},
		{"few channels on both sides, pooled by three", pooled(conv(3, 6, 32, 5, 1, 1), 3), ConvPlanar},
		{"few channels with stride", conv(3, 6, 64, 4, 2, 1), ConvPlanar},
		{"depthwise", conv(32, 32, 14, 3, 1, 32), ConvDepthwise},
		{"depthwise of many channels", conv(256, 256, 14, 3, 1, 256), ConvDepthwiseWinograd},
		{"depthwise of many channels with stride", conv(256, 256, 14, 3, 2, 256), ConvDepthwise},
		{"depthwise of many channels, 5x5", conv(256, 256, 14, 5, 1, 256), ConvDepthwise},
		{"depthwise of many channels, then a function", thenFunction(conv(256, 256, 14, 3, 1, 256)), ConvDepthwise},
		{"depthwise with ragged channels", conv(20, 20, 14, 3, 2, 20), ConvDepthwise},
		{"depthwise with several filters a channel", conv(8, 16, 14, 3, 2, 8), ConvGrouped},
		{"groups of blocks", conv(64, 64, 14, 3, 1, 4), ConvBlocked},
		{"groups of half blocks", conv(32, 32, 14, 3, 1, 4), ConvGrouped},
		{"groups of a block and a half", conv(48, 48, 14, 3, 1, 2), ConvGrouped},
		{"groups of an odd size, with stride", conv(21, 35, 14, 3, 2, 7), ConvGrouped},
		{"weights of run time", unpacked(conv(64, 64, 14, 3, 1, 1)), ConvPlain},
	} {
		for _, target := range Targets {
			choice, want := ChooseConv(c.conv, target), c.want
			if target.BF16 && !target.Matrices && rounded[c.what] != "" {
				want = rounded[c.what]
			}
			if (target.Lanes < BlockChannels || target.Matrices) && want == ConvDepthwiseWinograd { // few registers, or no units that only add
				want = ConvDepthwise
			}
			if target.Matrices && choice.Family == ConvMatrix {
				require.Contains(t, []Family{ConvBlocked, ConvWinograd, ConvThin, ConvThinWinograd, ConvPlanar, ConvPlanarWinograd}, want, "%s on %s", c.what, target.ISA)
			} else {
				require.Equal(t, want, choice.Family, "%s on %s", c.what, target.ISA)
			}
			checkTiles(t, target, c.conv, choice)
		}
	}
}

// Threads can share what is large enough, however few its channels or its tiles are.
func TestShared(t *testing.T) {
	for _, target := range Targets {
		for _, c := range []Conv{conv(16, 16, 32, 3, 1, 1), conv(32, 32, 16, 3, 1, 1), conv(64, 64, 8, 3, 1, 1)} {
			choice := ChooseConv(c, target)
			if choice.Family == ConvMatrix {
				require.Greater(t, choice.matrixPieces(c), 1, "%v on %s", c, target.ISA)
				continue
			}
			if choice.Family != ConvWinograd {
				require.True(t, target.BF16, "%v on %s", c, target.ISA)
				continue
			}
			require.Greater(t, choice.winogradPieces(c), 1, "%v on %s", c, target.ISA)
		}
	}
}

// Where the larger image is read, threads share its pixels, as long as each core has room for the weights.
func TestPieces(t *testing.T) {
	avx2, _ := LookupTarget("avx2")
	for _, c := range []struct {
		conv Conv
		want int
	}{
		{conv(512, 128, 14, 1, 1, 1), 2}, {conv(128, 512, 14, 1, 1, 1), 1}, {conv(512, 512, 14, 1, 1, 1), 1}, {conv(2048, 512, 7, 1, 1, 1), 1}, {conv(64, 64, 56, 1, 1, 1), 2}, {conv(256, 16, 28, 1, 1, 1), 8},
	} {
		one := Candidate{ConvChoice: directChoice(c.conv.flat(), avx2)}
		one.sharePieces(c.conv, avx2)
		require.Equal(t, c.want, one.Pieces, "%v in tiles of %v", c.conv, one.Tiles[0])
		require.False(t, one.Vetoed())
	}
}

// checkTiles checks what every ranked list of tiles promises.
func checkTiles(t *testing.T, target Target, c Conv, choice ConvChoice) {
	t.Helper()
	if choice.Family == ConvPlain {
		require.Empty(t, choice.Tiles)
		return
	}
	require.NotEmpty(t, choice.Tiles)
	sorted := choice.Tiles
	if choice.Family == ConvWinograd && len(sorted) > 1 { // what threads share better may come first
		require.LessOrEqual(t, sorted[0].Cycles, unshared*sorted[1].Cycles, "hardly slower than the cheapest")
		sorted = sorted[1:]
	}
	require.True(t, slices.IsSortedFunc(sorted, func(a, b Tile) int { return cmp.Compare(a.Cycles, b.Cycles) }), "cheapest first")
	subs, blocks := BlockChannels/target.Lanes, ceilDiv(c.GroupOutC, BlockChannels)
	for _, tile := range choice.Tiles {
		what := fmt.Sprintf("%+v of %+v on %s", tile, c, target.ISA)
		if choice.Winograd.OutH == 0 && choice.Family != ConvMatrix { // else rows are pooled after the transform back, or from memory
			require.Equal(t, max(c.PoolH, 1), tile.Rows, what)
		}
		if len(choice.Tiles) > 1 {
			require.Less(t, tile.Accumulators(), target.Registers, what)
			require.Positive(t, tile.Cycles, what)
		}
		switch choice.Family {
		case ConvThin, ConvThinWinograd:
			require.Zero(t, c.GroupOutC%tile.Subs, what)
			lanes := target.Lanes
			if choice.Lanes > 0 {
				lanes = choice.Lanes
			}
			require.LessOrEqual(t, lanes, c.Out.W, what)
			require.LessOrEqual(t, tile.Pixels, ceilDiv(c.Out.W, lanes), what)
		case ConvDepthwise, ConvDepthwiseWinograd:
			require.Equal(t, 1, tile.Blocks, what)
			require.Zero(t, subs%tile.Subs, what)
		case ConvGrouped:
			require.LessOrEqual(t, choice.Lanes, target.Lanes, what)
			if choice.Spread == 0 {
				require.Zero(t, c.GroupOutC%(choice.Lanes*tile.Subs), what)
			} else {
				require.Zero(t, choice.Lanes%c.GroupOutC, what)
				require.Zero(t, BlockChannels%choice.Spread, what)
			}
		case ConvMatrix:
			require.Zero(t, blocks%tile.Blocks, what)
			require.Zero(t, tile.Pixels%loopir.MatrixRows, what)
			require.LessOrEqual(t, choice.Matrix.Band, c.Used().H, what)
			require.Zero(t, choice.Matrix.Band%max(c.PoolH, 1), what)
		case ConvWinograd:
			down, across := choice.Winograd.Axes(c)
			require.Zero(t, blocks%tile.Blocks, what)
			if !choice.Winograd.Apart {
				require.Zero(t, choice.Winograd.Block%tile.Pixels, what)
			}
			require.LessOrEqual(t, tile.Pixels, down.Tiles*across.Tiles, what)
		default:
			require.Zero(t, blocks%tile.Blocks, what)
			require.Zero(t, subs%tile.Subs, what)
			require.Zero(t, tile.Pixels%max(c.PoolW, 1), what)
			require.LessOrEqual(t, tile.Pixels, c.Flat(choice).PooledW*max(c.PoolW, 1), what)
		}
	}
}

// Strict sums take no transforms but those that only add and halve.
func TestStrict(t *testing.T) {
	for _, target := range F32.Targets() {
		target.StrictFP32 = true
		choice := ChooseConv(conv(64, 64, 56, 3, 1, 1), target)
		require.Equal(t, ConvWinograd, choice.Family)
		require.Equal(t, 2, choice.Winograd.OutH)
		require.Equal(t, ConvBlocked, ChooseConv(conv(64, 64, 56, 5, 1, 1), target).Family)
		require.Equal(t, ConvPlanar, ChooseConv(conv(3, 64, 224, 7, 2, 1), target).Family)
		require.Equal(t, ConvThin, ChooseConv(conv(3, 6, 32, 5, 1, 1), target).Family)
	}
}

// The 3x3 layers of ResNet-50 fill the registers: 28 sums, or what divides a row of seven.
func TestBestTiles(t *testing.T) {
	for _, c := range []struct {
		isa  string
		conv Conv
		want string
	}{
		{"avx512", conv(64, 64, 56, 3, 1, 1), "14x2"},
		{"avx512", conv(128, 128, 28, 3, 1, 1), "14x2"},
		{"avx512", conv(256, 256, 14, 3, 1, 1), "14x2"},
		{"avx512", conv(512, 512, 7, 3, 1, 1), "7x2"},
	} {
		target, ok := LookupTarget(c.isa)
		require.True(t, ok)
		require.Equal(t, c.want, directChoice(c.conv, target).Tiles[0].String(), "%s: %+v", c.isa, c.conv)
	}
}

// Weights stay in the cache or are fetched ahead, never both.
func TestWeightTraffic(t *testing.T) {
	avx512, _ := LookupTarget("avx512")
	small := ChooseConv(conv(64, 64, 56, 1, 1, 1), avx512)
	require.True(t, small.GroupsInner)
	require.Zero(t, small.Ahead)
	large := ChooseConv(conv(512, 512, 7, 3, 1, 1), avx512)
	require.False(t, large.GroupsInner)
	require.Positive(t, large.Ahead)
	portable, _ := LookupTarget("portable")
	require.Zero(t, ChooseConv(conv(512, 512, 7, 3, 1, 1), portable).Ahead, "Go has no prefetch")
}

func TestDenseTiles(t *testing.T) {
	for _, target := range Targets {
		for _, rows := range []int{1, 5, 64} {
			for _, outs := range []int{1, 10, 16, 84, 1000} {
				tiles := DenseTiles(rows, 100, outs, target)
				require.NotEmpty(t, tiles)
				for _, tile := range tiles {
					require.Zero(t, ceilDiv(outs, BlockChannels)%tile.Blocks)
					require.LessOrEqual(t, tile.Pixels, rows)
					require.Less(t, tile.Accumulators(), target.Registers)
				}
			}
		}
	}
}

func TestLookupTarget(t *testing.T) {
	for _, want := range Targets {
		got, ok := LookupTarget(want.ISA)
		require.True(t, ok)
		require.Equal(t, want, got)
		require.Zero(t, BlockChannels%want.Lanes, "vectors fill channel blocks")
		require.Less(t, want.MinSplitFLOPs, want.MaxCallFLOPs)
	}
	_, ok := LookupTarget("mmx")
	require.False(t, ok)
}

func TestLayoutString(t *testing.T) {
	require.Equal(t, "planar", Layout{}.String())
	require.Equal(t, "blocked", Layout{Kind: Blocked}.String())
	require.Equal(t, "blocked+1+0", Layout{Kind: Blocked, Left: 1}.String())
	require.Equal(t, "7x2", Tile{Rows: 1, Pixels: 7, Blocks: 1, Subs: 2}.String())
	require.Equal(t, "2x6x4", Tile{Rows: 2, Pixels: 6, Blocks: 4, Subs: 1}.String())
}
