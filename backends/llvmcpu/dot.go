package llvmcpu

import (
	"fmt"

	"github.com/llir/llvm/ir/constant"
	"github.com/llir/llvm/ir/enum"
	"github.com/llir/llvm/ir/types"
	"github.com/llir/llvm/ir/value"

	"nncc/backends"
	"nncc/codegen/loopir"
)

// dot adds groups of products of narrow lanes to wide ones: one instruction where the target has it, otherwise
// the same sums in wide arithmetic.
func (e *emitter) dot(x *loopir.Dot) value.Value {
	acc, a, b := e.expr(x.Acc), e.expr(x.A), e.expr(x.B)
	kinds := [2]loopir.Kind{x.A.Type().Elem, x.B.Type().Elem}
	switch kinds {
	case [2]loopir.Kind{loopir.U8, loopir.I8}:
		return e.dotBytes(acc, a, b)
	case [2]loopir.Kind{loopir.BF16, loopir.BF16}:
		return e.dotBF16(acc, a, b)
	}
	panic(fmt.Sprintf("no dot product of %v and %v", kinds[0], kinds[1]))
}

// dotBytes is acc + sum over four of u8*i8, in 32-bit arithmetic that wraps.
func (e *emitter) dotBytes(acc, a, b value.Value) value.Value {
	t := acc.Type()
	lanes := lanesOf(t)
	a32, b32 := e.b.NewBitCast(a, t), e.b.NewBitCast(b, t)
	bits := 32 * lanes
	if bits >= 128 && bits <= 512 && e.mod.target.Has(backends.FeatureAVX512VNNI) {
		return e.intrinsic(fmt.Sprintf("x86.avx512.vpdpbusd.%d", bits), t, nil, acc, a32, b32)
	}
	half := vecOf(2*lanes, types.I16)
	ah, bh := e.b.NewBitCast(a, half), e.b.NewBitCast(b, half)
	eight := intConst(half, 8)
	evenA, oddA := e.b.NewAnd(ah, intConst(half, 0xff)), e.b.NewLShr(ah, eight)
	evenB, oddB := e.b.NewAShr(e.b.NewShl(bh, eight), eight), e.b.NewAShr(bh, eight)
	return e.b.NewAdd(acc, e.b.NewAdd(e.pairSums(t, evenA, evenB), e.pairSums(t, oddA, oddB)))
}

// pairSums multiplies i16 lanes and adds neighbours: vpmaddwd. A product of u8 and i8 fits 16 bits with sign,
// the sum of two fits 17, so nothing saturates.
func (e *emitter) pairSums(t types.Type, a, b value.Value) value.Value {
	switch bits := 32 * lanesOf(t); {
	case bits == 512 && e.mod.target.Has("avx512bw"):
		return e.intrinsic("x86.avx512.pmaddw.d.512", t, nil, a, b)
	case bits == 256 && e.mod.target.Has("avx2"):
		return e.intrinsic("x86.avx2.pmadd.wd", t, nil, a, b)
	}
	sixteen := intConst(t, 16)
	low := func(x value.Value) value.Value {
		return e.b.NewAShr(e.b.NewShl(e.b.NewBitCast(x, t), sixteen), sixteen)
	}
	high := func(x value.Value) value.Value { return e.b.NewAShr(e.b.NewBitCast(x, t), sixteen) }
	return e.b.NewAdd(e.b.NewMul(low(a), low(b)), e.b.NewMul(high(a), high(b)))
}

// dotBF16 is fma(even, even, fma(odd, odd, acc)) on the lanes widened to f32: the order of the instruction, which
// also takes numbers without a full significand for zero.
func (e *emitter) dotBF16(acc, a, b value.Value) value.Value {
	t := acc.Type()
	bits := vecOf(lanesOf(t), types.I32)
	if lanesOf(t) == 16 && e.mod.target.Has(backends.FeatureAVX512BF16) {
		return e.intrinsic("x86.avx512bf16.dpbf16ps.512", t, nil, acc, e.b.NewBitCast(a, bits), e.b.NewBitCast(b, bits))
	}
	even := func(x value.Value) value.Value {
		return e.b.NewBitCast(e.b.NewShl(e.b.NewBitCast(x, bits), intConst(bits, 16)), t)
	}
	odd := func(x value.Value) value.Value {
		return e.b.NewBitCast(e.b.NewAnd(e.b.NewBitCast(x, bits), intConst(bits, -1<<16)), t)
	}
	fma := func(a, b, acc value.Value) value.Value {
		return e.normal(e.intrinsic("fma", t, []types.Type{t}, e.normal(a), e.normal(b), acc))
	}
	return fma(even(a), even(b), fma(odd(a), odd(b), e.normal(acc)))
}

// narrow rounds f32 to bf16 after numbers without a full significand became zero: one instruction where the target has it.
func (e *emitter) narrow(x *loopir.Narrow) value.Value {
	v, lanes := e.expr(x.X), x.X.Type().Lanes
	switch fast := e.mod.target.Has(backends.FeatureAVX512BF16); {
	case fast && lanes == 16:
		return e.intrinsic("x86.avx512bf16.cvtneps2bf16.512", vecOf(lanes, types.I16), nil, v)
	case fast && lanes == 32:
		half := func(first int) value.Value {
			return e.b.NewShuffleVector(v, constant.NewUndef(v.Type()), maskConst(lanesFrom(first, lanes/2)))
		}
		return e.intrinsic("x86.avx512bf16.cvtne2ps2bf16.512", vecOf(lanes, types.I16), nil, half(lanes/2), half(0))
	}
	return e.toBF16(e.normal(v), lanes)
}

// normal is f32, with the zero of its sign in place of a number without a full significand: one with an exponent of 0.
func (e *emitter) normal(v value.Value) value.Value {
	t := vecOf(lanesOf(v.Type()), types.I32)
	bits := e.b.NewBitCast(v, t)
	exponent := e.b.NewAnd(bits, intConst(t, 0x7f800000))
	sign := e.b.NewAnd(bits, intConst(t, -1<<31))
	small := e.b.NewICmp(enum.IPredEQ, exponent, intConst(t, 0))
	return e.b.NewBitCast(e.b.NewSelect(small, sign, bits), v.Type())
}
