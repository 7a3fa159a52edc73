package main

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"nncc/runtime/tensor"
)

func TestLargest(t *testing.T) {
	nan := math.NaN()
	require.Equal(t, []int{3, 0}, largest([]float64{2, 1, 2, 5}, 2))
	require.Equal(t, []int{1, 2, 0}, largest([]float64{nan, 1, -1}, 5))
	require.Equal(t, []int{0, 1}, largest([]float64{nan, nan}, 2))
	require.Equal(t, []int{0, 1, 2}, largest([]float64{7, 7, 7, 7}, 3))
	require.Empty(t, largest([]float64{1}, 0))
	require.Empty(t, largest(nil, 3))
}

func TestJSONNumbers(t *testing.T) {
	text := func(v any) string {
		b, err := json.Marshal(v)
		require.NoError(t, err)
		require.True(t, json.Valid(b), "%s", b)
		return string(b)
	}
	require.Equal(t, "[0.1,null,null,-3,1e-45,3.4028235e+38]",
		text(elements{tensor.FromF32([]float32{0.1, float32(math.NaN()), float32(math.Inf(1)), -3, 1e-45, math.MaxFloat32}, 6)}))
	require.Equal(t, "[9223372036854775807]", text(elements{tensor.FromI64([]int64{math.MaxInt64}, 1)}))
	require.Equal(t, "[255,0]", text(elements{tensor.FromFloat64s(tensor.U8, []float64{255, 0}, 2)}))
	require.Equal(t, "[]", text(elements{tensor.New(tensor.F32, 0)}))
	require.Equal(t, "0.1", text(number(float32(0.1))))
	require.Equal(t, "0.1", text(number(0.1)))
	require.Equal(t, "null", text(number(math.Inf(-1))))
}
