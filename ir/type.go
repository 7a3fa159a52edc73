package ir

import (
	"fmt"
	"slices"
	"strings"

	"nncc/runtime/tensor"
)

// Type is the element type and shape of a value. Shapes are fully known; a scalar has an empty shape.
type Type struct {
	DType tensor.DType
	Shape []int
}

// T makes a Type.
func T(d tensor.DType, shape ...int) Type { return Type{d, shape} }

// Rank is the number of dimensions.
func (t Type) Rank() int { return len(t.Shape) }

// Elems is the number of elements.
func (t Type) Elems() int { return tensor.Count(t.Shape) }

// Bytes is the size in memory, row-major and unpadded.
func (t Type) Bytes() int { return t.Elems() * t.DType.Bytes() }

// Equal reports whether both dtype and shape agree.
func (t Type) Equal(u Type) bool { return t.DType == u.DType && slices.Equal(t.Shape, u.Shape) }

// String prints f32[1, 3, 32, 32].
func (t Type) String() string {
	dims := make([]string, len(t.Shape))
	for i, d := range t.Shape {
		dims[i] = fmt.Sprint(d)
	}
	return t.DType.String() + "[" + strings.Join(dims, ", ") + "]"
}
