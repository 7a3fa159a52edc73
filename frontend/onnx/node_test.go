package onnx_test

import (
	"math"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"nncc/frontend/onnx/nodetest"
	"nncc/ir"
	"nncc/ir/interp"
	"nncc/runtime/tensor"
)

// TestNodes runs the ONNX project's tests of single operators through the importer and the interpreter.
func TestNodes(t *testing.T) {
	dir := os.Getenv(nodetest.EnvDir)
	if dir == "" {
		t.Skipf("%s names no folder of ONNX node tests; testdata/onnx/README.md says how to make one", nodetest.EnvDir)
	}
	cases, err := nodetest.List(dir)
	require.NoError(t, err)
	skips, err := nodetest.ReadSkips("../../testdata/onnx/skips.txt")
	require.NoError(t, err)
	require.NoError(t, skips.Check(cases))
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			m, err := c.Load()
			if reason := skips[c.Name]; reason != "" {
				require.Error(t, err, "the case works; remove it from the list of skips")
				t.Skip(reason)
			}
			require.NoError(t, err)
			require.NoError(t, ir.Verify(m.Graph))
			got, err := interp.Run(m.Graph, m.Inputs, interp.Options{})
			require.NoError(t, err)
			for i, want := range m.Want {
				compare(t, &c, want, got[i])
			}
		})
	}
}

// compare checks |got-want| <= ATol + RTol*|want| for each element, dtype and shape.
func compare(t *testing.T, c *nodetest.Case, want, got *tensor.Tensor) {
	require.Equal(t, ir.T(want.DType, want.Shape...).String(), ir.T(got.DType, got.Shape...).String())
	g := got.Float64s()
	for i, w := range want.Float64s() {
		same := g[i] == w || math.IsNaN(g[i]) && math.IsNaN(w)
		if !same && !(math.Abs(g[i]-w) <= c.ATol+c.RTol*math.Abs(w)) {
			t.Fatalf("element %d is %v, want %v", i, g[i], w)
		}
	}
}
