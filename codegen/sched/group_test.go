package sched

import (
	"testing"

	"github.com/stretchr/testify/require"

	"nncc/ir"
	"nncc/ir/irtest"
	"nncc/ir/passes"
)

const fusedConv = `graph g {
	input %x: f32[1, 16, 9, 9]
	input %s: f32[1, 16, 9, 9]
	const %w: f32[16, 16, 3, 3] = ones
	%y = fused(%x, %w, %s) body {
		input %x: f32[1, 16, 9, 9]
		input %w: f32[16, 16, 3, 3]
		input %s: f32[1, 16, 9, 9]
`

func TestCanFuse(t *testing.T) {
	for _, c := range []struct {
		what, body string
		want       bool
	}{
		{"a chain", "%c = conv(%x, %w) {pad = [1, 1, 1, 1]}\n%a = add(%c, %s)\n%r = relu(%a)\noutput %r", true},
		{"a pool of whole windows", "%c = conv(%x, %w)\n%r = relu(%c)\n%p = maxpool(%r) {kernel = [3, 2], stride = [3, 2]}\noutput %p", true},
		{"a pool that leaves a row out", "%c = conv(%x, %w)\n%p = maxpool(%c) {kernel = [4, 2], stride = [4, 2]}\noutput %p", true},
		{"elementwise only", "%a = add(%x, %s)\n%r = relu(%a)\noutput %r", true},
		{"a window first", "%p = maxpool(%x) {kernel = [2, 2]}\n%r = relu(%p)\noutput %r", true},
		{"overlapping windows", "%c = conv(%x, %w)\n%p = maxpool(%c) {kernel = [3, 3], stride = [2, 2]}\noutput %p", false},
		{"windows with a border", "%c = conv(%x, %w)\n%p = maxpool(%c) {kernel = [2, 2], stride = [2, 2], pad = [1, 1, 1, 1]}\noutput %p", false},
		{"windows beyond the edge", "%c = conv(%x, %w)\n%p = maxpool(%c) {kernel = [2, 3], stride = [2, 3], ceil = 1}\noutput %p", false},
		{"a pool behind rows cut at the edge", "%c = conv(%x, %w) {pad = [1, 1, 1, 1]}\n%p = maxpool(%c) {kernel = [3, 3], stride = [3, 3]}\noutput %p", false},
		{"a pool of a pool", "%p = maxpool(%x) {kernel = [3, 3], stride = [3, 3]}\n%q = maxpool(%p) {kernel = [3, 3], stride = [3, 3]}\noutput %q", false},
		{"a pool of what no convolution computes", "%r = relu(%x)\n%p = maxpool(%r) {kernel = [3, 3], stride = [3, 3]}\noutput %p", false},
		{"an anchor on the second input", "%c = conv(%s, %w)\n%r = relu(%c)\noutput %r", false},
	} {
		g, err := ir.Parse("g", fusedConv+c.body+"\n}\noutput %y\n}")
		require.NoError(t, err, c.what)
		require.Equal(t, c.want, CanFuse(g.Nodes[0]), c.what)
	}
}

// What the passes fuse, one kernel computes.
func TestPassesFuseWhatKernelsCompute(t *testing.T) {
	fused := 0
	for seed := range uint64(200) {
		g := irtest.RandomGraph(seed)
		if seed%2 == 0 {
			g = irtest.RandomConv(seed)
		}
		o := passes.Options{FusePool: func(head *ir.Node, out ir.Type, pool *ir.Node) bool {
			return passes.SmallPool(head, out, pool) && CanPool(head) || CanPoolTiles(head, pool)
		}}
		_, err := passes.Run(g, o)
		require.NoError(t, err)
		for _, n := range g.Nodes {
			require.True(t, CanFuse(n), "seed %d: %v", seed, n)
			if n.Body != nil {
				fused++
			}
		}
	}
	require.Greater(t, fused, 100)
}
