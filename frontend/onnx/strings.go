package onnx

import (
	"fmt"
	"hash/fnv"

	"nncc/runtime/tensor"
)

// Strings can only be compared and moved about, for which a number will do: an element of strings is kept as an i64.

const stringElem = 8 // TensorProto.STRING

// stringNumber stands for a string: the upper 53 bits of its 64-bit FNV-1a hash, which a float64 holds exactly, or 0 for the
// empty string, which fills paddings.
func stringNumber(s []byte) int64 {
	if len(s) == 0 {
		return 0
	}
	const unused = 64 - 53
	h := fnv.New64a()
	h.Write(s)
	return int64(h.Sum64() >> unused)
}

// isString reports whether a type is that of strings.
func (t *narrowType) isString() bool { return t != nil && t.dtype == tensor.I64 }

// unpackStrings makes the tensor of the numbers of so many strings as its shape has elements.
func unpackStrings(list [][]byte, shape []int) (*tensor.Tensor, error) {
	if len(list) != tensor.Count(shape) {
		return nil, fmt.Errorf("shape %s has %s", dims(shape), count(len(list), "string"))
	}
	numbers := make([]int64, len(list))
	for i, s := range list {
		numbers[i] = stringNumber(s)
	}
	return tensor.FromI64(numbers, shape...), nil
}

// checkStrings rejects a cast between strings and numbers.
func (n *node) checkStrings(to *narrowType) {
	if to.isString() != n.narrow[n.inputs[0]].isString() {
		n.errorf("conversion between strings and numbers is not supported")
	}
}
