// Package kernelmath has the functions that portable kernels call. Their sources are copied beside the kernels, each
// where it is used; the names are those of the copies. Each is exact: the same bits on every machine.
package kernelmath

import "math"

type nnccInteger interface {
	~int8 | ~int16 | ~int32 | ~int64 | ~uint8 | ~uint16 | ~uint32 | ~uint64
}

// nnccMaxF32 is the larger number, and y where either is NaN or both are equal. Going through the bits makes it a
// conditional move: a branch that depends on data is mispredicted half of the time.
func nnccMaxF32(x, y float32) float32 {
	b, a := math.Float32bits(y), math.Float32bits(x)
	if x > y {
		b = a
	}
	return math.Float32frombits(b)
}

// nnccMinF32 is the smaller number, and y where either is NaN or both are equal.
func nnccMinF32(x, y float32) float32 {
	b, a := math.Float32bits(y), math.Float32bits(x)
	if x < y {
		b = a
	}
	return math.Float32frombits(b)
}

// nnccMaxF64 is nnccMaxF32 for float64.
func nnccMaxF64(x, y float64) float64 {
	b, a := math.Float64bits(y), math.Float64bits(x)
	if x > y {
		b = a
	}
	return math.Float64frombits(b)
}

// nnccMinF64 is nnccMinF32 for float64.
func nnccMinF64(x, y float64) float64 {
	b, a := math.Float64bits(y), math.Float64bits(x)
	if x < y {
		b = a
	}
	return math.Float64frombits(b)
}

// nnccSelectF32 is x if first holds, else y, as a conditional move.
func nnccSelectF32(first bool, x, y float32) float32 {
	b, a := math.Float32bits(y), math.Float32bits(x)
	if first {
		b = a
	}
	return math.Float32frombits(b)
}

// nnccSelectF64 is nnccSelectF32 for float64.
func nnccSelectF64(first bool, x, y float64) float64 {
	b, a := math.Float64bits(y), math.Float64bits(x)
	if first {
		b = a
	}
	return math.Float64frombits(b)
}

// nnccSelect is x if first holds, else y.
func nnccSelect[T any](first bool, x, y T) T {
	if first {
		return x
	}
	return y
}

// nnccAbs is the magnitude of x; that of the smallest signed number is itself.
func nnccAbs[T nnccInteger](x T) T { return max(x, -x) }

// nnccDiv truncates towards zero; dividing by zero gives zero.
func nnccDiv[T nnccInteger](x, y T) T {
	if y == 0 {
		return 0
	}
	return x / y
}

// nnccFloorDiv is the quotient rounded down; y is positive.
func nnccFloorDiv(x, y int) int {
	q := x / y
	if x%y < 0 {
		q--
	}
	return q
}

// nnccFloorMod is x - y*nnccFloorDiv(x, y).
func nnccFloorMod(x, y int) int {
	r := x % y
	if r < 0 {
		r += y
	}
	return r
}

// nnccRound is x rounded to the nearest integer, to even between two, and limited to [lo, hi]; 0 for NaN. The limits are
// those of a kind of at most 32 bits.
func nnccRound(x, lo, hi float64) int64 {
	if x != x {
		return 0
	}
	return int64(math.RoundToEven(max(lo, min(x, hi))))
}

// nnccToI64 is nnccRound for int64.
func nnccToI64(x float64) int64 {
	switch {
	case x != x:
		return 0
	case x >= 1<<63:
		return math.MaxInt64
	case x <= -1<<63:
		return math.MinInt64
	}
	return int64(math.RoundToEven(x))
}

// nnccToU64 is nnccRound for uint64.
func nnccToU64(x float64) uint64 {
	switch {
	case !(x > 0):
		return 0
	case x >= 1<<64:
		return math.MaxUint64
	case x >= 1<<63:
		return uint64(x-1<<63) + 1<<63
	}
	return uint64(int64(math.RoundToEven(x)))
}

// nnccOddU64 is x as a float64 that rounds to a 16-bit float as x itself would: bits that do not fit leave one behind.
func nnccOddU64(x uint64) float64 {
	const low = 1<<12 - 1
	if x >= 1<<53 && x&low != 0 {
		x = x&^low | 1<<11
	}
	return float64(x)
}

// nnccOddI64 is nnccOddU64 for int64.
func nnccOddI64(x int64) float64 {
	if x < 0 {
		return -nnccOddU64(-uint64(x))
	}
	return nnccOddU64(uint64(x))
}

// nnccFromBF16 is the number with the given bits.
func nnccFromBF16(b uint16) float64 { return float64(math.Float32frombits(uint32(b) << 16)) }

// nnccToBF16 rounds to nearest even.
func nnccToBF16(x float64) uint16 {
	if x != x {
		return 0x7FC0
	}
	b := math.Float32bits(nnccOddF32(x))
	return uint16((b + 0x7FFF + b>>16&1) >> 16)
}

// nnccOddF32 is x as a float32; one that is not exact has an odd last bit, so that rounding it again, to a 16-bit format,
// is as good as rounding once (Boldo and Melquiond, "When double rounding is odd").
func nnccOddF32(x float64) float32 {
	f := float32(x)
	b := math.Float32bits(f)
	switch {
	case float64(f) == x || b&1 == 1:
		return f
	case math.Abs(float64(f)) < math.Abs(x):
		return math.Float32frombits(b + 1)
	}
	return math.Float32frombits(b - 1)
}

// nnccFromF16 is the number with the given bits.
func nnccFromF16(b uint16) float64 {
	sign, exponent, fraction := uint64(b>>15)<<63, uint64(b>>10&31), uint64(b&1023)
	switch exponent {
	case 0:
		return math.Copysign(float64(fraction)*0x1p-24, math.Float64frombits(sign))
	case 31:
		return math.Float64frombits(sign | 0x7FF<<52 | fraction<<42)
	}
	return math.Float64frombits(sign | (exponent+1008)<<52 | fraction<<42)
}

// nnccToF16 rounds to nearest even.
func nnccToF16(x float64) uint16 {
	sign := uint16(math.Float64bits(x) >> 48 & 0x8000)
	switch x = math.Abs(x); {
	case x != x:
		return 0x7E00
	case x >= 65520: // halfway between the largest number and what would follow it
		return sign | 0x7C00
	case x < 0x1p-14: // the scaled number counts the steps between subnormals
		return sign | uint16(math.RoundToEven(x*0x1p24))
	}
	b := math.Float64bits(x)
	b += 1<<41 - 1 + b>>42&1
	return sign | uint16(b>>42-1008<<10)
}
