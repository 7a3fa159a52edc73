package grad_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"nncc/ir"
	"nncc/ir/interp"
	"nncc/ir/passes/grad"
	"nncc/ir/passes/grad/gradtest"
	"nncc/runtime/tensor"
)

// keptBytes is the size of what the backward pass reads of the forward pass.
func keptBytes(g *ir.Graph) int {
	loss, bytes, seen := 0, 0, map[*ir.Value]bool{}
	for i, n := range g.Nodes {
		if n.Op.Name == "cross_entropy" {
			loss = i
		}
	}
	made := map[*ir.Node]bool{}
	for _, n := range g.Nodes[:loss] {
		made[n] = true
	}
	for _, n := range g.Nodes[loss:] {
		for _, v := range n.Inputs {
			if v != nil && v.Def != nil && made[v.Def] && !seen[v] {
				seen[v] = true
				bytes += v.Type.Bytes()
			}
		}
	}
	return bytes
}

// What is computed anew is the same, to the last bit, and need not be kept.
func TestRecompute(t *testing.T) {
	r := gradtest.Residual(t, fixture)[0]
	inputs := r.Inputs(0)
	step := func(recompute int) (g *ir.Graph, results []*tensor.Tensor) {
		g, err := grad.Step(r.Model, grad.Options{Batch: 16, Recompute: recompute})
		require.NoError(t, err)
		require.NoError(t, ir.Verify(g))
		outputs, next, err := interp.Step(g, inputs, interp.InitialStates(g), interp.Options{})
		require.NoError(t, err)
		return g, append(outputs, next...)
	}
	g, want := step(0)
	before := keptBytes(g)
	for _, count := range []int{1, 2, math.MaxInt} {
		g, got := step(count)
		after := keptBytes(g)
		require.Less(t, after, before)
		for i := range want {
			require.True(t, want[i].Equal(got[i]), "result %d", i)
		}
		before = after
	}
}
