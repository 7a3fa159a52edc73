package loopir

import (
	"math"
	"math/bits"
)

// fma is a*b + c with one rounding.
func fma(k Kind, a, b, c uint64) uint64 {
	if !k.IsFloat() {
		return fromInt(k, toInt(k, a)*toInt(k, b)+toInt(k, c))
	}
	x, y, z := toFloat(k, a), toFloat(k, b), toFloat(k, c)
	if k == F64 {
		return fromFloat(k, math.FMA(x, y, z))
	}
	return fromFloat(k, addToOdd(x*y, z)) // x*y is exact: at most 48 bits
}

// addToOdd is x + y rounded to odd: of the two float64 around an inexact sum, the one whose last bit is set. Rounding it
// again to 50 bits or fewer gives what rounding the exact sum would (Boldo and Melquiond, "When double rounding is odd").
func addToOdd(x, y float64) float64 {
	sum := x + y
	if math.IsInf(sum, 0) || math.IsNaN(sum) {
		return sum
	}
	back := sum - x
	lost := (x - (sum - back)) + (y - back)
	n := math.Float64bits(sum)
	if lost == 0 || n&1 == 1 {
		return sum
	}
	if (lost > 0) == (sum > 0) {
		return math.Float64frombits(n + 1)
	}
	return math.Float64frombits(n - 1)
}

// unary is op on one lane of kind k.
func unary(at *site, op UnaryOp, k Kind) func(uint64) uint64 {
	if op == Popcount {
		return func(v uint64) uint64 { return uint64(bits.OnesCount64(v)) }
	}
	if !k.IsFloat() {
		switch op {
		case Neg:
			return func(v uint64) uint64 { return fromInt(k, -toInt(k, v)) }
		case Abs:
			return func(v uint64) uint64 { n := toInt(k, v); return fromInt(k, max(n, -n)) }
		}
		at.failf("%v of %v is not defined", op, k)
	}
	switch op {
	case Neg:
		return func(v uint64) uint64 { return v ^ signBit(k) }
	case Abs:
		return func(v uint64) uint64 { return v &^ signBit(k) }
	}
	round := map[UnaryOp]func(float64) float64{Sqrt: math.Sqrt, Floor: math.Floor, RoundEven: math.RoundToEven}[op]
	return func(v uint64) uint64 { return fromFloat(k, round(toFloat(k, v))) }
}

// binaryOp is op on one lane of each operand, both of kind k.
func binaryOp(at *site, op BinaryOp, k Kind) func(x, y uint64) uint64 {
	switch {
	case op == Min: // Y's lane also where both are equal: +0 and -0
		return func(x, y uint64) uint64 { return pick(less(k, x, y), x, y) }
	case op == Max:
		return func(x, y uint64) uint64 { return pick(less(k, y, x), x, y) }
	case k.IsFloat():
		return floatOp(at, op, k)
	}
	switch op {
	case Add:
		return func(x, y uint64) uint64 { return (x + y) & mask(k) }
	case Sub:
		return func(x, y uint64) uint64 { return (x - y) & mask(k) }
	case Mul:
		return func(x, y uint64) uint64 { return (x * y) & mask(k) }
	case Div:
		return intDiv(k)
	case And:
		return func(x, y uint64) uint64 { return x & y }
	case Or:
		return func(x, y uint64) uint64 { return x | y }
	case Xor:
		return func(x, y uint64) uint64 { return x ^ y }
	case Shl, Shr:
		return shiftOp(at, op, k)
	}
	at.failf("%v of %v is not defined", op, k)
	return nil
}

// intDiv truncates towards zero. In Go as here, the smallest number divided by -1 is itself.
func intDiv(k Kind) func(x, y uint64) uint64 {
	return func(x, y uint64) uint64 {
		switch {
		case y == 0:
			return 0
		case k.IsSigned():
			return fromInt(k, toInt(k, x)/toInt(k, y))
		}
		return x / y
	}
}

func shiftOp(at *site, op BinaryOp, k Kind) func(x, y uint64) uint64 {
	return func(x, y uint64) uint64 {
		if y >= uint64(bitsOf(k)) {
			at.failf("shift of %v by %d", k, toInt(k, y))
		}
		switch {
		case op == Shl:
			return x << y & mask(k)
		case k.IsSigned():
			return fromInt(k, toInt(k, x)>>y)
		default:
			return x >> y
		}
	}
}

func floatOp(at *site, op BinaryOp, k Kind) func(x, y uint64) uint64 {
	do := func(f func(x, y float64) float64) func(x, y uint64) uint64 {
		return func(x, y uint64) uint64 { return fromFloat(k, f(toFloat(k, x), toFloat(k, y))) }
	}
	switch op {
	case Add:
		return do(func(x, y float64) float64 { return x + y })
	case Sub:
		return do(func(x, y float64) float64 { return x - y })
	case Mul:
		return do(func(x, y float64) float64 { return x * y })
	case Div:
		return do(func(x, y float64) float64 { return x / y })
	}
	at.failf("%v of %v is not defined", op, k)
	return nil
}

// less compares two lanes of kind k; false with a NaN.
func less(k Kind, x, y uint64) bool {
	switch {
	case k.IsFloat():
		return toFloat(k, x) < toFloat(k, y)
	case k.IsSigned():
		return toInt(k, x) < toInt(k, y)
	default:
		return x < y
	}
}

// equal compares two lanes of kind k: as numbers, so that +0 equals -0 and NaN nothing.
func equal(k Kind, x, y uint64) bool {
	if k.IsFloat() {
		return toFloat(k, x) == toFloat(k, y)
	}
	return x == y
}

func pick(first bool, x, y uint64) uint64 {
	if first {
		return x
	}
	return y
}

// compare is op on one lane of each operand, both of kind k; 1 is true.
func compare(op CmpOp, k Kind) func(x, y uint64) uint64 {
	test := map[CmpOp]func(x, y uint64) bool{
		Eq: func(x, y uint64) bool { return equal(k, x, y) },
		Ne: func(x, y uint64) bool { return !equal(k, x, y) },
		Lt: func(x, y uint64) bool { return less(k, x, y) },
		Le: func(x, y uint64) bool { return less(k, x, y) || equal(k, x, y) },
		Gt: func(x, y uint64) bool { return less(k, y, x) },
		Ge: func(x, y uint64) bool { return less(k, y, x) || equal(k, x, y) },
	}[op]
	return func(x, y uint64) uint64 { return pick(test(x, y), 1, 0) }
}
