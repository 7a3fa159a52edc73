package onnx

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"nncc/ir"
	"nncc/runtime/tensor"
)

func TestInputDimensions(t *testing.T) {
	relu := nodeOf("Relu", "r", []string{"x"}, []string{"y"})
	cases := []struct {
		name    string
		dims    []any
		options map[string]int
		shape   []int
		batched bool
	}{
		{"fixed batch of 1", []any{1, 3}, nil, []int{1, 3}, true},
		{"fixed batch", []any{4, 3}, nil, []int{4, 3}, false},
		{"named batch", []any{"N", 3}, nil, []int{1, 3}, true},
		{"unnamed batch", []any{"", 3}, nil, []int{1, 3}, true},
		{"named batch with a size", []any{"N", 3}, map[string]int{"N": 2}, []int{2, 3}, false},
		{"other dimensions", []any{"N", "H", ""}, map[string]int{"H": 5, "x.2": 7}, []int{1, 5, 7}, true},
		{"scalar", nil, nil, []int{}, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			g, err := Parse(modelOf(17, input("x", float, c.dims...), relu, output("y")), "m.onnx", Options{Dims: c.options})
			require.NoError(t, err)
			require.Equal(t, ir.T(tensor.F32, c.shape...).String(), g.Inputs[0].Type.String())
			require.Equal(t, c.batched, g.Batched)
		})
	}
}

func TestOptionsThatFitNothing(t *testing.T) {
	model := modelOf(17, input("x", float, "N", "H"), nodeOf("Relu", "r", []string{"x"}, []string{"y"}), output("y"))
	cases := map[string]struct {
		options Options
		want    string
	}{
		"dimension":    {Options{Dims: map[string]int{"W": 2, "H": 2}}, `m.onnx: there is no symbolic dimension "W" (the model's are: H, N)`},
		"negative":     {Options{Dims: map[string]int{"H": -2}}, `m.onnx: input "x" f32[1, -2] has a negative dimension`},
		"bound input":  {Options{Dims: map[string]int{"H": 2}, BindInputs: map[string]*tensor.Tensor{"z": nil}}, `m.onnx: there is no input "z" to bind`},
		"bound dtype":  {Options{BindInputs: map[string]*tensor.Tensor{"x": tensor.New(tensor.I64, 1, 2)}}, `m.onnx: input "x" is f32, the tensor bound to it i64`},
		"bound shape":  {Options{BindInputs: map[string]*tensor.Tensor{"x": tensor.New(tensor.F32, 1)}}, `m.onnx: the tensor bound to input "x" has shape [1], which does not fit`},
		"missing dims": {Options{}, `m.onnx: dimension 1 of input "x" is not fixed (give it a size with --dim H=N)`},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := Parse(model, "m.onnx", c.options)
			require.EqualError(t, err, c.want)
		})
	}
}

// TestOtherFirstDimension covers inputs whose first dimensions are different ones, so that only one can be the batch.
func TestOtherFirstDimension(t *testing.T) {
	model := modelOf(17, input("x", float, "N", 3), input("same", float, "N", 3), input("other", float, "M", 3),
		nodeOf("Sum", "r", []string{"x", "same", "other"}, y), output("y"))
	_, err := Parse(model, "m.onnx", Options{})
	require.EqualError(t, err, `m.onnx: dimension 0 of input "other" is not fixed (give it a size with --dim M=N)`)
	g, err := Parse(model, "m.onnx", Options{Dims: map[string]int{"M": 1}})
	require.NoError(t, err)
	require.True(t, g.Batched)
}

// TestInitializersAsInputs covers files that list weights among the inputs, as older exporters do.
func TestInitializersAsInputs(t *testing.T) {
	g, err := Parse(modelOf(17, input("x", float, 1, 3), input("w", float, 3), initializer(fill("w", 3)),
		nodeOf("Add", "n", []string{"x", "w"}, []string{"y"}), output("y")), "m.onnx", Options{})
	require.NoError(t, err)
	require.Len(t, g.Inputs, 1)
	require.True(t, g.Nodes[0].Inputs[1].IsConst())
}

func TestMeta(t *testing.T) {
	entry := func(k, v string) msg { return msg{}.text(1, k).text(2, v) }
	model := msg(modelOf(17, x, nodeOf("Relu", "r", []string{"x"}, []string{"y"}), output("y"))).
		bytes(14, entry("license", "MIT")).bytes(14, entry("author", "somebody"))
	g, err := Parse(model, "dir/net.v2.onnx", Options{})
	require.NoError(t, err)
	require.Equal(t, ir.Meta{License: "MIT", Provenance: "somebody"}, g.Meta)
	require.Equal(t, "net.v2", g.Name)
}

func TestLoadNeedsAFile(t *testing.T) {
	_, err := Load(t.TempDir(), Options{})
	require.ErrorContains(t, err, "not a regular file")
	_, err = Load(filepath.Join(t.TempDir(), "absent.onnx"), Options{})
	require.ErrorIs(t, err, os.ErrNotExist)
}
