package ir

import (
	"fmt"
	"slices"
	"strings"

	"nncc/runtime/tensor"
)

// inferSame gives the result the input's type; arithmetic on truth values is rejected.
func inferSame(n *Node) ([]Type, error) {
	if n.Op.Name != "identity" {
		if err := needNumeric(n.Inputs...); err != nil {
			return nil, err
		}
	}
	return []Type{n.Inputs[0].Type}, nil
}

// inferFloat is inferSame for functions of real numbers.
func inferFloat(n *Node) ([]Type, error) {
	if err := needFloat(n.Inputs...); err != nil {
		return nil, err
	}
	return []Type{n.Inputs[0].Type}, nil
}

func inferCast(n *Node) ([]Type, error) {
	to := tensor.ParseDType(n.Str("to"))
	if to == tensor.Invalid {
		return nil, fmt.Errorf("unknown dtype %q", n.Str("to"))
	}
	return []Type{{to, n.Inputs[0].Type.Shape}}, nil
}

// inferBroadcast is the shape rule of binary operations.
func inferBroadcast(n *Node) ([]Type, error) {
	if err := needNumeric(n.Inputs...); err != nil {
		return nil, err
	}
	a, b := n.Inputs[0].Type, n.Inputs[1].Type
	shape, ok := Broadcast(a.Shape, b.Shape)
	if !ok {
		return nil, fmt.Errorf("%s and %s do not broadcast", dims(a.Shape), dims(b.Shape))
	}
	return []Type{{a.DType, shape}}, nil
}

// inferPow is inferBroadcast for functions of real numbers.
func inferPow(n *Node) ([]Type, error) {
	if err := needFloat(n.Inputs...); err != nil {
		return nil, err
	}
	return inferBroadcast(n)
}

// inferPRelu lets the slope broadcast to x, but not the other way round.
func inferPRelu(n *Node) ([]Type, error) {
	types, err := inferPow(n)
	if err != nil {
		return nil, err
	}
	if x := n.Inputs[0].Type; !types[0].Equal(x) {
		return nil, fmt.Errorf("slope %s does not broadcast to %s", dims(n.Inputs[1].Type.Shape), dims(x.Shape))
	}
	return types, nil
}

// inferSelection is the shape rule of ops that pick elements of one of two inputs of any dtype.
func inferSelection(n *Node) ([]Type, error) { return broadcastAll(n.Inputs...) }

// broadcastAll is the type of several values combined, which must have one dtype.
func broadcastAll(values ...*Value) ([]Type, error) {
	t := values[0].Type
	for _, v := range values[1:] {
		if v.Type.DType != t.DType {
			return nil, withHint("cast one of them", "mixes %v and %v", t.DType, v.Type.DType)
		}
		shape, ok := Broadcast(t.Shape, v.Type.Shape)
		if !ok {
			return nil, fmt.Errorf("%s and %s do not broadcast", dims(t.Shape), dims(v.Type.Shape))
		}
		t.Shape = shape
	}
	return []Type{t}, nil
}

func inferCompare(n *Node) ([]Type, error) {
	if is := n.Str("is"); !slices.Contains([]string{"eq", "ne", "lt", "le"}, is) {
		return nil, withHint("eq, ne, lt or le", "unknown relation %q", is)
	}
	types, err := broadcastAll(n.Inputs...)
	if err != nil {
		return nil, err
	}
	return []Type{{tensor.Bool, types[0].Shape}}, nil
}

func inferWhere(n *Node) ([]Type, error) {
	condition := n.Inputs[0].Type
	if condition.DType != tensor.Bool {
		return nil, withHint("cast it, or compare it with 0", "the condition is %v, must be bool", condition.DType)
	}
	types, err := broadcastAll(n.Inputs[1:]...)
	if err != nil {
		return nil, err
	}
	shape, ok := Broadcast(condition.Shape, types[0].Shape)
	if !ok {
		return nil, fmt.Errorf("%s and %s do not broadcast", dims(condition.Shape), dims(types[0].Shape))
	}
	return []Type{{types[0].DType, shape}}, nil
}

func inferBatchNorm(n *Node) ([]Type, error) {
	if err := needFloat(n.Inputs...); err != nil {
		return nil, err
	}
	x := n.Inputs[0].Type
	if x.Rank() < 2 {
		return nil, fmt.Errorf("input %s has no channels, needs [N, C, ...]", dims(x.Shape))
	}
	for i, name := range []string{"scale", "bias", "mean", "var"} {
		if p := n.Inputs[i+1].Type.Shape; len(p) != 1 || p[0] != x.Shape[1] {
			return nil, fmt.Errorf("%s is %s, needs [%d] (one per channel of %s)", name, dims(p), x.Shape[1], dims(x.Shape))
		}
	}
	return []Type{x}, nil
}

func inferSoftmax(n *Node) ([]Type, error) {
	if err := needFloat(n.Inputs...); err != nil {
		return nil, err
	}
	x := n.Inputs[0].Type
	return []Type{x}, normalizeAxis(n, x.Rank())
}

// Broadcast combines two shapes as numpy does: aligned at the end, dimensions equal or 1; false if they do not fit.
func Broadcast(a, b []int) ([]int, bool) {
	if len(a) < len(b) {
		a, b = b, a
	}
	out := slices.Clone(a)
	for i, d := range b {
		j := len(a) - len(b) + i
		switch {
		case out[j] == d || d == 1:
		case out[j] == 1:
			out[j] = d
		default:
			return nil, false
		}
	}
	return out, true
}

// needNumeric checks that all inputs have the same dtype, and that one can calculate with it.
func needNumeric(inputs ...*Value) error {
	first := inputs[0].Type.DType
	if first == tensor.Bool {
		return withHint("cast it to a number first", "cannot calculate with bool")
	}
	for _, v := range inputs[1:] {
		if v != nil && v.Type.DType != first {
			return withHint("cast one of them", "mixes %v and %v", first, v.Type.DType)
		}
	}
	return nil
}

// needFloat checks that all inputs have the same floating-point dtype.
func needFloat(inputs ...*Value) error {
	if d := inputs[0].Type.DType; !d.IsFloat() {
		return withHint("cast it to f32 first", "needs floating-point numbers, has %v", d)
	}
	return needNumeric(inputs...)
}

// normalizeAxis counts a negative axis attribute from the end.
func normalizeAxis(n *Node, rank int) error {
	axis := n.Int("axis")
	if axis < -rank || axis >= rank {
		return fmt.Errorf("axis %d is out of range for %d dimensions", axis, rank)
	}
	if axis < 0 {
		n.Attrs["axis"] = axis + rank
	}
	return nil
}

// dims prints [1, 3, 32, 32].
func dims(shape []int) string {
	return strings.ReplaceAll(fmt.Sprint(shape), " ", ", ")
}
