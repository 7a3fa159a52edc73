package interp

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"nncc/ir"
	"nncc/runtime/tensor"
)

// Ops that only training has, on numbers whose results are exact or worked out by hand.
func TestTrainingOps(t *testing.T) {
	for _, c := range []struct {
		text string
		want []float64
	}{
		{"const %dy: f32[1, 1, 2, 2] = [1, 2, 3, 4]\nconst %x: f32[1, 1, 3, 3] = [1, 2, 3, 4, 5, 6, 7, 8, 9]\n" +
			"%y = conv_weight_grad(%dy, %x) {kernel = [2, 2]}", numbers(37, 47, 67, 77)},
		{"const %dy: f32[1, 2, 2] = [1, 2, 3, 4]\nconst %x: f32[1, 2, 5] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]\n" +
			"%y = conv_weight_grad(%dy, %x) {kernel = [2], stride = [3], pad = [1, 0], dilation = [2], groups = 2}", numbers(2*3, 1*2+2*5, 4*8, 3*7+4*10)},
		// Windows overlap, and equal elements give the gradient to the first.
		{"const %dy: f32[1, 1, 3] = [1, 10, 100]\nconst %x: f32[1, 1, 4] = [5, 5, 7, 7]\n%y = maxpool_grad(%dy, %x) {kernel = [2]}", numbers(1, 0, 110, 0)},
		{"const %dy: f32[1, 1, 2] = [1, 10]\nconst %x: f32[1, 1, 3] = [-5, -inf, -inf]\n%y = maxpool_grad(%dy, %x) {kernel = [2], stride = [2], pad = [0, 1]}", numbers(1, 0, 10)},
		{"const %dy: f32[1, 1, 2] = [6, 2]\n%y = avgpool_grad(%dy) {kernel = [2], stride = [2], pad = [1, 0], shape = [3]}", numbers(6, 1, 1)},
		{"const %dy: f32[1, 1, 2] = [6, 2]\n%y = avgpool_grad(%dy) {kernel = [2], stride = [2], pad = [1, 0], shape = [3], count_include_pad = 1}", numbers(3, 1, 1)},
		{"const %x: f32[2, 2, 2] = [1, 3, 0, 0, 5, 7, 4, 4]\n%y, %v = moments(%x)", numbers(4, 2)},
		{"const %x: f32[2, 2, 2] = [1, 3, 0, 0, 5, 7, 4, 4]\n%m, %y = moments(%x)", numbers(5, 4)},
		{"const %dy: f32[2, 1, 2] = [1, 2, 3, 4]\nconst %x: f32[2, 1, 2] = [1, 3, 5, 7]\nconst %m: f32[1] = [3]\nconst %v: f32[1] = [4]\n" +
			"%y, %b = batchnorm_grad(%dy, %x, %m, %v) {epsilon = 0}", numbers(10)},
		{"const %dy: f32[2, 1, 2] = [1, 2, 3, 4]\nconst %x: f32[2, 1, 2] = [1, 3, 5, 7]\nconst %m: f32[1] = [3]\nconst %v: f32[1] = [4]\n" +
			"%s, %y = batchnorm_grad(%dy, %x, %m, %v) {epsilon = 0}", numbers(10)},
	} {
		got, err := evaluate(t, c.text, Options{})
		require.NoError(t, err, c.text)
		require.Equal(t, c.want, got.Float64s(), c.text)
	}
}

