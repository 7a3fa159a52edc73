package backendtest

import (
	"math"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"nncc/frontend/onnx/nodetest"
	"nncc/ir"
	"nncc/runtime/tensor"
)

// nodeCases are the ONNX project's tests of single operators: as they are, and, where they have several inputs, with
// all but the first known at build time and samples kept apart, as in a network with weights.
func nodeCases(t *testing.T) []*testCase {
	dir := os.Getenv(nodetest.EnvDir)
	if dir == "" {
		t.Skipf("%s names no folder of ONNX node tests; testdata/onnx/README.md says how to make one", nodetest.EnvDir)
	}
	listed, err := nodetest.List(dir)
	require.NoError(t, err)
	skips, err := nodetest.ReadSkips("../../testdata/onnx/skips.txt")
	require.NoError(t, err)
	require.NoError(t, skips.Check(listed))
	var cases []*testCase
	for _, c := range listed {
		if skips[c.Name] != "" {
			continue
		}
		m, err := c.Load()
		require.NoError(t, err, c.Name)
		cases = append(cases, nodeCase(c, c.Name, m))
		bound, err := c.LoadBound()
		require.NoError(t, err, c.Name)
		if batched := ir.MarkBatched(bound.Graph); batched || len(bound.Inputs) < len(m.Inputs) {
			cases = append(cases, nodeCase(c, c.Name+"/bound", bound))
		}
	}
	return cases
}

func nodeCase(c nodetest.Case, name string, m *nodetest.Model) *testCase {
	tc := newCase(name, m.Graph, m.Inputs)
	tc.check = func(t *testing.T, got []*tensor.Tensor) {
		for i, want := range m.Want {
			checkElements(t, c, want, got[i])
		}
	}
	return tc
}

// checkElements applies the tolerances that the ONNX project states: |got-want| <= ATol + RTol*|want|.
func checkElements(t *testing.T, c nodetest.Case, want, got *tensor.Tensor) {
	require.Equal(t, ir.T(want.DType, want.Shape...).String(), ir.T(got.DType, got.Shape...).String())
	g := got.Float64s()
	for i, w := range want.Float64s() {
		same := g[i] == w || math.IsNaN(g[i]) && math.IsNaN(w)
		if !same && !(math.Abs(g[i]-w) <= c.ATol+c.RTol*math.Abs(w)) {
			t.Fatalf("element %d is %v, want %v", i, g[i], w)
		}
	}
}
