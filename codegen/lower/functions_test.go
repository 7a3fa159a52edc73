package lower_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"nncc/codegen/sched"
	"nncc/ir"
)

// Functions are as precise as their comments say, from the smallest numbers to where results end.
func TestFunctionErrors(t *testing.T) {
	gelu := func(x float64) float64 { return max(x, -100) * math.Erfc(-x/math.Sqrt2) / 2 } // also of -Inf
	for _, c := range []struct {
		isa, op  string
		exact    func(x float64) float64
		relative float64                 // error allowed relative to the result
		absolute func(x float64) float64 // and besides
	}{
		{"avx2", "exp", math.Exp, 3e-7, tiny},
		{"avx2", "sigmoid", func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }, 4e-7, tiny},
		{"avx2", "silu", func(x float64) float64 { return max(x, -1e4) / (1 + math.Exp(-max(x, -1e4))) }, 4e-7, tiny},
		{"avx2", "tanh", math.Tanh, 2e-7, tiny},
		{"avx2", "softplus", func(x float64) float64 { return max(x, 0) + math.Log1p(math.Exp(-math.Abs(x))) }, 1e-6, tiny},
		{"avx2", "erf", math.Erf, 2e-7, tiny},
		{"avx2", "gelu", gelu, 0, size(1.6e-7)},
		{"avx512_bf16", "gelu", gelu, 0, size(3e-5)},
	} {
		t.Run(c.op+" "+c.isa, func(t *testing.T) {
			x := argumentsOfAllSizes()
			y := computed(t, c.isa, c.op, x)
			worst := 0.0
			for i, v := range x {
				want := float64(float32(c.exact(float64(v))))
				if want == float64(y[i]) { // infinite ones too
					continue
				}
				off := math.Abs(float64(y[i]) - want)
				allowed := c.relative*math.Abs(want) + c.absolute(float64(v))
				require.LessOrEqual(t, off, allowed, "%s(%g) is %g, not %g", c.op, v, y[i], want)
				worst = max(worst, off/allowed)
			}
			t.Logf("largest error: %.2f of what is allowed", worst)
			require.True(t, math.IsNaN(float64(computed(t, c.isa, c.op, []float32{float32(math.NaN())})[0])))
		})
	}
}

// size allows an error in proportion to the largest of 1 and |x|.
func size(e float64) func(float64) float64 {
	return func(x float64) float64 { return e * max(1, math.Abs(x)) }
}

// tiny covers results near the smallest normal numbers, and below.
func tiny(float64) float64 { return 0x1p-120 }

// argumentsOfAllSizes are floats of both signs, closer to one another where they are small.
func argumentsOfAllSizes() []float32 {
	x := []float32{0, float32(math.Inf(-1)), -math.MaxFloat32, -1e10}
	for size := 1e-30; size < 200; size *= 1.003 {
		x = append(x, float32(size), float32(-size))
	}
	return x
}

// computed is what the kernel of an op for an instruction set makes of x.
func computed(t *testing.T, isa, op string, x []float32) []float32 {
	t.Helper()
	g, err := ir.Parse("g", fmt.Sprintf("graph g {\ninput %%x: f32[%d]\n%%y = %s(%%x)\noutput %%y\n}", len(x), op))
	require.NoError(t, err)
	target, _ := sched.LookupTarget(isa)
	return resultOf(t, g, target, x)
}