// What PyTorch's cross_entropy gives for these logits: without smoothing and with a tenth.
func TestCrossEntropy(t *testing.T) {
	const values = "const %x: f64[2, 3] = [1, 2, 3, 1000, 0, -1000]\nconst %l: i64[2] = [2, 1]\nconst %d: f64[2] = [1, 0.5]\n"
	rest := math.Log(math.Exp(-2) + math.Exp(-1) + 1)
	for text, want := range map[string][]float64{
		"%y = cross_entropy(%x, %l)":                                numbers(rest, 1000),
		"%y = cross_entropy(%x, %l) {label_smoothing = 0.1}":        numbers(rest+0.1, 1000),
		"%y = cross_entropy_grad(%x, %l, %d)":                       numbers(math.Exp(-2-rest), math.Exp(-1-rest), math.Exp(-rest)-1, 0.5, -0.5, 0),
		"%y = cross_entropy_grad(%x, %l, %d) {label_smoothing = 1}": numbers(math.Exp(-2-rest)-1./3, math.Exp(-1-rest)-1./3, math.Exp(-rest)-1./3, 1./3, -1./6, -1./6),
	} {
		got, err := evaluate(t, values+text, Options{})
		require.NoError(t, err, text)
		require.InDeltaSlice(t, want, got.Float64s(), 1e-12, text)
	}
	_, err := evaluate(t, "const %x: f64[1, 3] = [1, 2, 3]\nconst %l: i64[1] = [3]\n%y = cross_entropy(%x, %l)", Options{})
	require.EqualError(t, err, `cross_entropy "y": label 3 of sample 0 is out of range for 3 classes`)
}

// The numbers are part of the op's definition: these must never change. They spread evenly, and steps differ.
func TestRandom(t *testing.T) {
	draw := func(seed, step int64, salt, n int) []float64 {
		keys, out := ir.RandomKeys(seed, step, salt), make([]float64, n)
		for i := range out {
			out[i] = float64(ir.Random(keys, i))
		}
		return out
	}
	y, err := evaluate(t, "const %s: i64[] = [1]\nconst %t: i64[] = [2]\n%y = random(%s, %t) {shape = [4], salt = 3}", Options{})
	require.NoError(t, err)
	require.Equal(t, draw(1, 2, 3, 4), y.Float64s())
	require.Equal(t, numbers(0.7959123849868774, 0.5592325329780579, 0.8176892995834351, 0.9205219745635986), y.Float64s())
	const n, bins = 100000, 20
	for _, other := range [][]float64{draw(1, 0, 0, n), draw(2, 0, 0, n), draw(1, 1, 0, n), draw(1, 0, 1, n)} {
		var counts [bins * bins]float64
		first := draw(1, 2, 3, n)
		for i, v := range other {
			counts[int(v*bins)*bins+int(first[i]*bins)]++
		}
		chi := 0.0
		for _, c := range counts {
			chi += (c - n/bins/bins) * (c - n/bins/bins) / (n / bins / bins)
		}
		require.InDelta(t, bins*bins-1, chi, 5*math.Sqrt(2*bins*bins))
	}
}

// States carry from one run to the next what the graph says, and in float64 without rounding.
func TestStep(t *testing.T) {
	g, err := ir.Parse("test", `graph test {
		input %x: f32[2]
		state %sum: f32[2] = [1, 2]
		state %kept: f32[] = [3]
		%next = add(%sum, %x)
		%y = mul(%next, %kept)
		output %y
		next %sum = %next
	}`)
	require.NoError(t, err)
	x := tensor.FromF32([]float32{1e-9, 10}, 2)
	states := InitialStates(g)
	for range 2 {
		var out []*tensor.Tensor
		out, states, err = Step(g, []*tensor.Tensor{x}, states, Options{})
		require.NoError(t, err)
		require.Len(t, out, 1)
	}
	require.Equal(t, numbers(1, 22), states[0].Float64s())
	require.Equal(t, numbers(3), states[1].Float64s())

	states = InitialStates(g)
	for range 2 {
		_, states, err = Step(g, []*tensor.Tensor{x}, states, Options{Float64: true})
		require.NoError(t, err)
	}
	require.InDelta(t, 2e-9, states[0].Float64s()[0]-1, 1e-12)
	out, err := Run(g, []*tensor.Tensor{x}, Options{})
	require.NoError(t, err)
	require.Equal(t, numbers(3, 36), out[0].Float64s())

	_, _, err = Step(g, []*tensor.Tensor{x}, nil, Options{})
	require.EqualError(t, err, "1 inputs and 0 states given, graph test has 1 and 2")
	_, _, err = Step(g, []*tensor.Tensor{x}, []*tensor.Tensor{x, x}, Options{})
	require.EqualError(t, err, "state kept is f32[2], the graph needs f32[]")
}
