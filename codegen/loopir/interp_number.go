package loopir

import "math"

// Lanes travel as bits, so that moves, shuffles and bitcasts keep them exactly. Arithmetic on floats narrower than f64
// computes in float64 and rounds once: 53 bits are at least 2*24 + 2, which makes the double rounding of
// + - * / sqrt harmless. A NaN result is always the same NaN.

// bitsOf is the width of k in a lane.
func bitsOf(k Kind) int {
	if k == Bool {
		return 1
	}
	return 8 * k.Bytes()
}

// mask has all bits of k set.
func mask(k Kind) uint64 { return 1<<bitsOf(k) - 1 }

// fromInt wraps v to k, or rounds it if k is a float.
func fromInt(k Kind, v int64) uint64 {
	switch k {
	case F64:
		return math.Float64bits(float64(v))
	case F32:
		return uint64(math.Float32bits(float32(v)))
	case F16, BF16:
		// Folding the low bits into one sticky bit keeps the number within float64 and rounds it once.
		if v > 1<<52 || v < -1<<52 {
			const low = 1<<12 - 1
			sticky := int64(0)
			if v&low != 0 {
				sticky = 1 << 11
			}
			v = v&^low | sticky
		}
		return fromFloat(k, float64(v))
	default:
		return uint64(v) & mask(k)
	}
}

// toInt is an integer lane's number.
func toInt(k Kind, v uint64) int64 {
	if k.IsSigned() {
		unused := 64 - bitsOf(k)
		return int64(v<<unused) >> unused
	}
	return int64(v)
}

// toFloat is a float lane's number.
func toFloat(k Kind, v uint64) float64 {
	switch k {
	case F64:
		return math.Float64frombits(v)
	case F32:
		return float64(math.Float32frombits(uint32(v)))
	case BF16:
		return float64(math.Float32frombits(uint32(v) << 16))
	}
	sign, exponent, fraction := 1-2*float64(v>>15), int(v>>10&31), v&1023 // F16
	switch {
	case exponent == 31 && fraction != 0:
		return math.NaN()
	case exponent == 31:
		return math.Inf(int(sign))
	case exponent == 0:
		return sign * math.Ldexp(float64(fraction), -24)
	default:
		return sign * math.Ldexp(float64(1024+fraction), exponent-25)
	}
}

// fromFloat rounds x to k, to nearest even.
func fromFloat(k Kind, x float64) uint64 {
	switch k {
	case F64:
		if x != x {
			return 0x7FF8 << 48
		}
		return math.Float64bits(x)
	case F32:
		if x != x {
			return 0x7FC0_0000
		}
		return uint64(math.Float32bits(float32(x)))
	case BF16:
		if x != x {
			return 0x7FC0
		}
		return uint64(math.Float32bits(float32(roundTo(x, 8, -126, 127))) >> 16)
	}
	if x != x { // F16
		return 0x7E00
	}
	var sign uint64
	if math.Signbit(x) {
		sign = 1 << 15
	}
	x = math.Abs(roundTo(x, 11, -14, 15))
	switch {
	case math.IsInf(x, 0):
		return sign | 31<<10
	case x < 0x1p-14:
		return sign | uint64(x*0x1p24)
	default:
		fraction, exponent := math.Frexp(x)
		return sign | uint64(exponent+14)<<10 | uint64(fraction*2048)&1023
	}
}

// roundTo rounds x to a binary format with the given precision in bits and range of exponents, to nearest even.
func roundTo(x float64, precision, minExp, maxExp int) float64 {
	if x == 0 || math.IsInf(x, 0) {
		return x
	}
	quantum := max(math.Ilogb(x), minExp) - (precision - 1)
	x = math.Ldexp(math.RoundToEven(math.Ldexp(x, -quantum)), quantum)
	if math.Abs(x) >= math.Ldexp(1, maxExp+1) {
		return math.Copysign(math.Inf(1), x)
	}
	return x
}

// convert changes the kind of a number as Convert says. NaN becomes 0 in an integer.
func convert(from, to Kind, v uint64) uint64 {
	switch {
	case from == to:
		return v
	case from.IsFloat() && to.IsFloat():
		return fromFloat(to, toFloat(from, v))
	case to.IsFloat():
		return fromInt(to, toInt(from, v))
	}
	lo, hi := int64(0), int64(mask(to))
	if to.IsSigned() {
		hi = int64(mask(to) >> 1)
		lo = -hi - 1
	}
	if !from.IsFloat() {
		return fromInt(to, min(max(toInt(from, v), lo), hi))
	}
	x := math.RoundToEven(toFloat(from, v))
	switch {
	case x != x:
		return 0
	case x <= float64(lo):
		return fromInt(to, lo)
	case x >= float64(hi):
		return fromInt(to, hi)
	default:
		return fromInt(to, int64(x))
	}
}
