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
	if !k.IsFloat() {
		return uint64(v) & mask(k)
	}
	if v < 0 {
		return fromUint(k, -uint64(v)) | signBit(k)
	}
	return fromUint(k, uint64(v))
}

// fromUint wraps v to k, or rounds it if k is a float.
func fromUint(k Kind, v uint64) uint64 {
	switch k {
	case F64:
		return math.Float64bits(float64(v))
	case F32:
		return uint64(math.Float32bits(float32(v)))
	case F16, BF16:
		// Folding the low bits into one sticky bit keeps the number within float64 and rounds it once.
		const low = 1<<12 - 1
		if v >= 1<<53 && v&low != 0 {
			v = v&^low | 1<<11
		}
		return fromFloat(k, float64(v))
	default:
		return v & mask(k)
	}
}

// normal is a number of kind k, or the zero of its sign in place of a float that has no full significand.
func normal(k Kind, v uint64) uint64 {
	if k.IsFloat() && math.Abs(toFloat(k, v)) < smallestNormal(k) {
		return v & signBit(k)
	}
	return v
}

// smallestNormal is the least positive float of kind k with a full significand.
func smallestNormal(k Kind) float64 {
	return map[Kind]float64{F16: 0x1p-14, BF16: 0x1p-126, F32: 0x1p-126, F64: 0x1p-1022}[k]
}

// signBit is the top bit of k.
func signBit(k Kind) uint64 { return 1 << (bitsOf(k) - 1) }

// toInt is an integer lane's number; that of a u64 modulo 2^64.
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
		if math.IsNaN(x) {
			return 0x7FF8 << 48
		}
		return math.Float64bits(x)
	case F32:
		if math.IsNaN(x) {
			return 0x7FC0_0000
		}
		return uint64(math.Float32bits(float32(x)))
	case BF16:
		if math.IsNaN(x) {
			return 0x7FC0
		}
		return uint64(math.Float32bits(float32(roundTo(x, 8, -126, 127))) >> 16)
	}
	if math.IsNaN(x) { // F16
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
	case from.IsFloat():
		return saturateFloat(to, math.RoundToEven(toFloat(from, v)))
	case to.IsFloat() && from.IsSigned():
		return fromInt(to, toInt(from, v))
	case to.IsFloat():
		return fromUint(to, v)
	case from.IsSigned() && toInt(from, v) < 0:
		lo, _ := limits(to)
		return fromInt(to, max(toInt(from, v), lo))
	default:
		_, hi := limits(to)
		return min(v, hi)
	}
}

// limits is the range of an integer kind.
func limits(k Kind) (lo int64, hi uint64) {
	if !k.IsSigned() {
		return 0, mask(k)
	}
	hi = mask(k) >> 1
	return -int64(hi) - 1, hi
}

// saturateFloat is the integer x as the nearest number of kind k.
func saturateFloat(k Kind, x float64) uint64 {
	lo, hi := limits(k)
	switch {
	case math.IsNaN(x):
		return 0
	case x <= float64(lo):
		return fromInt(k, lo)
	case x >= float64(hi):
		return hi
	case x < 0:
		return fromInt(k, int64(x))
	default:
		return uint64(x)
	}
}
