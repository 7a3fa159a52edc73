package onnx

import (
	"fmt"
	"slices"
	"strings"

	"nncc/ir"
	"nncc/runtime/tensor"
)

// Operators that change or compute shapes.

func applyReshape(n *node) value {
	want, ok := n.constInts(1, "shape")
	if !ok {
		return nil
	}
	shape := n.toInts("shape", want)
	if len(shape) > ir.MaxRank {
		return n.errorf("shape has %d dimensions, at most %d are supported", len(shape), ir.MaxRank)
	}
	in, keepZero := n.shape(0), n.boolAttr("allowzero", 0) == 1
	open, known := -1, int64(1)
	for i, d := range shape {
		switch {
		case d == 0 && !keepZero:
			if i >= len(in) {
				return n.errorf("shape %s copies dimension %d of the input %s", dims(shape), i, dims(in))
			}
			shape[i] = in[i]
		case d == -1 && open < 0:
			open = i
			continue
		case d < 0:
			return n.errorf("shape %s has a negative dimension", dims(shape))
		}
		if known *= int64(shape[i]); known > ir.MaxTensorBytes {
			return n.errorf("shape %s is too large", dims(shape))
		}
	}
	if open >= 0 {
		elems := int64(product(in))
		if known == 0 || elems%known != 0 {
			return n.errorf("shape %s does not fit the input %s", dims(want), dims(in))
		}
		shape[open] = int(elems / known)
	}
	return n.reshape(shape)
}

func (n *node) reshape(shape []int) value {
	return n.emit("reshape", ir.Attrs{"shape": shape}, n.inputs[0])
}

// applyFlatten makes a matrix of the dimensions before axis, and those from axis on.
func applyFlatten(n *node) value {
	shape := n.shape(0)
	axis := n.intAttr("axis", 1)
	if axis < -len(shape) || axis > len(shape) {
		return n.errorf("axis %d is out of range for %d dimensions", axis, len(shape))
	}
	if axis < 0 {
		axis += len(shape)
	}
	return n.reshape([]int{product(shape[:axis]), product(shape[axis:])})
}

func applySqueeze(n *node) value {
	axes, given, ok := n.axes(1)
	if !ok {
		return nil
	}
	shape := n.shape(0)
	drop := make([]bool, len(shape))
	batch := n.openBatch != "" && !n.inputs[0].IsConst() // which is 1 here, but not when the program runs
	for d, size := range shape {
		drop[d] = !given && size == 1 && !(d == 0 && batch)
	}
	for _, a := range axes {
		axis, ok := n.axis(a, len(shape))
		if !ok {
			return nil
		}
		if shape[axis] != 1 {
			return n.errorf("dimension %d of %s is not 1", axis, dims(shape))
		}
		drop[axis] = true
	}
	out := []int{}
	for d, size := range shape {
		if !drop[d] {
			out = append(out, size)
		}
	}
	return n.reshape(out)
}

func applyUnsqueeze(n *node) value {
	axes, given, ok := n.axes(1)
	if !ok {
		return nil
	}
	if !given {
		return n.errorf("axes are required")
	}
	rank := len(n.shape(0)) + len(axes)
	if rank > ir.MaxRank {
		return n.errorf("result has %d dimensions, at most %d are supported", rank, ir.MaxRank)
	}
	added := make([]bool, rank)
	for _, a := range axes {
		axis, ok := n.axis(a, rank)
		if !ok {
			return nil
		}
		if added[axis] {
			return n.errorf("axes %s name a dimension twice", dims(axes))
		}
		added[axis] = true
	}
	out, rest := []int{}, n.shape(0)
	for _, one := range added {
		if one {
			out = append(out, 1)
			continue
		}
		out, rest = append(out, rest[0]), rest[1:]
	}
	return n.reshape(out)
}

// axes reads axes from the attribute, or since operator set 13 from a constant input; given is false without either.
func (n *node) axes(input int) (axes []int, given, ok bool) {
	if n.opset < 13 {
		return n.intsAttr("axes"), n.has("axes"), !n.failed
	}
	if n.in(input) == nil {
		return nil, false, true
	}
	list, ok := n.constInts(input, "axes")
	axes = n.toInts("axes", list)
	return axes, true, ok && !n.failed
}

// axis counts a negative axis from the end and rejects one out of range.
func (n *node) axis(axis, rank int) (int, bool) {
	if axis < -rank || axis >= rank {
		n.errorf("axis %d is out of range for %d dimensions", axis, rank)
		return 0, false
	}
	if axis < 0 {
		axis += rank
	}
	return axis, true
}

// applyShape is a constant, as all shapes are known; start and end select a range as slices do.
func applyShape(n *node) value {
	shape := n.shape(0)
	rank := len(shape)
	bound := func(v int) int {
		if v < 0 {
			v += rank
		}
		return min(max(v, 0), rank)
	}
	start, end := 0, rank
	if n.opset >= 15 {
		start, end = bound(n.intAttr("start", 0)), bound(n.intAttr("end", rank))
	}
	dims := make([]int64, 0, rank)
	for _, d := range shape[start:max(start, end)] {
		dims = append(dims, int64(d))
	}
	return n.constant(tensor.FromI64(dims, len(dims)))
}

func product(shape []int) int { return tensor.Count(shape) }

// dims prints [1, 3, 32, 32].
func dims[T int | int64](shape []T) string { return strings.ReplaceAll(fmt.Sprint(shape), " ", ", ") }

func equalInts(a, b []int) bool { return slices.Equal(a, b) }

func orOnes(list []int, length int) []int {
	if list == nil {
		return slices.Repeat([]int{1}, length)
	}
	return list
}
