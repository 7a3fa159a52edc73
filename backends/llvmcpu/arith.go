package llvmcpu

import (
	"fmt"

	"github.com/llir/llvm/ir/constant"
	"github.com/llir/llvm/ir/enum"
	"github.com/llir/llvm/ir/types"
	"github.com/llir/llvm/ir/value"

	"nncc/codegen/loopir"
)

// unary is op on every lane. The 16-bit floats compute in f32, which rounds like computing in their own format.
func (e *emitter) unary(x *loopir.Unary) value.Value {
	a, t := e.expr(x.X), x.X.Type()
	if !t.Elem.IsFloat() {
		return e.intUnary(x.Op, a)
	}
	wide, wideType := e.widened(a, t)
	r := e.floatUnary(x.Op, wide)
	return e.floatToFloat(r, wideType, t)
}

func (e *emitter) intUnary(op loopir.UnaryOp, a value.Value) value.Value {
	t := a.Type()
	switch op {
	case loopir.Neg:
		return e.b.NewSub(constant.NewZeroInitializer(t), a)
	case loopir.Abs:
		const minIsPoison = false // the smallest number is its own absolute value
		return e.intrinsic("abs", t, []types.Type{t}, a, constant.NewBool(minIsPoison))
	case loopir.Popcount:
		return e.intrinsic("ctpop", t, []types.Type{t}, a)
	}
	panic(fmt.Sprintf("%v of integers", op))
}

func (e *emitter) floatUnary(op loopir.UnaryOp, a value.Value) value.Value {
	if op == loopir.Neg {
		return e.b.NewFNeg(a)
	}
	name, ok := map[loopir.UnaryOp]string{
		loopir.Abs: "fabs", loopir.Sqrt: "sqrt", loopir.Floor: "floor", loopir.RoundEven: "roundeven",
	}[op]
	if !ok {
		panic(fmt.Sprintf("%v of floats", op))
	}
	return e.intrinsic(name, a.Type(), []types.Type{a.Type()}, a)
}

// binary is op on two values of type t.
func (e *emitter) binary(op loopir.BinaryOp, t loopir.Type, a, b value.Value) value.Value {
	if !t.Elem.IsFloat() {
		return e.intBinary(op, t.Elem.IsSigned(), a, b)
	}
	a, wideType := e.widened(a, t)
	b, _ = e.widened(b, t)
	return e.floatToFloat(e.floatBinary(op, a, b), wideType, t)
}

// floatBinary: Min and Max are comparisons that pick the second operand when one is NaN, which is exactly what
// minps and maxps do.
func (e *emitter) floatBinary(op loopir.BinaryOp, a, b value.Value) value.Value {
	switch op {
	case loopir.Add:
		return e.b.NewFAdd(a, b)
	case loopir.Sub:
		return e.b.NewFSub(a, b)
	case loopir.Mul:
		return e.b.NewFMul(a, b)
	case loopir.Div:
		return e.b.NewFDiv(a, b)
	case loopir.Min:
		return e.b.NewSelect(e.b.NewFCmp(enum.FPredOLT, a, b), a, b)
	case loopir.Max:
		return e.b.NewSelect(e.b.NewFCmp(enum.FPredOGT, a, b), a, b)
	}
	panic(fmt.Sprintf("%v of floats", op))
}

func (e *emitter) intBinary(op loopir.BinaryOp, signed bool, a, b value.Value) value.Value {
	switch op {
	case loopir.Add:
		return e.b.NewAdd(a, b)
	case loopir.Sub:
		return e.b.NewSub(a, b)
	case loopir.Mul:
		return e.b.NewMul(a, b)
	case loopir.Div:
		return e.intDiv(signed, a, b)
	case loopir.And:
		return e.b.NewAnd(a, b)
	case loopir.Or:
		return e.b.NewOr(a, b)
	case loopir.Xor:
		return e.b.NewXor(a, b)
	case loopir.Shl:
		return e.b.NewShl(a, b)
	}
	if signed {
		return e.signedBinary(op, a, b)
	}
	switch op {
	case loopir.Shr:
		return e.b.NewLShr(a, b)
	case loopir.Min:
		return e.b.NewSelect(e.b.NewICmp(enum.IPredULT, a, b), a, b)
	case loopir.Max:
		return e.b.NewSelect(e.b.NewICmp(enum.IPredUGT, a, b), a, b)
	}
	panic(fmt.Sprintf("%v of unsigned integers", op))
}

// intDiv never traps: LLVM's divisions get 1 in the place of divisors that they have no result for.
func (e *emitter) intDiv(signed bool, a, b value.Value) value.Value {
	t := b.Type()
	zero, one := intConst(t, 0), intConst(t, 1)
	isZero := e.b.NewICmp(enum.IPredEQ, b, zero)
	safe := e.b.NewSelect(isZero, one, b)
	if !signed {
		return e.b.NewSelect(isZero, zero, e.b.NewUDiv(a, safe))
	}
	isMinusOne := e.b.NewICmp(enum.IPredEQ, b, intConst(t, -1)) // overflows for the smallest number
	quotient := e.b.NewSDiv(a, e.b.NewSelect(isMinusOne, one, safe))
	negated := e.b.NewSub(zero, a)
	return e.b.NewSelect(isZero, zero, e.b.NewSelect(isMinusOne, negated, quotient))
}

func (e *emitter) signedBinary(op loopir.BinaryOp, a, b value.Value) value.Value {
	switch op {
	case loopir.Shr:
		return e.b.NewAShr(a, b)
	case loopir.Min:
		return e.b.NewSelect(e.b.NewICmp(enum.IPredSLT, a, b), a, b)
	case loopir.Max:
		return e.b.NewSelect(e.b.NewICmp(enum.IPredSGT, a, b), a, b)
	}
	panic(fmt.Sprintf("%v of signed integers", op))
}

// reduce folds halves onto each other until one lane is left.
func (e *emitter) reduce(x *loopir.Reduce) value.Value {
	v := e.expr(x.X)
	t := x.X.Type()
	for n := t.Lanes; n > 1; n /= 2 {
		half := n / 2
		undef := constant.NewUndef(v.Type())
		low := e.b.NewShuffleVector(v, undef, maskConst(lanesFrom(0, half)))
		high := e.b.NewShuffleVector(v, undef, maskConst(lanesFrom(half, half)))
		v = e.binary(x.Op, loopir.Vec(t.Elem, half), low, high)
	}
	if t.Lanes == 1 {
		return v
	}
	return e.b.NewExtractElement(v, i32(0))
}

// lanesFrom is n numbers from first on.
func lanesFrom(first, n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = first + i
	}
	return out
}
