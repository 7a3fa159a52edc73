package sched

import (
	"testing"

	"github.com/stretchr/testify/require"

	"nncc/ir"
)

const threeDense = `graph g {
	input %x: f32[1, 2048]
	input %rows: f32[4, 2048]
	const %w: f32[2048, 2048] = ones
	const %v: f32[1000, 2048] = ones
	const %u: f32[100, 1000] = ones
	%a = gemm(%x, %w) {trans_b = 1}
	%b = gemm(%a, %v) {trans_b = 1}
	%c = gemm(%b, %u) {trans_b = 1}
	%d = gemm(%rows, %w) {trans_b = 1}
	output %c
	output %d
}`

func TestShort(t *testing.T) {
	g, err := ir.Parse("g", threeDense)
	require.NoError(t, err)
	short := func(isa string, change func(*Target)) (names []string) {
		target, ok := LookupTarget(isa)
		require.True(t, ok)
		change(&target)
		p := Assign(g, target)
		for _, n := range g.Nodes {
			if form := p.Short[n]; form > 0 {
				names = append(names, n.Out().Name+" "+form.String())
			}
		}
		return names
	}
	nothing := func(*Target) {}
	for isa, want := range map[string][]string{
		"avx512": {"a 20-bit", "b 20-bit"}, "avx2": {"a 20-bit", "b 20-bit"}, "amx": {"a 20-bit", "b 20-bit"},
		"avx512_bf16": {"a 12-bit", "b 12-bit"}, "amx_bf16": {"a 12-bit", "b 12-bit"},
	} {
		require.Equal(t, want, short(isa, nothing), "%s: large weights that one row is multiplied with", isa)
		require.Empty(t, short(isa, func(t *Target) { t.StrictFP32 = true }), isa)
	}
	for _, isa := range []string{"neon", "portable"} {
		require.Empty(t, short(isa, nothing), "%s: unpacking takes longer than reading", isa)
	}
	require.Empty(t, short("avx512", func(t *Target) { t.SharedCacheBytes = 64 << 20 }), "weights stay in the cache")
	limit := shortF32.bytes(2048, 2048) - 1
	require.Equal(t, []string{"b 20-bit"}, short("avx512", func(t *Target) { t.MaxDerivedBytes = &limit }), "the first one does not fit")
	require.InDelta(t, 20.5/8, float64(shortF32.bytes(2048, 2048))/(2048*2048), 1e-9, "the size of a weight")
	require.InDelta(t, 12.5/8, float64(shortBF16.bytes(2048, 2048))/(2048*2048), 1e-9)
}

// Tiles for several samples fit the registers, and cut those for one evenly.
func TestGroupSamples(t *testing.T) {
	for _, target := range Targets {
		for _, out := range []int{10, 100, 1000, 4096} {
			for _, short := range []bool{false, true} {
				one := DenseTiles(1, 4096, out, target)[0]
				size, wide, ok := GroupSamples(1, 4096, out, one, short, target)
				if 4*4096*out < groupFromBytes || !ok {
					require.False(t, ok)
					continue
				}
				require.Contains(t, []int{8, 16}, size)
				require.Zero(t, one.Blocks%wide.Blocks)
				require.Equal(t, one.Subs, wide.Subs)
				require.LessOrEqual(t, one.Parts(target)*wide.Accumulators()+wide.Vectors()+2, target.Registers)
			}
		}
	}
	_, _, ok := GroupSamples(2, 4096, 4096, Tile{Rows: 1, Pixels: 1, Blocks: 4, Subs: 1}, false, Targets[0])
	require.False(t, ok, "rows of a sample share a pass anyway")
}
