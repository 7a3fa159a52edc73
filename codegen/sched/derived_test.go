package sched

import (
	"testing"

	"github.com/stretchr/testify/require"

	"nncc/ir"
)

const threeConvs = `graph g {
	input %x: f32[1, 64, 28, 28]
	const %w: f32[64, 64, 3, 3] = ones
	const %v: f32[256, 64, 3, 3] = ones
	const %u: f32[64, 256, 3, 3] = ones
	%a = conv(%x, %w) {pad = [1, 1, 1, 1]}
	%b = conv(%a, %v) {pad = [1, 1, 1, 1]}
	%c = conv(%b, %u) {pad = [1, 1, 1, 1], stride = [2, 2]}
	output %c
}`

// Transformed weights fit the limit, those with the least gain for their size go first, and the reason is kept.
func TestMaxDerivedBytes(t *testing.T) {
	g, err := ir.Parse("g", threeConvs)
	require.NoError(t, err)
	for _, target := range Targets {
		var before int64
		for limit := int64(8 << 20); ; limit /= 2 {
			target.MaxDerivedBytes = &limit
			p := Assign(g, target)
			var total int64
			vetoes := 0
			for _, n := range g.Nodes {
				c, _ := FusedConv(n)
				require.Equal(t, p.Conv[n], p.Considered[n][0].ConvChoice)
				total += p.Conv[n].DerivedBytes(c)
				for _, other := range p.Considered[n] {
					if other.Vetoed() {
						vetoes++
						require.Contains(t, other.Verdict, "--max-bytes")
					}
				}
			}
			require.LessOrEqual(t, total, limit)
			if limit == 8<<20 {
				require.Zero(t, vetoes, target.ISA)
				require.Positive(t, total)
			} else {
				require.LessOrEqual(t, total, before)
			}
			if before = total; limit == 0 {
				break
			}
		}
		require.Zero(t, before)
	}
}
