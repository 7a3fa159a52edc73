package llvmcpu

import (
	ll "github.com/llir/llvm/ir"
	"github.com/llir/llvm/ir/constant"
	"github.com/llir/llvm/ir/enum"
	"github.com/llir/llvm/ir/types"
	"github.com/llir/llvm/ir/value"

	"nncc/codegen/loopir"
)

// load reads lanes below count, all if it is nil; the others are zero.
func (e *emitter) load(x *loopir.Load) value.Value {
	t := llType(x.T)
	p := e.address(x.Buf, x.Idx)
	if x.Pick != nil {
		p = e.picked(p, x)
	}
	p = e.pointerTo(p, x.T)
	if x.Count == nil {
		return e.plainLoad(t, p, x.T)
	}
	if n, ok := x.Count.IsConst(); ok && n >= x.T.Lanes {
		return e.plainLoad(t, p, x.T)
	}
	if x.T.Lanes == 1 { // LLVM's masked accesses want vectors
		v := e.maskedLoad(types.NewVector(1, t), p, x)
		return e.b.NewExtractElement(v, i32(0))
	}
	return e.maskedLoad(t, p, x)
}

// picked is an address moved as far as the pick of a load says, which does not leave the buffer.
func (e *emitter) picked(p value.Value, x *loopir.Load) value.Value {
	pick := e.expr(x.Pick)
	if !pick.Type().Equal(types.I64) {
		pick = e.b.NewSExt(pick, types.I64)
	}
	last := i64(x.Extent - 1)
	pick = e.b.NewSelect(e.b.NewICmp(enum.IPredSGT, pick, i64(0)), pick, i64(0))
	pick = e.b.NewSelect(e.b.NewICmp(enum.IPredSLT, pick, last), pick, last)
	return e.b.NewGetElementPtr(elemType(x.Buf.Elem), p, e.b.NewMul(pick, i64(x.Buf.Stride(x.Dim))))
}

func (e *emitter) plainLoad(t types.Type, p value.Value, typ loopir.Type) value.Value {
	l := e.b.NewLoad(t, p)
	l.Align = elemAlign(typ)
	return l
}

func (e *emitter) maskedLoad(t types.Type, p value.Value, x *loopir.Load) value.Value {
	ptr := types.NewPointer(t)
	p = e.b.NewBitCast(p, ptr)
	return e.intrinsic("masked.load", t, []types.Type{t, ptr},
		p, i32(int(elemAlign(x.T))), e.laneMask(*x.Count, x.T), constant.NewZeroInitializer(t))
}

func (e *emitter) store(s *loopir.Store) {
	x := e.expr(s.X)
	t := s.X.Type()
	p := e.pointer(s.Buf, s.Idx, t)
	full := s.Count == nil
	if !full {
		n, ok := s.Count.IsConst()
		full = ok && n >= t.Lanes
	}
	if full {
		st := e.b.NewStore(x, p)
		st.Align = elemAlign(t)
		return
	}
	vec := llType(t)
	if t.Lanes == 1 {
		vec = types.NewVector(1, vec)
		x = e.b.NewInsertElement(constant.NewUndef(vec), x, i32(0))
	}
	ptr := types.NewPointer(vec)
	e.intrinsic("masked.store", types.Void, []types.Type{vec, ptr},
		x, e.b.NewBitCast(p, ptr), i32(int(elemAlign(t))), e.laneMask(*s.Count, t))
}

// pointer is the address of an element, as a pointer to values of type t.
func (e *emitter) pointer(buf *loopir.Buffer, idx []loopir.Index, t loopir.Type) value.Value {
	return e.pointerTo(e.address(buf, idx), t)
}

// pointerTo is a pointer to an element as one to values of type t.
func (e *emitter) pointerTo(p value.Value, t loopir.Type) value.Value {
	if t.Lanes == 1 {
		return p
	}
	return e.b.NewBitCast(p, types.NewPointer(llType(t)))
}

// elemAlign: vectors start at any element.
func elemAlign(t loopir.Type) ll.Align { return ll.Align(t.Elem.Bytes()) }

// laneMask is true in the lanes below count. Lane numbers are compared in the width of the elements, which is
// the mask width the processor has at hand.
func (e *emitter) laneMask(count loopir.Index, t loopir.Type) value.Value {
	vec := types.NewVector(uint64(t.Lanes), types.I1)
	if n, ok := count.IsConst(); ok {
		lanes := make([]constant.Constant, t.Lanes)
		for i := range lanes {
			lanes[i] = constant.NewBool(i < n)
		}
		return constant.NewVector(vec, lanes...)
	}
	count = count.Max(loopir.C(0)).Min(loopir.C(t.Lanes))
	elem := intType(8 * t.Elem.Bytes())
	n := e.index(count)
	if elem.BitSize < 64 {
		n = e.b.NewTrunc(n, elem)
	}
	numbers := make([]constant.Constant, t.Lanes)
	for i := range numbers {
		numbers[i] = constant.NewInt(elem, int64(i))
	}
	wide := types.NewVector(uint64(t.Lanes), elem)
	return e.b.NewICmp(enum.IPredULT, constant.NewVector(wide, numbers...), e.broadcast(n, t.Lanes))
}
