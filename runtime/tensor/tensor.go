package tensor

import (
	"fmt"
	"math"
	"slices"
	"unsafe"
)

// Tensor is a dense, row-major tensor. Data holds the elements little-endian and may alias a file's bytes:
// treat the Data of a tensor you did not make as read-only.
type Tensor struct {
	DType DType
	Shape []int
	Data  []byte
}

// New returns a zeroed tensor whose data is aligned for its dtype.
func New(d DType, shape ...int) *Tensor {
	bytes := Count(shape) * d.Bytes()
	words := make([]uint64, (bytes+7)/8)
	var data []byte
	if bytes > 0 {
		data = unsafe.Slice((*byte)(unsafe.Pointer(&words[0])), bytes)
	}
	return &Tensor{d, slices.Clone(shape), data}
}

// FromF32 wraps values, without a copy, as an f32 tensor. It panics if the count does not fit the shape.
func FromF32(values []float32, shape ...int) *Tensor { return wrap(F32, values, shape) }

// FromI64 wraps values, without a copy, as an i64 tensor. It panics if the count does not fit the shape.
func FromI64(values []int64, shape ...int) *Tensor { return wrap(I64, values, shape) }

func wrap[T any](d DType, values []T, shape []int) *Tensor {
	if len(values) != Count(shape) {
		panic(fmt.Sprintf("tensor: %d values for shape %v", len(values), shape))
	}
	var data []byte
	if len(values) > 0 {
		data = unsafe.Slice((*byte)(unsafe.Pointer(&values[0])), len(values)*d.Bytes())
	}
	return &Tensor{d, slices.Clone(shape), data}
}

// Count is the number of elements of a shape; 1 for a scalar (empty shape).
func Count(shape []int) int {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return n
}

// Strides are the distances, in elements, between neighbours along each dimension of a row-major tensor.
func Strides(shape []int) []int {
	out := make([]int, len(shape))
	step := 1
	for d := len(shape) - 1; d >= 0; d-- {
		out[d] = step
		step *= shape[d]
	}
	return out
}

// CheckedBytes is the size in bytes of a tensor, or false where a dimension is negative or the product exceeds limitBytes.
func CheckedBytes(d DType, shape []int, limitBytes int) (int, bool) {
	n := d.Bytes()
	for _, k := range shape {
		if k < 0 {
			return 0, false
		}
		if k > 0 && n > limitBytes/k {
			return 0, false
		}
		n *= k
	}
	return n, n <= limitBytes
}

// Len is the number of elements.
func (t *Tensor) Len() int { return Count(t.Shape) }

// F32s views the data of an f32 tensor. The view is a copy only where the bytes are not aligned to 4.
func (t *Tensor) F32s() []float32 { return view[float32](t, F32) }

// I64s views the data of an i64 tensor. The view is a copy only where the bytes are not aligned to 8.
func (t *Tensor) I64s() []int64 { return view[int64](t, I64) }

// View returns the data of t as []T, which must have the size of t's dtype; a copy only where the bytes are not aligned for T.
func View[T any](t *Tensor) []T { return view[T](t, t.DType) }

func view[T any](t *Tensor, want DType) []T {
	var zero T
	size := int(unsafe.Sizeof(zero))
	if t.DType != want || size != t.DType.Bytes() {
		panic(fmt.Sprintf("tensor: %v viewed as %v of %d bytes", t.DType, want, size))
	}
	n := len(t.Data) / size
	if n == 0 {
		return nil
	}
	if uintptr(unsafe.Pointer(&t.Data[0]))%uintptr(size) == 0 {
		return unsafe.Slice((*T)(unsafe.Pointer(&t.Data[0])), n)
	}
	out := make([]T, n)
	copy(unsafe.Slice((*byte)(unsafe.Pointer(&out[0])), n*size), t.Data)
	return out
}

// Float64s converts every element to float64, whatever the dtype; exact except for 64-bit integers above 2^53.
func (t *Tensor) Float64s() []float64 {
	out := make([]float64, t.Len())
	t.ReadFloat64s(out, 0)
	return out
}

// ReadFloat64s is Float64s for the len(out) elements from element first on.
func (t *Tensor) ReadFloat64s(out []float64, first int) {
	size := t.DType.Bytes()
	part := &Tensor{DType: t.DType, Data: t.Data[first*size:][:len(out)*size]}
	switch t.DType {
	case F32:
		convert[float32](out, part)
	case F64:
		convert[float64](out, part)
	case I8:
		convert[int8](out, part)
	case U8, Bool:
		convert[uint8](out, part)
	case I16:
		convert[int16](out, part)
	case U16:
		convert[uint16](out, part)
	case I32:
		convert[int32](out, part)
	case U32:
		convert[uint32](out, part)
	case I64:
		convert[int64](out, part)
	case U64:
		convert[uint64](out, part)
	case BF16:
		for i, b := range View[uint16](part) {
			out[i] = float64(math.Float32frombits(uint32(b) << 16))
		}
	case F16:
		for i, b := range View[uint16](part) {
			out[i] = float64(F16ToF32(b))
		}
	default:
		panic("tensor: no values of dtype " + t.DType.String())
	}
}

// convert goes by pieces, as a view of data that is not aligned copies all of it.
func convert[T float32 | float64 | int8 | uint8 | int16 | uint16 | int32 | uint32 | int64 | uint64](out []float64, t *Tensor) {
	const piece = 1 << 12
	size := t.DType.Bytes()
	for first := 0; first < len(out); first += piece {
		n := min(piece, len(out)-first)
		part := Tensor{DType: t.DType, Data: t.Data[first*size:][:n*size]}
		for i, v := range View[T](&part) {
			out[first+i] = float64(v)
		}
	}
}

// F16ToF32 widens an IEEE 754 half-precision number; exact.
func F16ToF32(h uint16) float32 {
	sign := uint32(h>>15) << 31
	exponent, fraction := uint32(h>>10)&31, uint32(h)&1023
	switch exponent {
	case 0: // zero and subnormals: fraction * 2^-24
		v := float32(fraction) * (1.0 / (1 << 24))
		return math.Float32frombits(math.Float32bits(v) | sign)
	case 31:
		return math.Float32frombits(sign | 0x7f800000 | fraction<<13)
	}
	return math.Float32frombits(sign | (exponent+112)<<23 | fraction<<13)
}

// Equal reports whether dtype, shape and bytes agree.
func (t *Tensor) Equal(u *Tensor) bool {
	return t.DType == u.DType && slices.Equal(t.Shape, u.Shape) && string(t.Data) == string(u.Data)
}
