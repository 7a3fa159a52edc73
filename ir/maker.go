package ir

import (
	"slices"

	"nncc/ir/diag"
	"nncc/runtime/tensor"
)

// Maker applies ops to say one thing that takes several: a layer that the IR has no op for, a gradient, an update of a
// parameter. Its functions come from whoever builds the graph; each returns nil after it has reported a mistake, and nil
// without another message if an input is nil.
type Maker struct {
	// Emit applies an op whose result is what is said, Step one on the way.
	Emit, Step func(op string, attrs Attrs, inputs ...*Value) *Value
	// Const makes a constant that plays a role in it.
	Const func(role string, t *tensor.Tensor) *Value
	// Errorf reports a mistake and returns nil.
	Errorf func(format string, args ...any) *Value
}

// Maker makes nodes that are called name, and belong to the place pos of the model.
func (b *Builder) Maker(pos diag.Pos, name string) Maker {
	apply := func(op string, attrs Attrs, inputs ...*Value) *Value { return b.Node(pos, op, name, attrs, inputs...) }
	return Maker{
		Emit: apply, Step: apply,
		Const: func(role string, t *tensor.Tensor) *Value { return b.Const(pos, name+"."+role, t) },
		Errorf: func(format string, args ...any) *Value {
			b.Errs.Add(pos, format, args...)
			return nil
		},
	}
}

// Like makes a constant of one number, of the dtype of v.
func (m Maker) Like(v *Value, number float64) *Value {
	if v == nil {
		return nil
	}
	return m.Const("k", tensor.FromFloat64s(v.Type.DType, []float64{number}))
}

// Reshape gives v another shape of as many elements.
func (m Maker) Reshape(v *Value, shape ...int) *Value {
	return m.Step("reshape", Attrs{"shape": shape}, v)
}

// Add is a + b.
func (m Maker) Add(a, b *Value) *Value { return m.Step("add", nil, a, b) }

// Sub is a - b.
func (m Maker) Sub(a, b *Value) *Value { return m.Step("sub", nil, a, b) }

// Mul is a * b.
func (m Maker) Mul(a, b *Value) *Value { return m.Step("mul", nil, a, b) }

// Div is a / b.
func (m Maker) Div(a, b *Value) *Value { return m.Step("div", nil, a, b) }

// Sqrt is the square root of a.
func (m Maker) Sqrt(a *Value) *Value { return m.Step("sqrt", nil, a) }

// Times is k*a.
func (m Maker) Times(a *Value, k float64) *Value { return m.Mul(a, m.Like(a, k)) }

// Plus is a + k.
func (m Maker) Plus(a *Value, k float64) *Value { return m.Add(a, m.Like(a, k)) }

// Is compares a with b: eq, ne, lt or le.
func (m Maker) Is(a *Value, relation string, b *Value) *Value {
	return m.Step("compare", Attrs{"is": relation}, a, b)
}

// Where is a where condition is true, and b elsewhere.
func (m Maker) Where(condition, a, b *Value) *Value { return m.Step("where", nil, condition, a, b) }

// Sum adds v up along axes, which become 1.
func (m Maker) Sum(v *Value, axes ...int) *Value {
	return m.Step("reduce", Attrs{"to": "sum", "axes": axes}, v)
}

// onesOf is a list of ones.
func onesOf(length int) []int { return slices.Repeat([]int{1}, length) }
