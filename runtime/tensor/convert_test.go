package tensor

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

// Every half-precision number must survive the way to float64 and back.
func TestHalfRoundTrip(t *testing.T) {
	for h := 0; h < 1<<16; h++ {
		if v := F16ToF32(uint16(h)); v == v {
			require.Equal(t, uint16(h), roundHalf(float64(v), 10, 5))
		}
		if v := math.Float32frombits(uint32(h) << 16); v == v {
			require.Equal(t, uint16(h), roundHalf(float64(v), 7, 8))
		}
	}
}

func TestHalfRounding(t *testing.T) {
	for _, c := range []struct {
		in   float64
		want uint16
	}{
		{1 + 1.0/2048, 0x3c00},               // a tie goes to the even neighbour
		{1 + 3.0/2048, 0x3c02},               //
		{1 + 1.0/2048 + 1.0/(1<<40), 0x3c01}, // rounding through float32 first would lose the tail
		{65519, 0x7bff}, {65520, 0x7c00},     // the largest finite number, and infinity
		{math.Ldexp(1, -24), 1},              // the smallest subnormal
		{math.Ldexp(1, -25), 0}, {1e-300, 0}, // ties and everything below go to zero
		{math.Inf(-1), 0xfc00}, {-2.0, 0xc000}, //
	} {
		require.Equal(t, c.want, roundHalf(c.in, 10, 5), "%v", c.in)
	}
	require.Equal(t, uint16(0x7e00), roundHalf(math.NaN(), 10, 5))
}

func TestFromFloat64s(t *testing.T) {
	in := []float64{0, -1.75, 3.5}
	for d, want := range map[DType][]float64{
		F32: {0, -1.75, 3.5}, F64: {0, -1.75, 3.5}, F16: {0, -1.75, 3.5}, BF16: {0, -1.75, 3.5},
		I8: {0, -1, 3}, U8: {0, 255, 3}, I16: {0, -1, 3}, U16: {0, 65535, 3}, I32: {0, -1, 3}, U32: {0, 1<<32 - 1, 3},
		I64: {0, -1, 3}, Bool: {0, 1, 1},
	} {
		require.Equal(t, want, FromFloat64s(d, in, 3).Float64s(), "%v", d)
	}
	require.Equal(t, []uint64{0, math.MaxUint64, 3}, View[uint64](FromFloat64s(U64, in, 3)))
}

func TestFromFloat64sOutOfRange(t *testing.T) {
	in := []float64{math.NaN(), 1e30, -1e30, 1 << 63}
	require.Equal(t, []int64{0, math.MaxInt64, math.MinInt64, math.MaxInt64}, FromFloat64s(I64, in, 4).I64s())
	require.Equal(t, []uint64{0, math.MaxUint64, 1 << 63, 1 << 63}, View[uint64](FromFloat64s(U64, in, 4)))
}
