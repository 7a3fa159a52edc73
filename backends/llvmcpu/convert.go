package llvmcpu

import (
	"fmt"
	"math"

	"github.com/llir/llvm/ir/constant"
	"github.com/llir/llvm/ir/enum"
	"github.com/llir/llvm/ir/types"
	"github.com/llir/llvm/ir/value"

	"nncc/codegen/loopir"
)

// convert changes the element kind by the rules of loopir.Convert.
func (e *emitter) convert(x *loopir.Convert) value.Value {
	v := e.expr(x.X)
	from, to := x.X.Type(), x.Type()
	switch {
	case from.Elem == to.Elem:
		return v
	case from.Elem.IsFloat() && to.Elem.IsFloat():
		return e.floatToFloat(v, from, to)
	case from.Elem.IsFloat():
		v, from = e.widened(v, from)
		return e.floatToInt(v, from, to)
	case to.Elem.IsFloat():
		return e.intToFloat(v, from, to)
	}
	return e.intToInt(v, from, to)
}

// widened turns the 16-bit floats into f32, exactly.
func (e *emitter) widened(v value.Value, from loopir.Type) (value.Value, loopir.Type) {
	f32 := loopir.Vec(loopir.F32, from.Lanes)
	switch from.Elem {
	case loopir.BF16:
		bits := vecOf(from.Lanes, types.I32)
		return e.b.NewBitCast(e.b.NewShl(e.b.NewZExt(v, bits), intConst(bits, 16)), llType(f32)), f32
	case loopir.F16:
		half := e.b.NewBitCast(v, vecOf(from.Lanes, types.Half))
		return e.b.NewFPExt(half, llType(f32)), f32
	}
	return v, from
}

func (e *emitter) floatToFloat(v value.Value, from, to loopir.Type) value.Value {
	v, from = e.widened(v, from)
	switch {
	case from.Elem == to.Elem:
		return v
	case to.Elem == loopir.F64:
		return e.b.NewFPExt(v, llType(to))
	case to.Elem == loopir.F32:
		return e.b.NewFPTrunc(v, llType(to))
	}
	if from.Elem == loopir.F64 {
		v = e.roundToOdd(v, to.Lanes)
	}
	if to.Elem == loopir.F16 {
		return e.b.NewBitCast(e.b.NewFPTrunc(v, vecOf(to.Lanes, types.Half)), llType(to))
	}
	return e.toBF16(v, to.Lanes)
}

// roundToOdd is f64 as f32, where an inexact result gets the neighbour with an odd last bit. Rounding that again, to
// a 16-bit format, is as good as rounding once (Boldo and Melquiond, "When double rounding is odd").
func (e *emitter) roundToOdd(v value.Value, lanes int) value.Value {
	bits := vecOf(lanes, types.I32)
	abs := func(x value.Value) value.Value {
		return e.intrinsic("fabs", x.Type(), []types.Type{x.Type()}, x)
	}
	near := e.b.NewFPTrunc(v, vecOf(lanes, types.Float))
	back := e.b.NewFPExt(near, v.Type())
	n := e.b.NewBitCast(near, bits)
	inexact := e.b.NewFCmp(enum.FPredONE, back, v)
	even := e.b.NewICmp(enum.IPredEQ, e.b.NewAnd(n, intConst(bits, 1)), intConst(bits, 0))
	away := e.b.NewFCmp(enum.FPredOGT, abs(v), abs(back))
	odd := e.b.NewSelect(away, e.b.NewAdd(n, intConst(bits, 1)), e.b.NewSub(n, intConst(bits, 1)))
	return e.b.NewBitCast(e.b.NewSelect(e.b.NewAnd(inexact, even), odd, n), near.Type())
}

// toBF16 rounds f32 to nearest even in integer arithmetic; NaN stays NaN. The processor's own conversion flushes
// denormals, so it is no substitute.
func (e *emitter) toBF16(v value.Value, lanes int) value.Value {
	t := vecOf(lanes, types.I32)
	bits := e.b.NewBitCast(v, t)
	high := e.b.NewLShr(bits, intConst(t, 16))
	lsb := e.b.NewAnd(high, intConst(t, 1))
	rounded := e.b.NewLShr(e.b.NewAdd(bits, e.b.NewAdd(lsb, intConst(t, 0x7fff))), intConst(t, 16))
	quiet := e.b.NewOr(high, intConst(t, 0x40))
	isNaN := e.b.NewFCmp(enum.FPredUNO, v, v)
	return e.b.NewTrunc(e.b.NewSelect(isNaN, quiet, rounded), vecOf(lanes, types.I16))
}

