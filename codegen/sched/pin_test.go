package sched

import (
	"testing"

	"github.com/stretchr/testify/require"

	"nncc/ir"
)

// Every tile of every kernel that is considered can be pinned, and is used then.
func TestPins(t *testing.T) {
	g, err := ir.Parse("g", threeConvs)
	require.NoError(t, err)
	for _, target := range Targets {
		n := g.Nodes[0]
		c, _ := FusedConv(n)
		free := Assign(g, target)
		for _, other := range free.Considered[n] {
			for _, tile := range other.Tiles[:min(3, len(other.Tiles))] {
				pin := Pin{ISA: target.ISA, Conv: c.String(), Kernel: other.Kernel(c), Tile: tile.String()}
				pinned := target
				pinned.Pins = []Pin{{ISA: "mmx", Conv: c.String()}, pin}
				p := Assign(g, pinned)
				require.Empty(t, p.Unmet(g), "%+v", pin)
				require.Equal(t, pin.Kernel, p.Conv[n].Kernel(c))
				require.Equal(t, tile, p.Conv[n].Tiles[0])
				require.ElementsMatch(t, other.Tiles, p.Conv[n].Tiles)
				require.Equal(t, "measured to be fastest", p.Considered[n][0].Verdict)
				require.Len(t, p.Considered[n], len(free.Considered[n]))
				require.Equal(t, free.Conv[g.Nodes[1]], p.Conv[g.Nodes[1]], "others are as they were")
			}
		}
		wrong := Pin{ISA: target.ISA, Conv: c.String(), Kernel: "none", Tile: "1x1"}
		target.Pins = []Pin{wrong, {ISA: target.ISA, Conv: "of another model"}}
		p := Assign(g, target)
		require.Equal(t, []Pin{wrong}, p.Unmet(g))
		require.Equal(t, free.Conv, p.Conv)
	}
}
