package ir

import (
	"encoding/hex"
	"math"
	"strconv"
	"strings"

	"nncc/runtime/tensor"
)

// listElems is the size up to which a constant is printed as a list of numbers.
const listElems = 16

// constText prints a constant's value exactly: a short list of numbers where that keeps every bit, bytes otherwise.
func constText(t *tensor.Tensor, short bool) string {
	if t.Len() <= listElems {
		if text, ok := numberList(t); ok {
			return text
		}
	}
	if short {
		return "..."
	}
	return `hex "` + hex.EncodeToString(t.Data) + `"`
}

// numberList prints [1, 2, 3], or returns false if an element is not a number or the text would have another dtype's precision.
func numberList(t *tensor.Tensor) (string, bool) {
	var parts []string
	switch t.DType {
	case tensor.I64:
		for _, v := range t.I64s() {
			parts = append(parts, strconv.FormatInt(v, 10))
		}
	case tensor.U64:
		for _, v := range tensor.View[uint64](t) {
			parts = append(parts, strconv.FormatUint(v, 10))
		}
	default:
		bits := 64
		if t.DType == tensor.F32 {
			bits = 32
		}
		for _, v := range t.Float64s() {
			if math.IsNaN(v) {
				return "", false // the text would lose its bits
			}
			parts = append(parts, floatText(v, bits))
		}
	}
	return "[" + strings.Join(parts, ", ") + "]", true
}
