package llvmcpu

import (
	"fmt"

	"github.com/llir/llvm/ir/constant"
	"github.com/llir/llvm/ir/enum"
	"github.com/llir/llvm/ir/types"
	"github.com/llir/llvm/ir/value"

	"nncc/codegen/loopir"
)

func (e *emitter) unary(x *loopir.Unary) value.Value {
	a := e.expr(x.X)
	t := a.Type()
	over := []types.Type{t}
	float := x.X.Type().Elem.IsFloat()
	switch x.Op {
	case loopir.Neg:
		if float {
			return e.b.NewFNeg(a)
		}
		return e.b.NewSub(constant.NewZeroInitializer(t), a)
	case loopir.Abs:
		if float {
			return e.intrinsic("fabs", t, over, a)
		}
		if !x.X.Type().Elem.IsSigned() {
			return a
		}
		return e.intrinsic("abs", t, over, a, constant.False) // the smallest number is its own absolute value
	case loopir.Sqrt:
		return e.intrinsic("sqrt", t, over, a)
	case loopir.Floor:
		return e.intrinsic("floor", t, over, a)
	case loopir.RoundEven:
		return e.intrinsic("roundeven", t, over, a)
	case loopir.Popcount:
		return e.intrinsic("ctpop", t, over, a)
	}
	panic(fmt.Sprintf("unknown unary operation %d", x.Op))
}

// binary is op on two values of type t.
func (e *emitter) binary(op loopir.BinaryOp, t loopir.Type, a, b value.Value) value.Value {
	if t.Elem == loopir.F16 || t.Elem == loopir.BF16 {
		panic(fmt.Sprintf("arithmetic on %v: convert to f32 first", t))
	}
	if t.Elem.IsFloat() {
		return e.floatBinary(op, a, b)
	}
	return e.intBinary(op, t.Elem.IsSigned(), a, b)
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
	panic(fmt.Sprintf("operation %d on floats", op))
}

func (e *emitter) intBinary(op loopir.BinaryOp, signed bool, a, b value.Value) value.Value {
	switch op {
	case loopir.Add:
		return e.b.NewAdd(a, b)
	case loopir.Sub:
		return e.b.NewSub(a, b)
	case loopir.Mul:
		return e.b.NewMul(a, b)
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
	case loopir.Div:
		return e.b.NewUDiv(a, b)
	case loopir.Shr:
		return e.b.NewLShr(a, b)
	case loopir.Min:
		return e.b.NewSelect(e.b.NewICmp(enum.IPredULT, a, b), a, b)
	case loopir.Max:
		return e.b.NewSelect(e.b.NewICmp(enum.IPredUGT, a, b), a, b)
	}
	panic(fmt.Sprintf("operation %d on unsigned integers", op))
}

func (e *emitter) signedBinary(op loopir.BinaryOp, a, b value.Value) value.Value {
	switch op {
	case loopir.Div:
		return e.b.NewSDiv(a, b)
	case loopir.Shr:
		return e.b.NewAShr(a, b)
	case loopir.Min:
		return e.b.NewSelect(e.b.NewICmp(enum.IPredSLT, a, b), a, b)
	case loopir.Max:
		return e.b.NewSelect(e.b.NewICmp(enum.IPredSGT, a, b), a, b)
	}
	panic(fmt.Sprintf("operation %d on signed integers", op))
}

// reduce folds halves onto each other until one lane is left.
func (e *emitter) reduce(x *loopir.Reduce) value.Value {
	v := e.expr(x.X)
	t := x.X.Type()
	for n := t.Lanes; n > 1; n /= 2 {
		if n%2 != 0 {
			panic(fmt.Sprintf("reduction over %d lanes: not a power of two", t.Lanes))
		}
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
