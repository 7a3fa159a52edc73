package backendtest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"nncc/ir"
	"nncc/ir/irtest"
	"nncc/runtime/tensor"
)

// What is exact has no tolerance, contractions have theirs, added up along the path, also inside fused nodes.
func TestTolerances(t *testing.T) {
	g, err := ir.Parse("g", `graph g {
	input %x: f32[1, 2, 3, 3]
	const %w: f32[2, 2, 1, 1] = uniform(seed 1, -1, 1)
	%sum = add(%x, %x)
	%conv = conv(%x, %w)
	%twice = fused(%conv, %w) body {
		input %y: f32[1, 2, 3, 3]
		input %v: f32[2, 2, 1, 1]
		%z = conv(%y, %v)
		%r = relu(%z)
		output %r
	}
	%whole = cast(%x) {to = "i32"}
	output %sum
	output %conv
	output %twice
	output %whole
}`)
	require.NoError(t, err)
	inputs := irtest.Inputs(g, 1)
	ref, err := newReference(g, inputs)
	require.NoError(t, err)
	require.Zero(t, ref.allowed[0])
	require.InDelta(t, 1e-5, ref.allowed[1], 2e-6)
	require.InDelta(t, 2e-5, ref.allowed[2], 2e-6)
	require.Zero(t, ref.allowed[3])

	exact := func() []*tensor.Tensor {
		var out []*tensor.Tensor
		for _, w := range ref.want {
			out = append(out, tensor.FromFloat64s(w.DType, w.Float64s(), w.Shape...))
		}
		return out
	}
	_, err = ref.check(g, exact(), false)
	require.NoError(t, err)
	for i, o := range g.Outputs {
		got := exact()
		values := got[i].Float64s()
		values[4] += 1e-4
		if !got[i].DType.IsFloat() {
			values[4]++
		}
		got[i] = tensor.FromFloat64s(got[i].DType, values, got[i].Shape...)
		_, err = ref.check(g, got, false)
		require.ErrorContains(t, err, o.Name)
	}
}
