package onnx

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"nncc/ir/interp"
	"nncc/runtime/tensor"
)

// TestNarrowFloats casts to every format of few bits: its own numbers stay, those between become the nearest, of two the
// one whose last bit is 0.
func TestNarrowFloats(t *testing.T) {
	for elem := range len(elemNames) {
		to := narrowTypeOf(elem)
		if to == nil || to.dtype != tensor.F32 {
			continue
		}
		t.Run(elemNames[elem], func(t *testing.T) {
			var numbers []float64 // from 0 up: place i has the bits i
			for bits := range 1 << (to.bits - 1) {
				if v := to.number(bits); v <= to.float.Largest {
					numbers = append(numbers, v)
				}
			}
			require.True(t, slices.IsSorted(numbers))
			require.Equal(t, to.float.Largest, numbers[len(numbers)-1])
			require.Equal(t, math.Ldexp(1, to.float.LeastExponent-to.float.FractionBits), numbers[1])
			x := slices.Clone(numbers)
			for i, v := range numbers[1:] {
				middle := (v + numbers[i]) / 2
				x = append(x, middle, float64(math.Nextafter32(float32(middle), 0)), float64(math.Nextafter32(float32(middle), math.MaxFloat32)))
			}
			random := rand.New(rand.NewPCG(1, 2))
			for range 1000 {
				x = append(x, float64(float32(math.Exp2(random.Float64()*40-25))))
			}
			x = append(x, math.SmallestNonzeroFloat32, math.MaxFloat32, math.Inf(1))
			for _, v := range x {
				x = append(x, -v)
			}
			for i, y := range runCast(t, int64(elem), 1, x) {
				require.Equal(t, nearest(numbers, x[i]), y, "%v", x[i])
			}
		})
	}
}

// nearest finds a number by looking at all.
func nearest(numbers []float64, x float64) float64 {
	best := 0
	x = max(-numbers[len(numbers)-1], min(x, numbers[len(numbers)-1]))
	for i, v := range numbers {
		old, now := math.Abs(math.Abs(x)-numbers[best]), math.Abs(math.Abs(x)-v)
		if now < old || now == old && i%2 == 0 {
			best = i
		}
	}
	if x < 0 && best > 0 {
		return -numbers[best]
	}
	return numbers[best]
}

func runCast(t *testing.T, elem, saturate int64, x []float64) []float64 {
	g, err := Parse(modelOf(19, input("x", float, len(x)), nodeOf("Cast", "c", []string{"x"}, y, attrInt("to", elem), attrInt("saturate", saturate)),
		output("y")), "m.onnx", Options{})
	require.NoError(t, err)
	out, err := interp.Run(g, []*tensor.Tensor{tensor.FromFloat64s(tensor.F32, x, len(x))}, interp.Options{})
	require.NoError(t, err)
	values := out[0].Float64s()
	for i := range values {
		values[i] += 0 // -0 is 0
	}
	return values
}

// TestNarrowOverflow covers what is larger than a format's largest number by half a step and more.
func TestNarrowOverflow(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	cases := []struct {
		elem int64
		x    []float64
		want string
	}{
		{17, []float64{464, 464.1, -1e30, inf, nan}, "[448 NaN NaN NaN NaN]"},
		{18, []float64{247, 248, -1e30, inf, nan}, "[240 NaN NaN NaN NaN]"},
		{19, []float64{61439, 61440, -1e30, inf, nan}, "[57344 +Inf -Inf +Inf NaN]"},
		{20, []float64{61439, 61440, -1e30, inf, nan}, "[57344 NaN NaN NaN NaN]"},
	}
	for _, c := range cases {
		require.Equal(t, c.want, fmt.Sprint(runCast(t, c.elem, 0, c.x)), elemNames[c.elem])
	}
}

// TestNarrowWeights reads weights of 4 bits, as a value and as an example of a type.
func TestNarrowWeights(t *testing.T) {
	w := msg{}.packed(1, 3).int(2, 22).text(8, "w").bytes(9, []byte{0x87, 0x0f}) // 7, -8, -1
	g, err := Parse(modelOf(21, input("x", float, 3), initializer(w), initializer(ints("s", 1, 3)),
		nodeOf("Reshape", "r", []string{"w", "s"}, []string{"v"}), nodeOf("CastLike", "l", []string{"x", "v"}, []string{"a"}),
		nodeOf("Sub", "d", []string{"a", "w"}, y), output("y")), "m.onnx", Options{})
	require.NoError(t, err)
	out, err := interp.Run(g, []*tensor.Tensor{tensor.FromFloat64s(tensor.F32, []float64{8.5, -9, 3.9}, 3)}, interp.Options{})
	require.NoError(t, err)
	require.Equal(t, []float64{-8 - 7, 7 + 8, 3 + 1}, out[0].Float64s())
}
