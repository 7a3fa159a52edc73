package codegen_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"nncc/backends"
	"nncc/backends/gohost"
	"nncc/codegen"
)

// Parts have the same constants, once, and kernels with names of their own.
func TestCompileParts(t *testing.T) {
	const graph = `
	input %x: f32[1, 8]
	const %w: f32[4, 8] = uniform(seed 1, -1, 1)
	const %b: f32[4] = [1, 2, 3, 4]
	%y = gemm(%x, %w, %b) {trans_b = 1}
	output %y`
	one, other := parse(t, graph), parse(t, strings.Replace(graph, "[1, 2, 3, 4]", "[5, 6, 7, 8]", 1))
	o := codegen.Options{Backends: []backends.Backend{gohost.New()}, Verify: true}
	programs, err := codegen.CompileParts([]codegen.Part{{Graph: one}, {Graph: other, Prefix: "other_"}}, o)
	require.NoError(t, err)
	require.Len(t, programs, 2)
	alone, err := codegen.Compile(one, o)
	require.NoError(t, err)
	require.Equal(t, programs[0].Constants, programs[1].Constants)
	require.Len(t, programs[0].Constants, len(alone.Constants)+1, "the weights are the same, the bias is another")
	require.Equal(t, alone.Variants[0].Source, programs[0].Variants[0].Source)
	for i, k := range programs[1].Variants[0].Kernels {
		require.Equal(t, "other_"+programs[0].Variants[0].Kernels[i].Name, k.Name)
	}
}
