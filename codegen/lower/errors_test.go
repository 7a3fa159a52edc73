package lower_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"nncc/codegen/lower"
	"nncc/codegen/sched"
	"nncc/ir"
)

// What no kernel computes is an error with a place, and all of them are reported at once.
func TestUnsupported(t *testing.T) {
	for _, c := range []struct{ graph, want string }{
		{`input %x: f64[1, 4]
		%y = sigmoid(%x)
		%z = softmax(%x)
		output %y
		output %z`,
			`g:3:8: sigmoid "y": no kernel computes this in f64 (cast the input to f32 and the result back)
g:4:8: softmax "z": no kernel computes this in f64 (cast the input to f32 and the result back)`},
		{`input %x: f32[2, 0]
		input %w: f32[0, 4]
		%y = matmul(%x, %w)
		output %y`,
			`g:4:8: matmul "y": "x" is empty (f32[2, 0]): no kernel reads empty tensors (remove the node, or give the dimension another size)`},
		{`input %x: f32[3, 4]
		const %i: i64[2] = [2, -4]
		%y = gather(%x, %i)
		output %y`,
			`g:4:8: gather "y": index -4 is out of range for 3 entries`},
		{`input %x: f32[1, 3, 4, 4]
		%y = fused(%x) body {
			input %x: f32[1, 3, 4, 4]
			%r = relu(%x)
			%s = maxpool(%r) {kernel = [2, 2]}
			output %s
		}
		output %y`,
			`g:3:8: relu "y": no kernel computes these ops together (leave fusing to the graph passes)`},
	} {
		g, err := ir.Parse("g", "graph g {\n"+c.graph+"\n}")
		require.NoError(t, err)
		for _, target := range sched.Targets {
			_, err = lower.Lower(g, sched.Assign(g, target), &lower.Packs{})
			require.EqualError(t, err, c.want, target.ISA)
		}
	}
}

// Whatever the element kind and the rank, kernels compute what the graph says.
func TestKindsAndRanks(t *testing.T) {
	graphs := []string{
		"input %x: KIND[]\n %y = relu(%x)",
		"input %x: KIND[]\n %y = slice(%x) {start = [], size = [], step = []}",
		"input %x: KIND[]\n %y = transpose(%x) {perm = []}",
		"input %x: KIND[]\n %y = pad(%x) {pad = []}",
		"input %x: KIND[]\n input %z: KIND[3]\n %y = add(%x, %z)",
		"input %x: KIND[2, 2, 1, 2, 3, 2]\n %y = transpose(%x) {perm = [5, 3, 4, 0, 2, 1]}",
		"input %x: KIND[2, 20]\n input %z: KIND[1, 2, 1, 1, 20]\n %y = mul(%x, %z)",
		"input %x: KIND[1, 20]\n %y = clip(%x) {min = -0.5, max = 300}",
		"input %x: KIND[1, 20, 4, 4]\n %y = maxpool(%x) {kernel = [3, 3], stride = [2, 2], pad = [1, 1, 1, 1]}",
		"input %x: KIND[1, 20, 4]\n %y = pad(%x) {pad = [0, 1, 2, 0, 0, 1], value = 1}",
		"input %x: KIND[3]\n input %z: KIND[3]\n %y = matmul(%x, %z)",
		"input %x: KIND[2, 3]\n %y = cast(%x) {to = \"f32\"}",
	}
	floats := []string{
		"input %x: KIND[1, 16, 4, 4]\n const %w: KIND[16, 16, 3, 3] = uniform(seed 1, -0.1, 0.1)\n %y = conv(%x, %w) {pad = [1, 1, 1, 1]}",
		"input %x: KIND[1, 16, 5]\n const %w: KIND[16, 1, 3] = uniform(seed 1, -0.5, 0.5)\n %y = conv(%x, %w) {groups = 16}",
		"input %x: KIND[1, 2, 3, 4, 5]\n const %w: KIND[3, 2, 1, 2, 3] = uniform(seed 1, -0.5, 0.5)\n %y = conv(%x, %w)",
		"input %x: KIND[2, 17]\n const %w: KIND[17, 5] = uniform(seed 1, -0.3, 0.3)\n %y = gemm(%x, %w)",
		"input %x: KIND[1, 3, 6]\n %y = avgpool(%x) {kernel = [4], pad = [1, 1]}",
		"input %x: KIND[1, 2, 2, 3, 4]\n %y = avgpool(%x) {kernel = [2, 2, 2]}",
	}
	for _, kind := range []string{"f16", "bf16", "f32", "f64", "i8", "u8", "i16", "u16", "i32", "u32", "i64", "u64"} {
		for i, text := range append(graphs, floats...) {
			if i >= len(graphs) && !strings.Contains(kind, "f") {
				continue
			}
			text = strings.ReplaceAll(text, "KIND", kind)
			g, err := ir.Parse("g", "graph g {\n"+text+"\noutput %y\n}")
			require.NoError(t, err, text)
			for _, target := range sched.Targets {
				t.Run(target.ISA, func(t *testing.T) {
					t.Log(text)
					lowered(t, g, target)
				})
			}
		}
	}
}
