package irtest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"nncc/ir"
	"nncc/ir/interp"
)

// Random graphs must be valid, differ, and in a few hundred seeds use every op.
func TestRandomGraph(t *testing.T) {
	used, batched := map[string]bool{}, 0
	for seed := range uint64(300) {
		g := RandomGraph(seed)
		require.NoError(t, ir.Verify(g), "seed %d", seed)
		require.Equal(t, g.String(), RandomGraph(seed).String(), "seed %d", seed)
		for _, n := range g.Nodes {
			used[n.Op.Name] = true
		}
		if g.Batched {
			batched++
		}
	}
	for _, o := range ir.Ops {
		if o.Class != ir.Region {
			require.True(t, used[o.Name], o.Name)
		}
	}
	require.Greater(t, batched, 100)
	require.Less(t, batched, 250)
}

func TestRandomConv(t *testing.T) {
	for seed := range uint64(100) {
		g := RandomConv(seed)
		require.NoError(t, ir.Verify(g), "seed %d", seed)
		_, err := interp.Run(g, Inputs(g, seed), interp.Options{})
		require.NoError(t, err, "seed %d", seed)
	}
}
