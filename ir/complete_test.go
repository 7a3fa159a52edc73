package ir

import (
	"testing"

	"github.com/stretchr/testify/require"

	"nncc/ir/diag"
	"nncc/runtime/tensor"
)

func f32(shape ...int) *Value { return &Value{Name: "v", Type: T(tensor.F32, shape...)} }

func i64(shape ...int) *Value { return &Value{Name: "i", Type: T(tensor.I64, shape...)} }

func TestInfer(t *testing.T) {
	for _, c := range []struct {
		op     string
		attrs  Attrs
		inputs []*Value
		want   string // a type, or the error
	}{
		{"conv", nil, []*Value{f32(1, 3, 32, 32), f32(6, 3, 5, 5), f32(6)}, "f32[1, 6, 28, 28]"},
		{"conv", Attrs{"stride": []int{2, 2}, "pad": []int{3, 3, 3, 3}}, []*Value{f32(1, 3, 224, 224), f32(64, 3, 7, 7)}, "f32[1, 64, 112, 112]"},
		{"conv", Attrs{"groups": 4}, []*Value{f32(1, 4, 9), f32(8, 1, 3)}, "f32[1, 8, 7]"},
		{"conv", Attrs{"dilation": []int{2, 3}}, []*Value{f32(2, 1, 9, 9), f32(1, 1, 3, 3)}, "f32[2, 1, 5, 3]"},
		{"conv", nil, []*Value{f32(1, 3, 32, 32), f32(6, 6, 5, 5)}, "conv: input has 3 channels, weight expects 6 (weight [6, 6, 5, 5])"},
		{"conv", nil, []*Value{f32(1, 3, 2, 2), f32(6, 3, 5, 5)}, "conv: window of 5 (dilation 1) does not fit the input [2, 2] with padding [0, 0, 0, 0] (check kernel, dilation and pad, or whether the input is too small for so many pooling steps)"},
		{"conv", Attrs{"groups": 2}, []*Value{f32(1, 3, 9), f32(8, 1, 3)}, "conv: 3 input and 8 output channels cannot be split into 2 groups"},
		{"conv", Attrs{"strides": []int{2}}, []*Value{f32(1, 3, 9), f32(8, 3, 3)}, `conv: has no attribute "strides" (it takes stride, pad, dilation, groups)`},
		{"conv", Attrs{"stride": 2}, []*Value{f32(1, 3, 9), f32(8, 3, 3)}, "conv: attribute stride: is int, must be a list of integers"},
		{"conv", nil, []*Value{f32(1, 3, 9)}, "conv: has 1 inputs, needs 2 to 3"},
		{"conv", nil, []*Value{f32(1, 3, 9), f32(8, 3, 3), f32(7)}, "conv: bias is [7], needs [8] (one per output channel)"},
		{"gemm", Attrs{"trans_b": 1}, []*Value{f32(1, 400), f32(120, 400), f32(120)}, "f32[1, 120]"},
		{"gemm", nil, []*Value{f32(1, 400), f32(120, 400)}, "gemm: input has 400 features, weight expects 120 (input [1, 400], weight [120, 400])"},
		{"matmul", nil, []*Value{f32(5, 1, 2, 3), f32(4, 3, 7)}, "f32[5, 4, 2, 7]"},
		{"matmul", nil, []*Value{f32(3), f32(4, 3, 7)}, "f32[4, 7]"},
		{"matmul", nil, []*Value{f32(3), f32(3)}, "f32[]"},
		{"add", nil, []*Value{f32(2, 1, 4), f32(3, 1)}, "f32[2, 3, 4]"},
		{"add", nil, []*Value{f32(2), i64(2)}, "add: mixes f32 and i64 (cast one of them)"},
		{"sigmoid", nil, []*Value{i64(2)}, "sigmoid: needs floating-point numbers, has i64 (cast it to f32 first)"},
		{"maxpool", Attrs{"kernel": []int{3, 3}, "stride": []int{2, 2}, "pad": []int{1, 1, 1, 1}}, []*Value{f32(1, 64, 112, 112)}, "f32[1, 64, 56, 56]"},
		{"maxpool", Attrs{"kernel": []int{2}, "stride": []int{2}, "ceil": 1}, []*Value{f32(1, 1, 5)}, "f32[1, 1, 3]"},
		{"maxpool", Attrs{"kernel": []int{3}, "stride": []int{4}, "pad": []int{0, 2}, "ceil": 1}, []*Value{f32(1, 1, 4)}, "f32[1, 1, 1]"},
		{"maxpool", Attrs{"kernel": []int{2}, "pad": []int{2, 0}}, []*Value{f32(1, 1, 5)}, "maxpool: pad [2, 0] must be smaller than the kernel [2]"},
		{"maxpool", Attrs{"kernel": []int{2}, "pad": []int{1, 1}, "dilation": []int{2}}, []*Value{f32(1, 1, 1)}, "maxpool: a window of [2] with dilation [2] covers nothing but padding"},
		{"softmax", nil, []*Value{f32(1, 10)}, "f32[1, 10]"},
		{"softmax", Attrs{"axis": 2}, []*Value{f32(1, 10)}, "softmax: axis 2 is out of range for 2 dimensions"},
		{"concat", Attrs{"axis": -1}, []*Value{f32(1, 2), f32(1, 3)}, "f32[1, 5]"},
		{"slice", Attrs{"start": []int{4, 0}, "size": []int{3, 2}, "step": []int{-2, 1}}, []*Value{f32(5, 2)}, "f32[3, 2]"},
		{"slice", Attrs{"start": []int{4}, "size": []int{3}, "step": []int{1}}, []*Value{f32(5)}, "slice: dimension 0: reads 4 to 6 of 5"},
		{"transpose", Attrs{"perm": []int{2, 0, 1}}, []*Value{f32(1, 2, 3)}, "f32[3, 1, 2]"},
		{"reshape", Attrs{"shape": []int{1, 6}}, []*Value{f32(1, 2, 3)}, "f32[1, 6]"},
		{"reshape", Attrs{"shape": []int{1, 7}}, []*Value{f32(1, 2, 3)}, "reshape: [1, 2, 3] has 6 elements, [1, 7] has 7"},
		{"reshape", Attrs{"shape": []int{0, 2147483647, 2147483647}}, []*Value{f32(0)}, "reshape: f32[0, 2147483647, 2147483647] is larger than 2147483647 bytes"},
		{"pad", Attrs{"pad": []int{0, 1, 0, -1}}, []*Value{f32(2, 3)}, "f32[2, 3]"},
		{"pad", Attrs{"pad": []int{3, 0}, "mode": "reflect"}, []*Value{f32(3)}, "pad: dimension 0: cannot reflect 3 elements of 3"},
		{"gather", Attrs{"axis": 1}, []*Value{f32(2, 3, 4), i64(5, 6)}, "f32[2, 5, 6, 4]"},
		{"cast", Attrs{"to": "i8"}, []*Value{f32(2)}, "i8[2]"},
		{"batchnorm", nil, []*Value{f32(1, 2, 4), f32(2), f32(2), f32(2), f32(3)}, "batchnorm: var is [3], needs [2] (one per channel of [1, 2, 4])"},
	} {
		got := inferred(&Node{Op: LookupOp(c.op), Attrs: c.attrs, Inputs: c.inputs})
		require.Equal(t, c.want, got, "%s %v", c.op, c.attrs)
	}
}