// floatToInt rounds to nearest even and saturates; NaN becomes 0. LLVM's conversion is undefined outside the
// range, so the number is brought into it first.
func (e *emitter) floatToInt(v value.Value, from, to loopir.Type) value.Value {
	lo, hi := kindRange(to.Elem)
	highest := largestBelow(from.Elem, hi)
	ft := v.Type()
	rounded := e.intrinsic("roundeven", ft, []types.Type{ft}, v)
	low, high := floatConst(from, lo), floatConst(from, highest)
	x := e.floatBinary(loopir.Max, rounded, low) // low where v is NaN
	x = e.floatBinary(loopir.Min, x, high)
	n := e.inRange(x, to)
	if highest != hi { // the largest integer is no float: what lies above the last float becomes it
		over := e.b.NewFCmp(enum.FPredOGT, rounded, high)
		n = e.b.NewSelect(over, intConst(n.Type(), maxInt(to.Elem)), n)
	}
	isNaN := e.b.NewFCmp(enum.FPredUNO, v, v)
	return e.b.NewSelect(isNaN, constant.NewZeroInitializer(n.Type()), n)
}

// inRange converts integral floats that the integer kind holds, through the narrowest type that processors convert to.
func (e *emitter) inRange(x value.Value, to loopir.Type) value.Value {
	if to.Elem == loopir.U64 {
		return e.b.NewFPToUI(x, llType(to))
	}
	wide := types.I32
	if to.Elem.Bytes() == 8 || to.Elem == loopir.U32 {
		wide = types.I64
	}
	n := e.b.NewFPToSI(x, vecOf(to.Lanes, wide))
	if int(wide.BitSize) == 8*to.Elem.Bytes() {
		return n
	}
	return e.b.NewTrunc(n, llType(to))
}

// kindRange is the range of an integer kind as floats; the upper ends of the 64-bit kinds round up.
func kindRange(k loopir.Kind) (lo, hi float64) {
	bits := 8 * k.Bytes()
	if k.IsSigned() {
		return -math.Ldexp(1, bits-1), math.Ldexp(1, bits-1) - 1
	}
	return 0, math.Ldexp(1, bits) - 1
}

// maxInt is the largest number of an integer kind, as bits.
func maxInt(k loopir.Kind) int64 {
	bits := 8 * k.Bytes()
	if k.IsSigned() {
		bits--
	}
	return int64(uint64(1)<<bits - 1)
}

// largestBelow is the largest float of kind k below the first integer after the range that ends at hi.
func largestBelow(k loopir.Kind, hi float64) float64 {
	end := math.Ldexp(1, math.Ilogb(hi+1)) // the power of two behind the range
	if k == loopir.F32 {
		return min(hi, float64(math.Nextafter32(float32(end), 0)))
	}
	return min(hi, math.Nextafter(end, 0))
}

func (e *emitter) intToFloat(v value.Value, from, to loopir.Type) value.Value {
	if to.Elem == loopir.F16 || to.Elem == loopir.BF16 {
		if from.Elem.Bytes() == 8 {
			panic(fmt.Sprintf("conversion of %v to %v: not supported", from, to))
		}
		f64 := loopir.Vec(loopir.F64, to.Lanes)
		return e.floatToFloat(e.intToFloat(v, from, f64), f64, to)
	}
	if from.Elem.IsSigned() {
		return e.b.NewSIToFP(v, llType(to))
	}
	return e.b.NewUIToFP(v, llType(to))
}

// intToInt saturates where the destination cannot hold the number.
func (e *emitter) intToInt(v value.Value, from, to loopir.Type) value.Value {
	v = e.clamped(v, from, to)
	switch fromBits, toBits := from.Elem.Bytes(), to.Elem.Bytes(); {
	case fromBits > toBits:
		return e.b.NewTrunc(v, llType(to))
	case fromBits == toBits:
		return v
	case from.Elem.IsSigned():
		return e.b.NewSExt(v, llType(to))
	}
	return e.b.NewZExt(v, llType(to))
}

// clamped brings v into the range of to, in the arithmetic of from.
func (e *emitter) clamped(v value.Value, from, to loopir.Type) value.Value {
	fromLo, fromHi := kindRange(from.Elem)
	toLo, toHi := kindRange(to.Elem)
	signed := from.Elem.IsSigned()
	if toLo > fromLo {
		low := int64(0)
		if to.Elem.IsSigned() {
			low = -maxInt(to.Elem) - 1
		}
		v = e.intBinary(loopir.Max, signed, v, intConst(v.Type(), low))
	}
	if toHi < fromHi {
		v = e.intBinary(loopir.Min, signed, v, intConst(v.Type(), maxInt(to.Elem)))
	}
	return v
}
