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
	if math.IsInf(sum, 0) || sum != sum {
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
		at.failf("unary operation %d on %v", op, k)
	}
	sign := uint64(1) << (bitsOf(k) - 1)
	switch op {
	case Neg:
		return func(v uint64) uint64 { return v ^ sign }
	case Abs:
		return func(v uint64) uint64 { return v &^ sign }
	}
	round := map[UnaryOp]func(float64) float64{Sqrt: math.Sqrt, Floor: math.Floor, RoundEven: math.RoundToEven}[op]
	return func(v uint64) uint64 { return fromFloat(k, round(toFloat(k, v))) }
}

// binaryOp is op on one lane of each operand, both of kind k.
func binaryOp(at *site, op BinaryOp, k Kind) func(x, y uint64) uint64 {
	if k.IsFloat() {
		return floatOp(at, op, k)
	}
	do := func(f func(x, y int64) int64) func(x, y uint64) uint64 {
		return func(x, y uint64) uint64 { return fromInt(k, f(toInt(k, x), toInt(k, y))) }
	}
	switch op {
	case Add:
		return do(func(x, y int64) int64 { return x + y })
	case Sub:
		return do(func(x, y int64) int64 { return x - y })
	case Mul:
		return do(func(x, y int64) int64 { return x * y })
	case Div:
		return do(func(x, y int64) int64 {
			if y == 0 {
				at.failf("division of %d by zero", x)
			}
			return x / y
		})
	case Min:
		return do(func(x, y int64) int64 { return min(x, y) })
	case Max:
		return do(func(x, y int64) int64 { return max(x, y) })
	case And:
		return func(x, y uint64) uint64 { return x & y }
	case Or:
		return func(x, y uint64) uint64 { return x | y }
	case Xor:
		return func(x, y uint64) uint64 { return x ^ y }
	default:
		return do(func(x, y int64) int64 {
			if y < 0 || y >= int64(bitsOf(k)) {
				at.failf("shift of %v by %d", k, y)
			}
			if op == Shl {
				return x << y
			}
			return x >> y
		})
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
	case Min, Max: // Y's lane also where both are equal: +0 and -0
		less := func(x, y uint64) bool { return toFloat(k, x) < toFloat(k, y) }
		return func(x, y uint64) uint64 {
			if op == Min && less(x, y) || op == Max && less(y, x) {
				return x
			}
			return y
		}
	default:
		at.failf("binary operation %d on %v", op, k)
		return nil
	}
}

// compare is op on one lane of each operand, both of kind k; 1 is true.
func compare(op CmpOp, k Kind) func(x, y uint64) uint64 {
	return func(x, y uint64) uint64 {
		var less, equal, greater bool // none of them with a NaN
		if k.IsFloat() {
			a, b := toFloat(k, x), toFloat(k, y)
			less, equal, greater = a < b, a == b, a > b
		} else {
			a, b := toInt(k, x), toInt(k, y)
			less, equal, greater = a < b, a == b, a > b
		}
		var result bool
		switch op {
		case Eq:
			result = equal
		case Ne:
			result = !equal
		case Lt:
			result = less
		case Le:
			result = less || equal
		case Gt:
			result = greater
		case Ge:
			result = greater || equal
		}
		if result {
			return 1
		}
		return 0
	}
}