func inferred(n *Node) string {
	types, err := Complete(n)
	if err != nil {
		return err.Error()
	}
	return types[0].String()
}

func TestCompleteFillsDefaults(t *testing.T) {
	n := &Node{Op: LookupOp("conv"), Inputs: []*Value{f32(1, 3, 8, 8), f32(4, 3, 3, 3)}}
	_, err := Complete(n)
	require.NoError(t, err)
	require.Equal(t, Attrs{"stride": []int{1, 1}, "pad": []int{0, 0, 0, 0}, "dilation": []int{1, 1}, "groups": 1}, n.Attrs)

	n = &Node{Op: LookupOp("softmax"), Inputs: []*Value{f32(1, 10)}}
	_, err = Complete(n)
	require.NoError(t, err)
	require.Equal(t, 1, n.Int("axis"))
}

// Every row of the table must be usable: unique, documented, with a default for each attribute that is no contradiction.
func TestOpTable(t *testing.T) {
	seen := map[string]bool{}
	for _, o := range Ops {
		require.False(t, seen[o.Name], o.Name)
		seen[o.Name] = true
		require.NotEmpty(t, o.Doc, o.Name)
		require.NotNil(t, o.Infer, o.Name)
		require.Same(t, o, LookupOp(o.Name))
		for _, a := range o.Attrs {
			if a.Default != nil {
				require.NoError(t, a.check(a.Default), "%s.%s", o.Name, a.Name)
			}
		}
	}
}

func TestFLOPs(t *testing.T) {
	b := NewBuilder("g")
	x := b.Input(diag.Pos{}, "x", T(tensor.F32, 1, 3, 8, 8))
	w := b.Const(diag.Pos{}, "w", tensor.New(tensor.F32, 4, 3, 3, 3))
	y := b.Node(diag.Pos{}, "conv", "y", nil, x, w)
	b.Output("y", b.Node(diag.Pos{}, "relu", "z", nil, y))
	g, err := b.Graph()
	require.NoError(t, err)
	require.Equal(t, int64(2*4*6*6*27+4*6*6), g.FLOPs())
}
