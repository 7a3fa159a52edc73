package modeljson

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"nncc/ir/diag"
	"nncc/runtime/safetensors"
)

var update = flag.Bool("update", false, "write the expected messages, the JSON Schema and the weights of the broken models anew")

// errorDir holds broken models, each with the messages it must give.
const errorDir = "../../testdata/errors/modeljson"

// smallWeights are the weights that some broken models name.
var smallWeights = &safetensors.File{Tensors: []safetensors.Tensor{
	{Name: "fc1.weight", DType: "F32", Shape: []int{3, 4}, Data: make([]byte, 48)},
	{Name: "fc1.bias", DType: "F32", Shape: []int{5}, Data: make([]byte, 20)},
	{Name: "fc2.weigth", DType: "F32", Shape: []int{2, 5}, Data: make([]byte, 40)},
	{Name: "fc2.bias", DType: "I32", Shape: []int{2}, Data: make([]byte, 8)},
	{Name: "fc2.num_batches_tracked", DType: "I64", Shape: []int{}, Data: make([]byte, 8)},
	{Name: "head.bias", DType: "F32", Shape: []int{2}, Data: make([]byte, 8)},
}}

func TestErrors(t *testing.T) {
	if *update {
		var file bytes.Buffer
		require.NoError(t, safetensors.Write(&file, smallWeights))
		require.NoError(t, os.WriteFile(filepath.Join(errorDir, "small.safetensors"), file.Bytes(), 0o644))
	}
	files, err := filepath.Glob(filepath.Join(errorDir, "*.json"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			_, err := Load(file, Options{})
			require.Error(t, err)
			var got strings.Builder
			diag.Fprint(&got, err, func(string) (string, bool) {
				text, err := os.ReadFile(file)
				return string(text), err == nil
			})
			text := strings.ReplaceAll(got.String(), filepath.ToSlash(errorDir)+"/", "")
			golden := strings.TrimSuffix(file, ".json") + ".want"
			if *update {
				require.NoError(t, os.WriteFile(golden, []byte(text), 0o644))
			}
			want, err := os.ReadFile(golden)
			require.NoError(t, err)
			require.Equal(t, string(want), text)
		})
	}
}
