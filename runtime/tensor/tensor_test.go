package tensor

import (
	"math"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"
)

func TestDTypeNames(t *testing.T) {
	for d := F32; d <= Bool; d++ {
		require.Equal(t, d, ParseDType(d.String()))
		require.Positive(t, d.Bytes())
	}
	require.Equal(t, Invalid, ParseDType("invalid"))
	require.Equal(t, Invalid, ParseDType("F32"))
	require.True(t, BF16.IsFloat())
	require.False(t, I8.IsFloat())
}

func TestNewIsZeroAndAligned(t *testing.T) {
	for d := F32; d <= Bool; d++ {
		x := New(d, 3, 5)
		require.Equal(t, make([]byte, 15*d.Bytes()), x.Data)
		require.Zero(t, uintptr(unsafe.Pointer(&x.Data[0]))%8)
	}
	require.Empty(t, New(F32, 3, 0).Data)
	require.Equal(t, 1, New(F64).Len(), "a scalar has one element")
}

func TestViewsAlias(t *testing.T) {
	values := []float32{1, 2, 3, 4}
	x := FromF32(values, 2, 2)
	x.F32s()[3] = 9
	require.Equal(t, []float32{1, 2, 3, 9}, values)
	require.Equal(t, []byte{0, 0, 0x80, 0x3f}, x.Data[:4], "little-endian")

	labels := []int64{-1, 1}
	require.Equal(t, labels, FromI64(labels, 2).I64s())
	require.Panics(t, func() { FromF32(values, 3) })
	require.Panics(t, func() { x.I64s() })
	require.Panics(t, func() { View[float64](x) })
}

func TestViewOfUnalignedBytesIsACopy(t *testing.T) {
	data := New(U8, 9).Data
	copy(data[1:], []byte{0, 0, 0x80, 0x3f, 0, 0, 0, 0x40})
	x := &Tensor{F32, []int{2}, data[1:]}
	view := x.F32s()
	require.Equal(t, []float32{1, 2}, view)
	view[0] = 5
	require.Equal(t, []float32{1, 2}, x.F32s())
}

func TestCheckedBytes(t *testing.T) {
	cases := []struct {
		d     DType
		shape []int
		limit int
		bytes int
		ok    bool
	}{
		{F32, nil, 4, 4, true},
		{F32, []int{2, 3}, 24, 24, true},
		{F32, []int{2, 3}, 23, 0, false},
		{U8, []int{-1}, 100, 0, false},
		{U8, []int{0, math.MaxInt}, 100, 0, true},
		{F64, []int{math.MaxInt, math.MaxInt}, math.MaxInt, 0, false},
		{F64, []int{math.MaxInt}, math.MaxInt, 0, false},
	}
	for _, c := range cases {
		bytes, ok := CheckedBytes(c.d, c.shape, c.limit)
		require.Equal(t, c.ok, ok, "%v%v", c.d, c.shape)
		if ok {
			require.Equal(t, c.bytes, bytes, "%v%v", c.d, c.shape)
		}
	}
}

func TestFromBytes(t *testing.T) {
	shape := []int{1, 2}
	x, err := FromBytes(I16, shape, []byte{1, 0, 0xff, 0xff})
	require.NoError(t, err)
	require.Equal(t, []int16{1, -1}, View[int16](x))
	shape[0] = 7
	require.Equal(t, []int{1, 2}, x.Shape)

	_, err = FromBytes(I16, shape, []byte{1, 0, 0xff})
	require.EqualError(t, err, "i16[7 2] takes 28 bytes, not 3")
	_, err = FromBytes(F64, []int{math.MaxInt}, nil)
	require.EqualError(t, err, "f64[9223372036854775807] is no shape of a tensor")
	_, err = FromBytes(Bool, []int{3}, []byte{0, 1, 2})
	require.EqualError(t, err, "element 2 is 2, which is no bool")
	_, err = FromBytes(Invalid, []int{0}, nil)
	require.EqualError(t, err, "a tensor needs a dtype")
}

func TestFloat64s(t *testing.T) {
	cases := []struct {
		d    DType
		data []byte
		want float64
	}{
		{F32, []byte{0, 0, 0x20, 0xc0}, -2.5},
		{F64, []byte{0, 0, 0, 0, 0, 0, 0xf8, 0x3f}, 1.5},
		{F16, []byte{0, 0xc1}, -2.5},
		{BF16, []byte{0x20, 0xc0}, -2.5},
		{I8, []byte{0x80}, -128},
		{U8, []byte{0x80}, 128},
		{Bool, []byte{1}, 1},
		{I16, []byte{0xfe, 0xff}, -2},
		{U16, []byte{0xfe, 0xff}, 65534},
		{I32, []byte{0xfe, 0xff, 0xff, 0xff}, -2},
		{U32, []byte{0xfe, 0xff, 0xff, 0xff}, 4294967294},
		{I64, []byte{0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, -2},
		{U64, []byte{0, 0, 0, 0, 0, 0, 0, 0x80}, 1 << 63},
	}
	for _, c := range cases {
		x, err := FromBytes(c.d, nil, c.data)
		require.NoError(t, err)
		require.Equal(t, []float64{c.want}, x.Float64s(), "%v", c.d)
	}
	require.Panics(t, func() { (&Tensor{Shape: []int{0}}).Float64s() })
}

func TestF16ToF32(t *testing.T) {
	cases := map[uint16]float32{
		0x0000: 0, 0x0001: 0x1p-24, 0x03ff: 1023 * 0x1p-24, 0x0400: 0x1p-14, 0x3555: 1365 * 0x1p-12,
		0x3c00: 1, 0x7bff: 65504, 0x7c00: float32(math.Inf(1)), 0xfc00: float32(math.Inf(-1)), 0x83ff: -1023 * 0x1p-24,
	}
	for h, want := range cases {
		require.Equal(t, want, F16ToF32(h), "%#04x", h)
	}
	require.True(t, math.Signbit(float64(F16ToF32(0x8000))))
	require.True(t, math.IsNaN(float64(F16ToF32(0x7e01))))
}

func TestEqual(t *testing.T) {
	x := FromI64([]int64{1, 2}, 2)
	require.True(t, x.Equal(FromI64([]int64{1, 2}, 2)))
	require.False(t, x.Equal(FromI64([]int64{1, 3}, 2)))
	require.False(t, x.Equal(FromI64([]int64{1, 2}, 1, 2)))
	require.False(t, x.Equal(&Tensor{U64, x.Shape, x.Data}))
}
