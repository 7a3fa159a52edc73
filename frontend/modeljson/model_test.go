package modeljson

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"nncc/ir"
	"nncc/runtime/safetensors"
	"nncc/runtime/tensor"
)

func TestWholeModel(t *testing.T) {
	g, err := parseText(`{
		"$schema": "model.schema.json", "name": "net", "license": "MIT", "provenance": "here",
		"input": {"shape": [3, 4, 4], "order": "bgr", "scale": 2, "mean": [1, 2, 3], "std": [4, 5, 6]},
		"seed": 3, "classes": ["a", "b"],
		"layers": [{"type": "globalavgpool"}, {"type": "flatten", "name": "features"}, {"type": "dense", "out": 2}],
		"outputs": ["dense1", "features"]
	}`)
	require.NoError(t, err)
	require.Equal(t, "net", g.Name)
	require.Equal(t, ir.Meta{License: "MIT", Provenance: "here", Classes: []string{"a", "b"}, Preprocess: &ir.Preprocess{
		Scale: 2, Mean: []float64{1, 2, 3}, Std: []float64{4, 5, 6}, Order: "bgr"}}, g.Meta)
	require.Equal(t, "input", g.Inputs[0].Name)
	require.Equal(t, "dense1", g.Outputs[0].Name)
	require.Equal(t, "features", g.Outputs[1].Name)
}

func TestDefaults(t *testing.T) {
	g, err := parseText(`{"input": {"shape": [1, 4, 4], "mean": [0.5]}, "layers": [{"type": "relu"}]}`)
	require.NoError(t, err)
	require.Equal(t, "model", g.Name)
	require.Equal(t, &ir.Preprocess{Scale: 1.0 / 255, Mean: []float64{0.5}, Order: "rgb"}, g.Meta.Preprocess)
	g, err = parseText(`{"input": {"shape": [4]}, "layers": [{"type": "relu"}]}`)
	require.NoError(t, err)
	require.Nil(t, g.Meta.Preprocess)
}

// TestSeed checks PyTorch's bounds, and that a parameter depends on the seed and its name only.
func TestSeed(t *testing.T) {
	weights := func(text string) map[string]*tensor.Tensor {
		g, err := parseText(text)
		require.NoError(t, err)
		out := map[string]*tensor.Tensor{}
		for _, v := range g.Constants() {
			out[v.Name] = v.Const
		}
		return out
	}
	const model = `{"input": {"shape": [8, 9, 9]}, "seed": 1, "layers": [
		{"type": "conv", "name": "c", "out": 16, "kernel": 3, "groups": 2}, {"type": "batchnorm", "name": "b"}]}`
	w := weights(model)
	bound := 1 / math.Sqrt(4*3*3)
	for _, name := range []string{"c.weight", "c.bias"} {
		largest := 0.0
		for _, v := range w[name].Float64s() {
			largest = max(largest, math.Abs(v))
		}
		require.LessOrEqual(t, largest, bound)
		require.Greater(t, largest, 0.8*bound)
	}
	for name, want := range map[string]float64{"b.weight": 1, "b.bias": 0, "b.running_mean": 0, "b.running_var": 1} {
		for _, v := range w[name].Float64s() {
			require.Equal(t, want, v, name)
		}
	}
	longer := weights(strings.Replace(model, `{"type": "conv"`, `{"type": "conv", "out": 8, "kernel": 1}, {"type": "conv"`, 1))
	require.True(t, w["c.weight"].Equal(longer["c.weight"]))
	other := weights(strings.Replace(model, `"seed": 1`, `"seed": 2`, 1))
	require.False(t, w["c.weight"].Equal(other["c.weight"]))
}

// A seed from outside takes the place of the model's, and of nothing else.
func TestSeedFromOutside(t *testing.T) {
	model := func(seed string) []byte {
		return []byte(`{"input": {"shape": [1, 4, 4]}, "layers": [{"type": "conv", "name": "c", "out": 2, "kernel": 3}]` + seed + `}`)
	}
	seven := 7
	want, err := parse("m.json", model(`, "seed": 7`), maxSeededBytes, Options{})
	require.NoError(t, err)
	got, err := parse("m.json", model(`, "seed": 1`), maxSeededBytes, Options{Seed: &seven})
	require.NoError(t, err)
	require.Equal(t, want.Constants(), got.Constants())
	_, err = parse("m.json", model(``), maxSeededBytes, Options{Seed: &seven})
	require.ErrorContains(t, err, "the model has parameters, but no weights")
}

