package ir

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"

	"nncc/ir/diag"
	"nncc/runtime/tensor"
)

// Limits on every value of a graph, checked before anything is allocated.
const (
	MaxRank        = 8
	MaxTensorBytes = 1<<31 - 1 // also the largest dimension and the largest integer attribute
)

// Complete makes a node whose Op, Inputs, Attrs and Body are set conform to the op table, and returns the types of
// its results: it checks how many inputs there are and the names and types of attributes, fills in defaults, counts
// negative axes from the end, drops absent inputs at the end of the list, and runs the shape rule. The error names the op and, where it can, what to do.
func Complete(n *Node) ([]Type, error) {
	types, err := complete(n)
	if err == nil {
		return types, nil
	}
	e := &diag.Error{Pos: n.Pos, Msg: err.Error()}
	var one *diag.Error
	if errors.As(err, &one) {
		e.Msg, e.Hint = one.Msg, one.Hint
	}
	e.Msg = n.Op.Name + ": " + e.Msg
	return nil, e
}

func complete(n *Node) ([]Type, error) {
	for len(n.Inputs) > n.Op.Inputs.Min && n.Inputs[len(n.Inputs)-1] == nil {
		n.Inputs = n.Inputs[:len(n.Inputs)-1]
	}
	if err := checkInputs(n); err != nil {
		return nil, err
	}
	if (n.Body != nil) != (n.Op.Class == Region) {
		return nil, fmt.Errorf("a body belongs to ops of class region, and only to them")
	}
	if err := completeAttrs(n); err != nil {
		return nil, err
	}
	types, err := n.Op.Infer(n)
	if err != nil {
		return nil, err
	}
	for _, t := range types {
		if err := t.Check(); err != nil {
			return nil, fmt.Errorf("result %v", err)
		}
	}
	return types, nil
}

func checkInputs(n *Node) error {
	a, have := n.Op.Inputs, len(n.Inputs)
	switch {
	case have >= a.Min && (a.Max < 0 || have <= a.Max):
	case a.Max < 0:
		return fmt.Errorf("has %d inputs, needs at least %d", have, a.Min)
	case a.Min == a.Max:
		return fmt.Errorf("has %d inputs, needs %d", have, a.Min)
	default:
		return fmt.Errorf("has %d inputs, needs %d to %d", have, a.Min, a.Max)
	}
	for i, v := range n.Inputs {
		if v == nil {
			if i < a.Min || a.Max < 0 {
				return fmt.Errorf("input %d is required", i)
			}
			continue
		}
		if err := v.Type.Check(); err != nil {
			return fmt.Errorf("input %%%s: %v", v.Name, err)
		}
	}
	return nil
}

func completeAttrs(n *Node) error {
	for _, name := range slices.Sorted(maps.Keys(n.Attrs)) {
		def := n.Op.Attr(name)
		if def == nil {
			return withHint(attrHint(n.Op), "has no attribute %q", name)
		}
		if err := def.check(n.Attrs[name]); err != nil {
			return fmt.Errorf("attribute %s: %v", name, err)
		}
	}
	for i := range n.Op.Attrs {
		def := &n.Op.Attrs[i]
		if _, ok := n.Attrs[def.Name]; ok {
			continue
		}
		value := def.Default
		if def.DefaultFor != nil {
			value = def.DefaultFor(n)
		}
		if value == nil {
			return fmt.Errorf("needs attribute %q", def.Name)
		}
		if n.Attrs == nil {
			n.Attrs = Attrs{}
		}
		n.Attrs[def.Name] = value
	}
	return nil
}

func attrHint(o *Op) string {
	if len(o.Attrs) == 0 {
		return "it takes no attributes"
	}
	hint := "it takes"
	for i, a := range o.Attrs {
		if i > 0 {
			hint += ","
		}
		hint += " " + a.Name
	}
	return hint
}

// check tests a value's type, and that integers are in a range where shape arithmetic in int64 cannot overflow.
func (d *AttrDef) check(value any) error {
	ok := false
	switch v := value.(type) {
	case int:
		if !inRange(v) {
			return fmt.Errorf("%d is out of range", v)
		}
		ok = d.Kind == IntAttr
	case float64:
		if math.IsNaN(v) {
			return fmt.Errorf("is not a number")
		}
		ok = d.Kind == FloatAttr
	case string:
		ok = d.Kind == StringAttr
	case []int:
		for _, k := range v {
			if !inRange(k) {
				return fmt.Errorf("%d is out of range", k)
			}
		}
		ok = d.Kind == IntsAttr
	}
	if !ok {
		return fmt.Errorf("is %T, must be %s", value, d.Kind)
	}
	return nil
}

func inRange(v int) bool { return -MaxTensorBytes <= v && v <= MaxTensorBytes }

// String says what the kind's values look like.
func (k AttrKind) String() string {
	return [...]string{IntAttr: "an integer", FloatAttr: "a number", StringAttr: "a string", IntsAttr: "a list of integers"}[k]
}

// Check tests that the dtype is valid, no dimension is negative, and rank and size are within the limits.
func (t Type) Check() error {
	if t.DType == tensor.Invalid {
		return fmt.Errorf("has no dtype")
	}
	if len(t.Shape) > MaxRank {
		return fmt.Errorf("has %d dimensions, at most %d are supported", len(t.Shape), MaxRank)
	}
	for _, d := range t.Shape {
		if d < 0 {
			return fmt.Errorf("%v has a negative dimension", t)
		}
	}
	// Zero dimensions must not hide huge ones from arithmetic on part of a shape.
	nonZero := slices.DeleteFunc(slices.Clone(t.Shape), func(d int) bool { return d == 0 })
	if _, ok := tensor.CheckedBytes(t.DType, nonZero, MaxTensorBytes); !ok {
		return fmt.Errorf("%v is larger than %d bytes", t, MaxTensorBytes)
	}
	return nil
}

// withHint makes an error with advice; Complete adds the place.
func withHint(hint, format string, args ...any) error {
	return &diag.Error{Msg: fmt.Sprintf(format, args...), Hint: hint}
}
