package irtest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"nncc/ir"
	"nncc/ir/interp"
)

// trains are the ops that only graphs for training have.
var trains = map[string]bool{"conv_weight_grad": true, "maxpool_grad": true, "avgpool_grad": true, "moments": true, "batchnorm_grad": true,
	"cross_entropy": true, "cross_entropy_grad": true, "random": true}

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
		if o.Class != ir.Region && !trains[o.Name] {
			require.True(t, used[o.Name], o.Name)
		}
	}
	require.Greater(t, batched, 100)
	require.Less(t, batched, 250)
}

func TestRandomConv(t *testing.T) {
	for seed := range uint64(100) {
		for _, g := range []*ir.Graph{RandomConv(seed), RandomConvStep(seed)} {
			require.NoError(t, ir.Verify(g), "seed %d", seed)
			_, err := interp.Run(g, Inputs(g, seed), interp.Options{})
			require.NoError(t, err, "seed %d", seed)
		}
	}
}