func TestSeededParametersAreBounded(t *testing.T) {
	_, err := parseText(`{"input": {"shape": [1024]}, "seed": 1, "layers": [{"type": "dense", "out": 200}, {"type": "dense", "out": 200}, {"type": "dense", "out": 1024}]}`)
	require.ErrorContains(t, err, "bytes of random parameters")
}

// TestWeights reads parameters of several element types.
func TestWeights(t *testing.T) {
	dir := t.TempDir()
	f16 := tensor.FromFloat64s(tensor.F16, []float64{1, 2, 3, 4, 5, 6}, 3, 2)
	bf16 := tensor.FromFloat64s(tensor.BF16, []float64{0.5, -2, 8}, 3)
	f32 := tensor.FromF32([]float32{1, 2, 3}, 3)
	f64 := tensor.FromFloat64s(tensor.F64, []float64{1, 2, 0.1}, 3)
	var file bytes.Buffer
	require.NoError(t, safetensors.Write(&file, &safetensors.File{Tensors: []safetensors.Tensor{
		{Name: "fc.weight", DType: "F16", Shape: []int{3, 2}, Data: f16.Data}, {Name: "fc.bias", DType: "BF16", Shape: []int{3}, Data: bf16.Data},
		{Name: "bn.weight", DType: "F32", Shape: []int{3}, Data: f32.Data}, {Name: "bn.bias", DType: "F32", Shape: []int{3}, Data: f32.Data},
		{Name: "bn.running_mean", DType: "F32", Shape: []int{3}, Data: f32.Data}, {Name: "bn.running_var", DType: "F64", Shape: []int{3}, Data: f64.Data},
		{Name: "bn.num_batches_tracked", DType: "I64", Shape: []int{}, Data: make([]byte, 8)},
	}}))
	require.NoError(t, os.Mkdir(filepath.Join(dir, "sub"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "sub", "w.safetensors"), file.Bytes(), 0o644))
	path := filepath.Join(dir, "model.json")
	require.NoError(t, os.WriteFile(path, []byte(`{"input": {"shape": [2]}, "weights": "sub/w.safetensors",
		"layers": [{"type": "dense", "name": "fc", "out": 3}, {"type": "batchnorm", "name": "bn"}]}`), 0o644))
	g, err := Load(path, Options{})
	require.NoError(t, err)
	want := map[string][]float64{"fc.weight": {1, 2, 3, 4, 5, 6}, "fc.bias": {0.5, -2, 8}, "bn.weight": {1, 2, 3}, "bn.bias": {1, 2, 3},
		"bn.running_mean": {1, 2, 3}, "bn.running_var": {1, 2, float64(float32(0.1))}}
	for _, v := range g.Constants() {
		require.Equal(t, tensor.F32, v.Const.DType)
		require.Equal(t, want[v.Name], v.Const.Float64s(), v.Name)
		delete(want, v.Name)
	}
	require.Empty(t, want)
}

func TestLoadNeedsAFile(t *testing.T) {
	_, err := Load(t.TempDir(), Options{})
	require.ErrorContains(t, err, "not a regular file")
	large := filepath.Join(t.TempDir(), "large.json")
	require.NoError(t, os.WriteFile(large, bytes.Repeat([]byte{' '}, maxFileBytes+1), 0o644))
	_, err = Load(large, Options{})
	require.ErrorContains(t, err, "larger than")
}

func FuzzLoad(f *testing.F) {
	for _, pattern := range []string{errorDir + "/*.json", "../../testdata/models/*.json"} {
		files, err := filepath.Glob(pattern)
		require.NoError(f, err)
		require.NotEmpty(f, files)
		for _, file := range files {
			text, err := os.ReadFile(file)
			require.NoError(f, err)
			f.Add(text)
		}
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		g, err := parse(filepath.Join(errorDir, "fuzz.json"), text, 1<<16, Options{})
		if err != nil {
			return
		}
		if err := ir.Verify(g); err != nil {
			t.Fatal(err)
		}
	})
}
