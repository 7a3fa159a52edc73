package gohost

import (
	"fmt"
	"strconv"

	"github.com/dave/jennifer/jen"

	"nncc/codegen/loopir"
)

// convert changes the element kind by the rules of loopir.Convert.
func convert(from, to loopir.Kind, x operand) operand {
	switch {
	case from == to:
		return x
	case isHalf(from):
		return convert(loopir.F64, to, wide(from, x))
	case from.IsFloat() && to.IsFloat():
		return floatToFloat(from, to, x)
	case from.IsFloat():
		return floatToInt(from, to, x)
	case isHalf(to):
		return intToHalf(from, to, x)
	case to.IsFloat():
		return call(goType(to), x)
	}
	return call(goType(to), clamped(from, to, x))
}

func floatToFloat(from, to loopir.Kind, x operand) operand {
	if !isHalf(to) {
		return call(goType(to), x)
	}
	if from == loopir.F32 {
		x = call("float64", x)
	}
	return fromWide(to, x)
}

// floatToInt rounds to nearest even and saturates; NaN becomes 0.
func floatToInt(from, to loopir.Kind, x operand) operand {
	if from == loopir.F32 {
		x = call("float64", x)
	}
	switch to {
	case loopir.I64:
		return call("nnccToI64", x)
	case loopir.U64:
		return call("nnccToU64", x)
	}
	lo, hi := limits(to)
	return call(goType(to), call("nnccRound", x, decimal(lo), decimalU(hi)))
}

// intToHalf rounds once: a float64 holds the narrower kinds exactly, and the wide ones keep what was lost in their last bit.
func intToHalf(from, to loopir.Kind, x operand) operand {
	switch {
	case from.Bytes() < 8:
		return fromWide(to, call("float64", x))
	case from.IsSigned():
		return fromWide(to, call("nnccOddI64", x))
	}
	return fromWide(to, call("nnccOddU64", x))
}

// clamped brings x into the range of to, in the arithmetic of from.
func clamped(from, to loopir.Kind, x operand) operand {
	fromLo, fromHi := limits(from)
	toLo, toHi := limits(to)
	if toLo > fromLo {
		x = call("max", x, decimal(toLo))
	}
	if toHi < fromHi {
		x = call("min", x, decimalU(toHi))
	}
	return x
}

// limits is the range of an integer kind.
func limits(k loopir.Kind) (lo int64, hi uint64) {
	bits := 8 * k.Bytes()
	switch {
	case !k.IsSigned() && k >= loopir.I8 && k <= loopir.U64:
		return 0, 1<<bits - 1
	case k.IsSigned():
		return -1 << (bits - 1), 1<<(bits-1) - 1
	}
	panic(fmt.Sprintf("%v is not an integer kind", k))
}

func decimal(n int64) operand { return operand{jen.Id(strconv.FormatInt(n, 10)), literal} }

func decimalU(n uint64) operand { return operand{jen.Id(strconv.FormatUint(n, 10)), literal} }
