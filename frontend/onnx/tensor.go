package onnx

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"nncc/ir"
	"nncc/runtime/tensor"
)

// tensorProto is a TensorProto whose numbers are still as the file has them: in raw, or in the field of their type.
type tensorProto struct {
	name     string
	dims     []int64
	elem     int // TensorProto.DataType
	raw      []byte
	hasRaw   bool
	floats   []byte // float_data, little-endian
	doubles  []byte // double_data, little-endian
	strings  [][]byte
	ints     []int64
	segment  bool
	external []entry
	outside  bool // data_location is EXTERNAL
}

type entry struct{ key, value string }

func parseTensor(data []byte) (*tensorProto, error) {
	t := &tensorProto{}
	s := scan("TensorProto", data)
	for s.next() {
		switch s.num {
		case 1:
			t.dims = s.appendInts(t.dims)
		case 2:
			t.elem = s.enum()
		case 3:
			t.segment = true
		case 4:
			t.floats = s.appendFixed(t.floats, 4)
		case 5, 7, 11: // int32_data, int64_data, uint64_data: one of them, by the element type
			t.ints = s.appendInts(t.ints)
		case 6:
			t.strings = append(t.strings, s.bytes())
		case 8:
			t.name = s.text()
		case 9:
			t.raw, t.hasRaw = s.bytes(), true
		case 10:
			t.doubles = s.appendFixed(t.doubles, 8)
		case 13:
			key, value, err := parseEntry(s.bytes())
			s.fail(err)
			t.external = append(t.external, entry{key, value})
		case 14:
			t.outside = s.enum() == 1
		}
	}
	return t, s.err
}

// elemNames are the names of TensorProto.DataType, by number.
var elemNames = [...]string{"UNDEFINED", "FLOAT", "UINT8", "INT8", "UINT16", "INT16", "INT32", "INT64", "STRING", "BOOL",
	"FLOAT16", "DOUBLE", "UINT32", "UINT64", "COMPLEX64", "COMPLEX128", "BFLOAT16", "FLOAT8E4M3FN", "FLOAT8E4M3FNUZ",
	"FLOAT8E5M2", "FLOAT8E5M2FNUZ", "UINT4", "INT4", "FLOAT4E2M1", "FLOAT8E8M0", "UINT2", "INT2"}

// dtypeOf translates a TensorProto.DataType; of narrow types it is the dtype that their values are kept in.
func dtypeOf(elem int) (tensor.DType, error) {
	switch elem {
	case 1:
		return tensor.F32, nil
	case 2:
		return tensor.U8, nil
	case 3:
		return tensor.I8, nil
	case 4:
		return tensor.U16, nil
	case 5:
		return tensor.I16, nil
	case 6:
		return tensor.I32, nil
	case 7:
		return tensor.I64, nil
	case 9:
		return tensor.Bool, nil
	case 10:
		return tensor.F16, nil
	case 11:
		return tensor.F64, nil
	case 12:
		return tensor.U32, nil
	case 13:
		return tensor.U64, nil
	case 16:
		return tensor.BF16, nil
	}
	if t := narrowTypeOf(elem); t != nil {
		return t.dtype, nil
	}
	if elem >= 0 && elem < len(elemNames) {
		return tensor.Invalid, fmt.Errorf("element type %s is not supported", elemNames[elem])
	}
	return tensor.Invalid, fmt.Errorf("unknown element type %d", elem)
}

