package layertest

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"nncc/frontend/modeljson"
	"nncc/ir"
	"nncc/ir/interp"
	"nncc/ir/irtest"
	"nncc/runtime/tensor"
)

const dir = "../../../testdata/pytorch"

// TestPyTorch interprets each case.
func TestPyTorch(t *testing.T) {
	cases, err := Load(dir, t.TempDir())
	require.NoError(t, err)
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			require.NoError(t, ir.Verify(c.Graph))
			got, err := interp.Run(c.Graph, []*tensor.Tensor{c.Input}, interp.Options{})
			require.NoError(t, err)
			require.Equal(t, c.Want.Shape, got[0].Shape)
			off, err := irtest.RelativeError(c.Want, got[0])
			require.NoError(t, err)
			require.LessOrEqual(t, off, Tolerance, "%s: %v, not %v", c.Torch, got[0].Float64s(), c.Want.Float64s())
		})
	}
}

// TestEveryLayerHasACase compares the cases with the layers that the JSON Schema knows.
func TestEveryLayerHasACase(t *testing.T) {
	cases, err := Load(dir, t.TempDir())
	require.NoError(t, err)
	tested := map[string]bool{}
	for _, c := range cases {
		var layers []struct{ Type string }
		require.NoError(t, json.Unmarshal(c.Layers, &layers))
		for _, l := range layers {
			tested[l.Type] = true
		}
	}
	for _, kind := range modeljson.Kinds() {
		require.True(t, tested[kind], "no case for layer %s", kind)
	}
}
