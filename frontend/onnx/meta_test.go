package onnx

import (
	"testing"

	"github.com/stretchr/testify/require"

	"nncc/ir"
)

func TestMetadata(t *testing.T) {
	m, err := meta(map[string]string{
		"license": "MIT", "author": "somebody", "other": "{", ClassesKey: `["cat", "dog"]`, PreprocessKey: `{"Scale": 1, "Mean": [0.5], "Order": "bgr"}`,
	})
	require.NoError(t, err)
	require.Equal(t, ir.Meta{License: "MIT", Provenance: "somebody", Classes: []string{"cat", "dog"},
		Preprocess: &ir.Preprocess{Scale: 1, Mean: []float64{0.5}, Order: "bgr"}}, m)
	for text, want := range map[string]string{
		`{"Scale": "x"}`:   "metadata nncc.preprocess: json: cannot unmarshal string",
		`{"Order": "rbg"}`: `metadata nncc.preprocess: order "rbg" is neither rgb nor bgr`,
		`{`:                "metadata nncc.preprocess: unexpected end of JSON input",
	} {
		_, err := meta(map[string]string{PreprocessKey: text})
		require.ErrorContains(t, err, want)
	}
}
