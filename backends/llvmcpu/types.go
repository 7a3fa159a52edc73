package llvmcpu

import (
	"fmt"
	"math"
	"strings"

	"github.com/llir/llvm/ir/constant"
	"github.com/llir/llvm/ir/types"

	"nncc/codegen/loopir"
)

// elemType is the LLVM type of one element. The 16-bit floats are storage formats here: they travel as
// integers and become numbers in conversions only.
func elemType(k loopir.Kind) types.Type {
	switch k {
	case loopir.Bool:
		return types.I1
	case loopir.F32:
		return types.Float
	case loopir.F64:
		return types.Double
	case loopir.I8, loopir.U8, loopir.I16, loopir.U16, loopir.F16, loopir.BF16, loopir.I32, loopir.U32, loopir.I64, loopir.U64:
		return types.NewInt(uint64(8 * k.Bytes()))
	}
	panic(fmt.Sprintf("kind %v has no machine type", k))
}

func llType(t loopir.Type) types.Type { return vecOf(t.Lanes, elemType(t.Elem)) }

// vecOf is a vector of n elements, or the element itself for n = 1.
func vecOf(n int, elem types.Type) types.Type {
	if n == 1 {
		return elem
	}
	return types.NewVector(uint64(n), elem)
}

func intType(bits int) *types.IntType { return types.NewInt(uint64(bits)) }

// lanesOf is the number of lanes of an LLVM type.
func lanesOf(t types.Type) int {
	if v, ok := t.(*types.VectorType); ok {
		return int(v.Len)
	}
	return 1
}

func i64(n int) *constant.Int { return constant.NewInt(types.I64, int64(n)) }

func i32(n int) *constant.Int { return constant.NewInt(types.I32, int64(n)) }

// splatConst is c in every lane.
func splatConst(n int, c constant.Constant) constant.Constant {
	if n == 1 {
		return c
	}
	elems := make([]constant.Constant, n)
	for i := range elems {
		elems[i] = c
	}
	text := "<" + strings.Repeat(c.String()+", ", n-1) + c.String() + ">"
	return splat{constant.NewVector(types.NewVector(uint64(n), c.Type()), elems...), text}
}

// splat is a vector of equal constants, whose text is made once: printing a number is slow.
type splat struct {
	*constant.Vector
	text string
}

// Ident implements value.Value.
func (s splat) Ident() string { return s.text }

// String implements value.Value.
func (s splat) String() string { return s.Type().String() + " " + s.text }

// intConst is n in every lane of the integer type t.
func intConst(t types.Type, n int64) constant.Constant {
	elem := t
	if v, ok := t.(*types.VectorType); ok {
		elem = v.ElemType
	}
	return splatConst(lanesOf(t), constant.NewInt(elem.(*types.IntType), n))
}

// floatConst is x in every lane of a f32 or f64 type, rounded to it.
func floatConst(t loopir.Type, x float64) constant.Constant {
	elem := types.Double
	if t.Elem == loopir.F32 {
		elem, x = types.Float, float64(float32(x))
	}
	if x == 0 && !math.Signbit(x) {
		return constant.NewZeroInitializer(llType(t))
	}
	return splatConst(t.Lanes, constant.NewFloat(elem, x))
}

// maskConst is a list of lane numbers for shufflevector; -1 is undefined.
func maskConst(lanes []int) constant.Constant {
	elems := make([]constant.Constant, len(lanes))
	for i, l := range lanes {
		elems[i] = constant.NewUndef(types.I32)
		if l >= 0 {
			elems[i] = i32(l)
		}
	}
	return constant.NewVector(types.NewVector(uint64(len(lanes)), types.I32), elems...)
}