// decode makes a tensor. It aliases the file's bytes except where integers are stored as varints. External data comes
// from files, which may be nil to refuse it.
func (t *tensorProto) decode(files *externalFiles) (*tensor.Tensor, error) {
	dtype, err := dtypeOf(t.elem)
	if err != nil {
		return nil, err
	}
	shape, err := shapeOf(t.dims)
	if err != nil {
		return nil, err
	}
	bytes, ok := tensor.CheckedBytes(dtype, shape, ir.MaxTensorBytes)
	if !ok {
		return nil, fmt.Errorf("shape %s of %v is larger than %d bytes", dims(shape), dtype, ir.MaxTensorBytes)
	}
	if t.segment {
		return nil, errors.New("tensors in segments are not supported")
	}
	narrow := narrowTypeOf(t.elem)
	if narrow.isString() {
		return unpackStrings(t.strings, shape)
	}
	if narrow != nil {
		data, err := t.bytes(tensor.U8, narrow.bytes(tensor.Count(shape)), files)
		if err != nil {
			return nil, err
		}
		return narrow.unpack(data, shape)
	}
	data, err := t.bytes(dtype, bytes, files)
	if err != nil {
		return nil, err
	}
	if len(data) != bytes {
		return nil, fmt.Errorf("shape %s of %v needs %d bytes of data, got %d", dims(shape), dtype, bytes, len(data))
	}
	if dtype == tensor.Bool {
		if err := checkBools(data); err != nil {
			return nil, err
		}
	}
	return &tensor.Tensor{DType: dtype, Shape: shape, Data: data}, nil
}

// bytes are the data of a tensor of a dtype; need is their number, as far as it is not known from where they lie.
func (t *tensorProto) bytes(dtype tensor.DType, need int, files *externalFiles) ([]byte, error) {
	switch {
	case t.outside:
		return files.bytes(t.external, need)
	case t.hasRaw:
		return t.raw, nil
	case dtype == tensor.F32:
		return t.floats, nil
	case dtype == tensor.F64:
		return t.doubles, nil
	}
	return packInts(t.ints, dtype)
}

func shapeOf(dims []int64) ([]int, error) {
	if len(dims) > ir.MaxRank {
		return nil, fmt.Errorf("%d dimensions; the limit is %d", len(dims), ir.MaxRank)
	}
	shape := make([]int, len(dims))
	for i, d := range dims {
		if d < 0 || d > ir.MaxTensorBytes {
			return nil, fmt.Errorf("dimension %d of size %d", i, d)
		}
		shape[i] = int(d)
	}
	return shape, nil
}

func checkBools(data []byte) error {
	for i, b := range data {
		if b > 1 {
			return fmt.Errorf("element %d of a bool tensor is %d", i, b)
		}
	}
	return nil
}

// intRanges gives the smallest and largest number that int32_data may hold for a dtype; 16-bit floats are stored as
// their bit patterns. 64-bit types take every number.
var intRanges = map[tensor.DType][2]int64{
	tensor.Bool: {0, 1},
	tensor.U8:   {0, math.MaxUint8},
	tensor.I8:   {math.MinInt8, math.MaxInt8},
	tensor.U16:  {0, math.MaxUint16},
	tensor.I16:  {math.MinInt16, math.MaxInt16},
	tensor.F16:  {0, math.MaxUint16},
	tensor.BF16: {0, math.MaxUint16},
	tensor.I32:  {math.MinInt32, math.MaxInt32},
	tensor.U32:  {0, math.MaxUint32},
	tensor.I64:  {math.MinInt64, math.MaxInt64},
	tensor.U64:  {math.MinInt64, math.MaxInt64},
}

// packInts stores numbers little-endian in the width of dtype.
func packInts(numbers []int64, dtype tensor.DType) ([]byte, error) {
	limits := intRanges[dtype]
	data := make([]byte, 0, len(numbers)*dtype.Bytes())
	for i, v := range numbers {
		if v < limits[0] || v > limits[1] {
			return nil, fmt.Errorf("element %d of a tensor of %v is %d", i, dtype, v)
		}
		switch dtype.Bytes() {
		case 1:
			data = append(data, byte(v))
		case 2:
			data = binary.LittleEndian.AppendUint16(data, uint16(v))
		case 4:
			data = binary.LittleEndian.AppendUint32(data, uint32(v))
		default:
			data = binary.LittleEndian.AppendUint64(data, uint64(v))
		}
	}
	return data, nil
}
