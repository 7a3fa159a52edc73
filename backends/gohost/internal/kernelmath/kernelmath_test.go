package kernelmath

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

// The interpreter of the loop IR is what these functions are compared with in backends/gohost; here are the values that
// define them.

func TestExtrema(t *testing.T) {
	nan, negative := float32(math.NaN()), float32(math.Copysign(0, -1))
	require.Equal(t, float32(2), nnccMaxF32(1, 2))
	require.Equal(t, float32(1), nnccMinF32(1, 2))
	require.Equal(t, float32(5), nnccMaxF32(nan, 5))
	require.True(t, math.IsNaN(float64(nnccMinF32(5, nan))))
	require.True(t, math.Signbit(float64(nnccMaxF32(0, negative))), "the second of equals")
	require.Equal(t, 3.0, nnccMaxF64(3, math.Inf(-1)))
	require.Equal(t, math.Inf(-1), nnccMinF64(3, math.Inf(-1)))
	require.Equal(t, float32(1), nnccSelectF32(true, 1, 2))
	require.Equal(t, 2.0, nnccSelectF64(false, 1, 2))
	require.Equal(t, int8(1), nnccSelect(true, int8(1), int8(2)))
}

func TestIntegers(t *testing.T) {
	require.Equal(t, int8(-128), nnccAbs(int8(-128)))
	require.Equal(t, int8(-128), nnccDiv(int8(-128), int8(-1)))
	require.Equal(t, uint16(0), nnccDiv(uint16(7), uint16(0)))
	for _, c := range [][4]int{{7, 3, 2, 1}, {-7, 3, -3, 2}, {-6, 3, -2, 0}} {
		require.Equal(t, c[2], nnccFloorDiv(c[0], c[1]))
		require.Equal(t, c[3], nnccFloorMod(c[0], c[1]))
	}
}

func TestRounding(t *testing.T) {
	for _, c := range []struct {
		x    float64
		want int64
	}{{0.5, 0}, {1.5, 2}, {-2.5, -2}, {127.5, 127}, {1e30, 127}, {-1e30, -128}, {math.NaN(), 0}, {math.Inf(1), 127}} {
		require.Equal(t, c.want, nnccRound(c.x, -128, 127), "%v", c.x)
	}
	require.Equal(t, int64(math.MaxInt64), nnccToI64(1<<63))
	require.Equal(t, int64(math.MinInt64), nnccToI64(math.Inf(-1)))
	require.Equal(t, int64(0), nnccToI64(math.NaN()))
	require.Equal(t, uint64(math.MaxUint64), nnccToU64(1<<64))
	require.Equal(t, uint64(1<<63+2048), nnccToU64(1<<63+2048))
	require.Equal(t, uint64(0), nnccToU64(-3))
}

// TestHalves converts every 16-bit float there and back, and numbers between two of them.
func TestHalves(t *testing.T) {
	for _, f := range []struct {
		name string
		from func(uint16) float64
		to   func(float64) uint16
	}{{"f16", nnccFromF16, nnccToF16}, {"bf16", nnccFromBF16, nnccToBF16}} {
		t.Run(f.name, func(t *testing.T) {
			for b := range uint32(1 << 16) {
				x := f.from(uint16(b))
				if x != x {
					require.True(t, math.IsNaN(f.from(f.to(x))))
					continue
				}
				require.Equal(t, uint16(b), f.to(x))
				next := f.from(uint16(b + 1))
				if b&0x7fff == 0x7fff || math.IsInf(next, 0) || next != next || math.IsInf(x, 0) {
					continue
				}
				even := uint16(b + b&1)
				require.Equal(t, even, f.to((x+next)/2), "halfway between %x and its neighbour", b)
				require.Equal(t, uint16(b), f.to(math.Nextafter((x+next)/2, x)))
			}
		})
	}
	require.Equal(t, uint16(0x7C00), nnccToF16(65520))
	require.Equal(t, uint16(0x7BFF), nnccToF16(math.Nextafter(65520, 0)))
	require.Equal(t, float64(1<<60+1<<11), nnccOddU64(1<<60+1))
	require.Equal(t, -float64(1<<60+1<<11), nnccOddI64(-(1<<60 + 1)))
}
