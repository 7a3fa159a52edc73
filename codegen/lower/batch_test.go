package lower_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"nncc/codegen/sched"
	"nncc/ir"
)

// In a batched graph there may be values that no sample has a copy of: constants, and what is computed of them when
// nobody folded it.
func TestValuesWithoutSamples(t *testing.T) {
	for _, text := range []string{
		`input %x: f32[1, 3, 20]
		const %k: f32[1, 2, 20] = uniform(seed 1, -1, 1)
		%y = concat(%x, %k, %x) {axis = 1}`,
		`input %x: f32[1, 3, 20]
		const %k: f32[1, 3, 20] = uniform(seed 1, -1, 1)
		%r = relu(%k)
		%y = concat(%r, %x) {axis = 2}`,
		`input %x: f32[1, 16, 4, 4]
		const %w: f32[16, 16, 1, 1] = uniform(seed 1, -0.3, 0.3)
		const %k: f32[1, 16, 4, 4] = uniform(seed 2, -1, 1)
		%a = conv(%x, %w)
		%b = conv(%k, %w)
		%y = concat(%a, %b) {axis = 1}`,
		`input %x: f32[1, 16, 4, 4]
		const %k: f32[20, 16, 1, 1] = uniform(seed 1, -0.3, 0.3)
		%w = tanh(%k)
		%y = conv(%x, %w)`,
		`input %x: f32[1, 7]
		const %k: f32[5, 7] = uniform(seed 1, -0.3, 0.3)
		%t = transpose(%k) {perm = [1, 0]}
		%w = relu(%t)
		%y = matmul(%x, %w)`,
		`input %x: f32[1, 7]
		const %k: f32[7] = uniform(seed 1, -0.3, 0.3)
		%i = cast(%k) {to = "i32"}
		%f = cast(%i) {to = "f32"}
		%r = reshape(%f) {shape = [1, 7]}
		%y = add(%x, %r)`,
		`input %x: f32[1, 4]
		const %k: f32[] = [2.5]
		%i = cast(%k) {to = "i64"}
		%f = cast(%i) {to = "f32"}
		%y = mul(%x, %f)`,
		`input %x: f32[1, 2, 4, 4]
		const %k: f32[1, 2, 4, 4] = uniform(seed 1, -1, 1)
		%p = maxpool(%k) {kernel = [2, 2], stride = [2, 2]}
		%q = maxpool(%x) {kernel = [2, 2], stride = [2, 2]}
		%s = softmax(%p)
		%y = add(%q, %s)`,
	} {
		for _, target := range sched.Targets {
			t.Run(target.ISA, func(t *testing.T) {
				t.Log(text)
				g, err := ir.Parse("g", "graph g batched {\n"+text+"\noutput %y\n}")
				require.NoError(t, err)
				lowered(t, g, target)
			})
		}
	}
}
