package tensor

import "math"

// FromFloat64s makes a tensor of any dtype. Floating-point dtypes round to nearest even, values too large for them
// become infinite. Integers truncate towards zero, saturate at 64 bits (not a number becomes 0), and wrap to their
// width. Bool is 1 for everything but 0. It panics if the count does not fit the shape.
func FromFloat64s(d DType, values []float64, shape ...int) *Tensor {
	t := New(d, shape...)
	if len(values) != t.Len() {
		panic("tensor: the number of values does not fit the shape")
	}
	switch d {
	case F32:
		narrow(t, values, func(v float64) float32 { return float32(v) })
	case F64:
		copy(View[float64](t), values)
	case F16:
		narrow(t, values, func(v float64) uint16 { return roundHalf(v, 10, 5) })
	case BF16:
		narrow(t, values, func(v float64) uint16 { return roundHalf(v, 7, 8) })
	case I8:
		narrow(t, values, func(v float64) int8 { return int8(toInt64(v)) })
	case U8:
		narrow(t, values, func(v float64) uint8 { return uint8(toInt64(v)) })
	case I16:
		narrow(t, values, func(v float64) int16 { return int16(toInt64(v)) })
	case U16:
		narrow(t, values, func(v float64) uint16 { return uint16(toInt64(v)) })
	case I32:
		narrow(t, values, func(v float64) int32 { return int32(toInt64(v)) })
	case U32:
		narrow(t, values, func(v float64) uint32 { return uint32(toInt64(v)) })
	case I64:
		narrow(t, values, toInt64)
	case U64:
		narrow(t, values, toUint64)
	case Bool:
		narrow(t, values, func(v float64) uint8 {
			if v != 0 {
				return 1
			}
			return 0
		})
	default:
		panic("tensor: no values of dtype " + d.String())
	}
	return t
}

func narrow[T any](t *Tensor, values []float64, to func(float64) T) {
	out := View[T](t)
	for i, v := range values {
		out[i] = to(v)
	}
}

// toInt64 saturates: what Go's own conversion does out of range depends on the processor.
func toInt64(v float64) int64 {
	switch {
	case v != v:
		return 0
	case v >= 1<<63:
		return math.MaxInt64
	case v < -1<<63:
		return math.MinInt64
	}
	return int64(v)
}

func toUint64(v float64) uint64 {
	switch {
	case v >= 1<<64:
		return math.MaxUint64
	case v >= 1<<63:
		return uint64(v)
	}
	return uint64(toInt64(v))
}

// roundHalf encodes x as a 16-bit IEEE-style number with the given field widths, rounding once, to nearest even.
func roundHalf(x float64, fractionBits, exponentBits int) uint16 {
	bias := 1<<(exponentBits-1) - 1
	infinity := uint16(1<<exponentBits-1) << fractionBits
	var sign uint16
	if math.Signbit(x) {
		sign = 1 << 15
	}
	x = math.Abs(x)
	if math.IsNaN(x) {
		return sign | infinity | 1<<(fractionBits-1)
	}
	if x == 0 {
		return sign
	}
	_, exponent := math.Frexp(x)
	exponent = max(exponent-1, 1-bias) // of the leading bit; subnormals share the smallest
	if exponent > bias || math.IsInf(x, 0) {
		return sign | infinity
	}
	// A fraction that rounds up to the next power of two carries into the exponent field, as it should.
	fraction := uint16(math.RoundToEven(math.Ldexp(x, fractionBits-exponent)))
	return sign | (uint16(exponent+bias-1)<<fractionBits + fraction)
}
