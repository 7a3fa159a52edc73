package onnx

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"nncc/ir/interp"
	"nncc/runtime/tensor"
)

// TestHalf runs a model in 16-bit floats: weights, a cast and a constant between nodes, and all ports.
func TestHalf(t *testing.T) {
	kinds := map[string]struct {
		elem  int64 // TensorProto.DataType
		dtype tensor.DType
	}{"f16": {10, tensor.F16}, "bf16": {16, tensor.BF16}}
	for name, k := range kinds {
		t.Run(name, func(t *testing.T) {
			half := func(name string, v ...float64) msg {
				return msg{}.packed(1, int64(len(v))).int(2, k.elem).text(8, name).bytes(9, tensor.FromFloat64s(k.dtype, v, len(v)).Data)
			}
			typed := part{12, input("y", k.elem, 1, 2).msg}
			g, err := Parse(modelOf(17, input("x", k.elem, "N", 2), initializer(half("w", 0.5, -2)),
				nodeOf("Mul", "m", []string{"x", "w"}, []string{"a"}), nodeOf("Constant", "", nil, []string{"c"}, attrTensor("value", half("", 1, 2))),
				nodeOf("Add", "s", []string{"a", "c"}, []string{"b"}), nodeOf("Cast", "up", []string{"b"}, []string{"d"}, attrInt("to", 1)),
				nodeOf("Cast", "down", []string{"d"}, y, attrInt("to", k.elem)), typed), "m.onnx", Options{})
			require.NoError(t, err)
			require.True(t, g.Batched)
			require.Equal(t, k.dtype, g.Inputs[0].Type.DType)
			require.Equal(t, "x", g.Inputs[0].Name)
			require.Equal(t, k.dtype, g.Outputs[0].Value.Type.DType)
			for _, n := range g.Nodes {
				if n.Op.Name != "cast" {
					require.Equal(t, tensor.F32, n.Out().Type.DType, n.Name)
				}
			}
			out, err := interp.Run(g, []*tensor.Tensor{tensor.FromFloat64s(k.dtype, []float64{3, 4}, 1, 2)}, interp.Options{})
			require.NoError(t, err)
			require.Equal(t, []float64{2.5, -6}, out[0].Float64s())
		})
	}
}

// TestHalfWeightsOnly covers a model that stores weights in 16 bits and casts them itself.
func TestHalfWeightsOnly(t *testing.T) {
	w := msg{}.packed(1, 2).int(2, 10).text(8, "w").bytes(9, tensor.FromFloat64s(tensor.F16, []float64{1.5, 2}, 2).Data)
	g, err := Parse(modelOf(17, input("x", float, 1, 2), initializer(w), nodeOf("Cast", "", []string{"w"}, []string{"v"}, attrInt("to", 1)),
		nodeOf("Add", "", []string{"x", "v"}, y), output("y")), "m.onnx", Options{})
	require.NoError(t, err)
	require.Len(t, g.Nodes, 1)
	require.Equal(t, 1, strings.Count(g.String(), "f32[2]"))
	require.Equal(t, []float64{1.5, 2}, g.Nodes[0].Inputs[1].Const.Float64s())
}
