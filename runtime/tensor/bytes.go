package tensor

import (
	"errors"
	"fmt"
	"math"
	"slices"
)

// FromBytes wraps little-endian data, without a copy, as a tensor. It is the door for bytes from files: an error says
// where dtype, shape and bytes do not fit one another, or where a bool is neither 0 nor 1.
func FromBytes(d DType, shape []int, data []byte) (*Tensor, error) {
	if d == Invalid {
		return nil, errors.New("a tensor needs a dtype")
	}
	bytes, ok := CheckedBytes(d, shape, math.MaxInt)
	if !ok {
		return nil, fmt.Errorf("%v%v is no shape of a tensor", d, shape)
	}
	if bytes != len(data) {
		return nil, fmt.Errorf("%v%v takes %d bytes, not %d", d, shape, bytes, len(data))
	}
	if d == Bool {
		if i := slices.IndexFunc(data, func(b byte) bool { return b > 1 }); i >= 0 {
			return nil, fmt.Errorf("element %d is %d, which is no bool", i, data[i])
		}
	}
	return &Tensor{d, slices.Clone(shape), data}, nil
}
