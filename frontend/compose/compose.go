// Package compose says layers that the IR has no op for in those that it has. Importers differ in how they read a layer
// and in how they call its results; what it is made of is the same, and is here.
package compose

import (
	"slices"

	"nncc/ir"
	"nncc/runtime/tensor"
)

// Maker is one layer of a model while it becomes ops. Its functions come from an importer; each returns nil after it has
// reported a mistake, and nil without another message if an input is nil.
type Maker struct {
	// Emit applies an op whose result is the layer's, Step one on the way.
	Emit, Step func(op string, attrs ir.Attrs, inputs ...*ir.Value) *ir.Value
	// Const makes a constant that plays a role in the layer.
	Const func(role string, t *tensor.Tensor) *ir.Value
	// Errorf reports a mistake and returns nil.
	Errorf func(format string, args ...any) *ir.Value
}

// Like makes a constant of one number, of the dtype of v.
func (m Maker) Like(v *ir.Value, number float64) *ir.Value {
	if v == nil {
		return nil
	}
	return m.Const("k", tensor.FromFloat64s(v.Type.DType, []float64{number}))
}

// Line is slope*x + offset.
func (m Maker) Line(x *ir.Value, slope, offset float64) *ir.Value {
	x = m.Step("mul", nil, x, m.Like(x, slope))
	return m.Step("add", nil, x, m.Like(x, offset))
}

func (m Maker) reshape(v *ir.Value, shape ...int) *ir.Value {
	return m.Step("reshape", ir.Attrs{"shape": shape}, v)
}

// ones is a list of ones.
func ones(length int) []int { return slices.Repeat([]int{1}, length) }

// from is start, start+1, ..., end-1.
func from(start, end int) []int {
	var out []int
	for d := start; d < end; d++ {
		out = append(out, d)
	}
	return out
}
