package backendtest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"nncc/frontend/modeljson/layertest"
	"nncc/ir/irtest"
	"nncc/runtime/tensor"
)

// layerCases are layers of model.json, with what PyTorch computes for them.
func layerCases(t *testing.T) []*testCase {
	listed, err := layertest.Load("../../testdata/pytorch", t.TempDir())
	require.NoError(t, err)
	var cases []*testCase
	for _, c := range listed {
		tc := newCase(c.Name, c.Graph, []*tensor.Tensor{c.Input})
		tc.check = func(t *testing.T, got []*tensor.Tensor) {
			off, err := irtest.RelativeError(c.Want, got[0])
			require.NoError(t, err)
			require.LessOrEqual(t, off, layertest.Tolerance, c.Torch)
		}
		cases = append(cases, tc)
	}
	return cases
}
