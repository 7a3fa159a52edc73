package lower_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"nncc/codegen/sched"
	"nncc/ir"
)

// What short weights may be off by holds for any weights: of all sizes side by side, in every place of a segment, zero, and
// as large as numbers get.
func TestShortWeightsError(t *testing.T) {
	const inputs, outputs = 1100, 1000
	g, err := ir.Parse("g", `graph g {
		input %x: f32[1, 1100]
		const %w: f32[1000, 1100] = zeros
		%y = gemm(%x, %w) {trans_b = 1}
		output %y
	}`)
	require.NoError(t, err)
	rng := rand.New(rand.NewPCG(1, 2))
	w, x := g.Constants()[0].Const.F32s(), make([]float32, inputs)
	for i := range w {
		size := math.Exp(float64(i/inputs%20) * rng.NormFloat64()) // rows differ in how far weights do
		w[i] = float32(rng.NormFloat64() * min(max(size, 1e-6), 1e6))
	}
	for i := range inputs {
		x[i] = float32(rng.NormFloat64())
		w[1*inputs+i] = 0
		w[2*inputs+i] *= 1e30
		w[3*inputs+i] *= 1e-20
		w[4*inputs+i] = float32(i%64) - 63 // the largest one at either end of a segment
		w[5*inputs+i] = float32(i % 64)
	}
	for isa, bits := range map[string]int{"avx512": 20, "avx512_bf16": 12} {
		t.Run(isa, func(t *testing.T) {
			target, _ := sched.LookupTarget(isa)
			require.Len(t, sched.Assign(g, target).Short, 1)
			y := resultOf(t, g, target, x)
			worst := 0.0
			for o := range outputs {
				p := productOf(w[o*inputs:][:inputs], x)
				off := math.Abs(float64(y[o]) - p.sum)
				require.LessOrEqual(t, off, math.Ldexp(p.norms, 3-bits)+0x1p-22*p.terms, "row %d", o)
				if p.norms > 0 {
					worst = max(worst, off/p.norms)
				}
			}
			require.Greater(t, worst, math.Ldexp(1, -4-bits), "some weights were rounded")
			t.Logf("largest error: 2^%.1f of the norms", math.Log2(worst))
		})
	}
}

// product is that of two vectors, the sum of its terms without their signs, and the product of the vectors' norms.
type product struct{ sum, terms, norms float64 }

func productOf(w, x []float32) product {
	var p product
	var ww, xx float64
	for i := range w {
		v := float64(w[i]) * float64(x[i])
		p.sum, p.terms = p.sum+v, p.terms+math.Abs(v)
		ww, xx = ww+float64(w[i])*float64(w[i]), xx+float64(x[i])*float64(x[i])
	}
	p.norms = math.Sqrt(ww * xx)
	return p
}
