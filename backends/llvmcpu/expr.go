package llvmcpu

import (
	"fmt"

	"github.com/llir/llvm/ir/constant"
	"github.com/llir/llvm/ir/enum"
	"github.com/llir/llvm/ir/types"
	"github.com/llir/llvm/ir/value"

	"nncc/codegen/loopir"
)

// expr emits x at the current place and returns its value.
func (e *emitter) expr(x loopir.Expr) value.Value {
	switch x := x.(type) {
	case *loopir.Ref:
		return e.ref(x)
	case *loopir.Const:
		return e.constant(x)
	case *loopir.FromIndex:
		return e.fromIndex(x)
	case *loopir.Load:
		return e.load(x)
	case *loopir.Splat:
		return e.splat(e.expr(x.X), x.Lanes)
	case *loopir.Unary:
		return e.unary(x)
	case *loopir.Binary:
		a, b := e.expr(x.X), e.expr(x.Y)
		return e.binary(x.Op, x.X.Type(), a, b)
	case *loopir.FMA:
		return e.fma(x)
	case *loopir.Cmp:
		return e.compare(x)
	case *loopir.Select:
		m, a, b := e.expr(x.Mask), e.expr(x.X), e.expr(x.Y)
		return e.b.NewSelect(m, a, b)
	case *loopir.Shuffle:
		a, b := e.expr(x.X), e.expr(x.Y)
		return e.b.NewShuffleVector(a, b, maskConst(x.Mask))
	case *loopir.Extract:
		return e.b.NewExtractElement(e.expr(x.X), i32(x.Lane))
	case *loopir.Convert:
		return e.convert(x)
	case *loopir.Bitcast:
		return e.b.NewBitCast(e.expr(x.X), llType(x.T))
	case *loopir.Reduce:
		return e.reduce(x)
	case *loopir.Narrow:
		return e.narrow(x)
	case *loopir.Dot:
		return e.dot(x)
	case *loopir.RegRef:
		panic("register tiles are for Promote to remove")
	}
	panic(fmt.Sprintf("unknown expression %T", x))
}

func (e *emitter) ref(x *loopir.Ref) value.Value {
	v, ok := e.values[x.Val]
	if !ok {
		panic(fmt.Sprintf("value %s is used before it is defined", x.Val.Name))
	}
	return v
}

// constant is the number in every lane. LLVM has no spelling for all 16-bit floats, but folds the rounding of wider ones.
func (e *emitter) constant(x *loopir.Const) value.Value {
	switch x.T.Elem {
	case loopir.F16, loopir.BF16:
		wide := loopir.Vec(loopir.F64, x.T.Lanes)
		return e.floatToFloat(floatConst(wide, x.Float), wide, x.T)
	case loopir.F32, loopir.F64:
		return floatConst(x.T, x.Float)
	}
	return intConst(llType(x.T), x.Int)
}

// fromIndex is a splat of the index as a number of the type.
func (e *emitter) fromIndex(x *loopir.FromIndex) value.Value {
	n := e.index(x.X)
	elem := elemType(x.T.Elem)
	switch k := x.T.Elem; {
	case k.IsFloat() && k.Bytes() == 2:
		panic(fmt.Sprintf("an index as %v: take f32 and convert", x.T))
	case k.IsFloat():
		n = e.b.NewSIToFP(n, elem)
	case k.Bytes() < 8:
		n = e.b.NewTrunc(n, elem)
	}
	return e.splat(n, x.T.Lanes)
}

// splat copies a scalar into every lane.
func (e *emitter) splat(x value.Value, lanes int) value.Value {
	if lanes == 1 {
		return x
	}
	if c, ok := x.(constant.Constant); ok {
		return splatConst(lanes, c)
	}
	return e.broadcast(x, lanes)
}

// broadcast is splat with a vector for one lane too.
func (e *emitter) broadcast(x value.Value, lanes int) value.Value {
	vec := types.NewVector(uint64(lanes), x.Type())
	one := e.b.NewInsertElement(constant.NewUndef(vec), x, i32(0))
	return e.b.NewShuffleVector(one, constant.NewUndef(vec),
		constant.NewZeroInitializer(types.NewVector(uint64(lanes), types.I32)))
}

func (e *emitter) fma(x *loopir.FMA) value.Value {
	a, b, c := e.expr(x.A), e.expr(x.B), e.expr(x.C)
	if t := x.C.Type(); t.Elem.Bytes() == 2 {
		panic(fmt.Sprintf("fma of %v: convert to f32 first", t))
	}
	return e.intrinsic("fma", c.Type(), []types.Type{c.Type()}, a, b, c)
}

// compare is false in lanes with a NaN, but for Ne.
func (e *emitter) compare(x *loopir.Cmp) value.Value {
	a, b := e.expr(x.X), e.expr(x.Y)
	kind := x.X.Type().Elem
	if kind.IsFloat() {
		a, _ = e.widened(a, x.X.Type())
		b, _ = e.widened(b, x.Y.Type())
		return e.b.NewFCmp(floatPredicates[x.Op], a, b)
	}
	if kind.IsSigned() {
		return e.b.NewICmp(signedPredicates[x.Op], a, b)
	}
	return e.b.NewICmp(unsignedPredicates[x.Op], a, b)
}

// The machine's comparisons, by loopir.CmpOp.
var (
	floatPredicates = [...]enum.FPred{
		loopir.Eq: enum.FPredOEQ, loopir.Ne: enum.FPredUNE, loopir.Lt: enum.FPredOLT,
		loopir.Le: enum.FPredOLE, loopir.Gt: enum.FPredOGT, loopir.Ge: enum.FPredOGE,
	}
	signedPredicates = [...]enum.IPred{
		loopir.Eq: enum.IPredEQ, loopir.Ne: enum.IPredNE, loopir.Lt: enum.IPredSLT,
		loopir.Le: enum.IPredSLE, loopir.Gt: enum.IPredSGT, loopir.Ge: enum.IPredSGE,
	}
	unsignedPredicates = [...]enum.IPred{
		loopir.Eq: enum.IPredEQ, loopir.Ne: enum.IPredNE, loopir.Lt: enum.IPredULT,
		loopir.Le: enum.IPredULE, loopir.Gt: enum.IPredUGT, loopir.Ge: enum.IPredUGE,
	}
)
