package interp

import (
	"math"

	"nncc/ir"
	"nncc/runtime/tensor"
)

// array is a value under evaluation: floating-point dtypes in f, integers and bool in i (u64 by its bits), row-major. A
// constant is stored alone until something reads it.
type array struct {
	ir.Type
	f      []float64
	i      []int64
	stored *tensor.Tensor
}

func newArray(t ir.Type) array {
	if t.DType.IsFloat() {
		return array{Type: t, f: make([]float64, t.Elems())}
	}
	return array{Type: t, i: make([]int64, t.Elems())}
}

func load(t *tensor.Tensor) array {
	a := array{Type: ir.T(t.DType, t.Shape...)}
	switch {
	case t.DType.IsFloat():
		a.f = t.Float64s()
	case t.DType == tensor.I64 || t.DType == tensor.U64:
		a.i = tensor.View[int64](t)
	default:
		values := t.Float64s() // exact for these widths
		a.i = make([]int64, len(values))
		for k, v := range values {
			a.i[k] = int64(v)
		}
	}
	return a
}

// read is a with its elements in memory.
func (a array) read(o Options) array {
	if a.stored == nil {
		return a
	}
	return load(a.stored).rounded(o)
}

// store makes a tensor; with o.Float64 that of a floating-point array is f64.
func (a array) store(o Options) *tensor.Tensor {
	switch {
	case a.DType.IsFloat() && o.Float64:
		return tensor.FromFloat64s(tensor.F64, a.f, a.Shape...)
	case a.DType.IsFloat():
		return tensor.FromFloat64s(a.DType, a.f, a.Shape...)
	case a.DType == tensor.I64 || a.DType == tensor.U64:
		t := tensor.New(a.DType, a.Shape...)
		copy(tensor.View[int64](t), a.i)
		return t
	}
	values := make([]float64, len(a.i))
	for k, v := range a.i {
		values[k] = float64(v)
	}
	return tensor.FromFloat64s(a.DType, values, a.Shape...)
}

// round brings every element to a value of the dtype, in place.
func (a array) round() {
	switch a.DType {
	case tensor.F64, tensor.I64, tensor.U64: // nothing to do, and the elements may be those of a constant
	case tensor.F32:
		for k, v := range a.f {
			a.f[k] = float64(float32(v))
		}
	case tensor.F16, tensor.BF16:
		copy(a.f, tensor.FromFloat64s(a.DType, a.f, len(a.f)).Float64s())
	default:
		for k, v := range a.i {
			a.i[k] = wrap(a.DType, v)
		}
	}
}

// rounded is a as Options.BF16 asks; the elements may be those of a constant.
func (a array) rounded(o Options) array {
	if o.BF16 && a.DType == tensor.F32 {
		a.f = tensor.FromFloat64s(tensor.BF16, a.f, len(a.f)).Float64s()
	}
	return a
}

// wrap keeps the low bits of v that d has.
func wrap(d tensor.DType, v int64) int64 {
	switch d {
	case tensor.I8:
		return int64(int8(v))
	case tensor.U8:
		return int64(uint8(v))
	case tensor.I16:
		return int64(int16(v))
	case tensor.U16:
		return int64(uint16(v))
	case tensor.I32:
		return int64(int32(v))
	case tensor.U32:
		return int64(uint32(v))
	}
	return v
}

// less compares integers of dtype d.
func less(d tensor.DType, a, b int64) bool {
	if d == tensor.U64 {
		return uint64(a) < uint64(b)
	}
	return a < b
}

// lowest is the integer of dtype d that no other is less than.
func lowest(d tensor.DType) int64 {
	switch d {
	case tensor.I8:
		return math.MinInt8
	case tensor.I16:
		return math.MinInt16
	case tensor.I32:
		return math.MinInt32
	case tensor.I64:
		return math.MinInt64
	}
	return 0
}

// highest is the integer of dtype d that is less than no other.
func highest(d tensor.DType) int64 {
	switch d {
	case tensor.Bool:
		return 1
	case tensor.U64:
		return -1 // all bits set
	case tensor.U8, tensor.U16, tensor.U32:
		return 1<<(8*d.Bytes()) - 1
	}
	return -1 - lowest(d)
}

// pick makes an array of type t whose element k is element at[k] of a, or fill where at[k] is negative.
func (a array) pick(t ir.Type, at []int, fill float64) array {
	out := newArray(t)
	for k, j := range at {
		switch {
		case a.f != nil && j >= 0:
			out.f[k] = a.f[j]
		case a.f != nil || t.DType.IsFloat():
			out.f[k] = fill
		case j >= 0:
			out.i[k] = a.i[j]
		default:
			out.i[k] = int64(fill)
		}
	}
	return out
}
