package onnx

import (
	"slices"

	"nncc/ir"
)

// applySplit slices its input along an axis into parts of the given sizes, or of one size but for the last.
func applySplit(n *node) value {
	shape := n.shape(0)
	axis, ok := n.axis(n.intAttr("axis", 0), len(shape))
	if !ok {
		return nil
	}
	sizes, ok := n.splitSizes(shape[axis])
	if !ok {
		return nil
	}
	if !n.checkSplit(axis, sizes) {
		return nil
	}
	if len(sizes) != len(n.proto.outputs) {
		return n.errorf("parts of %s for %s", dims(sizes), count(len(n.proto.outputs), "output"))
	}
	parts := n.parts(axis, sizes, n.proto.outputs)
	n.more = parts[1:]
	return parts[0]
}

// checkSplit rejects parts that are not together dimension axis of the first input.
func (n *node) checkSplit(axis int, sizes []int) bool {
	left := n.shape(0)[axis]
	for _, size := range sizes {
		if size < 0 || size > left {
			left = -1
			break
		}
		left -= size
	}
	if left != 0 {
		n.errorf("parts of %s do not fit dimension %d of %s", dims(sizes), axis, dims(n.shape(0)))
	}
	return left == 0
}

// parts are slices of the first input along an axis, nil where there is no name.
func (n *node) parts(axis int, sizes []int, names []string) []value {
	shape, from := n.shape(0), 0
	out := make([]value, len(sizes))
	for k, size := range sizes {
		start, part := make([]int, len(shape)), slices.Clone(shape)
		start[axis], part[axis] = from, size
		from += size
		if names[k] != "" {
			out[k] = n.emitAs(names[k], "slice", ir.Attrs{"start": start, "size": part, "step": orOnes(nil, len(shape))}, n.inputs[0])
		}
	}
	return out
}

// splitSizes are the sizes of the parts: given, or the dimension by the number of parts, rounded up.
func (n *node) splitSizes(dim int) ([]int, bool) {
	if n.opset < 13 && n.has("split") {
		return n.intsAttr("split"), !n.failed
	}
	if n.opset >= 13 && n.in(1) != nil {
		list, ok := n.constInts(1, "split")
		return n.toInts("split", list), ok && !n.failed
	}
	parts := len(n.proto.outputs)
	if n.opset >= 18 {
		parts = n.intAttr("num_outputs", parts)
	}
	if n.failed || parts != len(n.proto.outputs) {
		n.errorf("num_outputs is %d, the node has %s", parts, count(len(n.proto.outputs), "output"))
		return nil, false
	}
	return evenParts(dim, (dim+parts-1)/parts, parts), true
}

// evenParts are so many sizes of each, the last ones less where dim is less.
func evenParts(dim, each, parts int) []int {
	sizes := make([]int, parts)
	for k := range sizes {
		sizes[k] = min(each, dim)
		dim -= sizes[k]
	}
	return sizes
}
