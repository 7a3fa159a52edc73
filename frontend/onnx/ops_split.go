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
	total := 0
	for _, size := range sizes {
		if size < 0 || size > shape[axis]-total {
			return n.errorf("parts of %s do not fit dimension %d of %s", dims(sizes), axis, dims(shape))
		}
		total += size
	}
	if total != shape[axis] || len(sizes) != len(n.proto.outputs) {
		return n.errorf("parts of %s for %s of dimension %d of %s", dims(sizes), count(len(n.proto.outputs), "output"), axis, dims(shape))
	}
	var parts []value
	from := 0
	for k, size := range sizes {
		start, part := make([]int, len(shape)), slices.Clone(shape)
		start[axis], part[axis] = from, size
		from += size
		var v value
		if name := n.proto.outputs[k]; name != "" {
			v = n.emitAs(name, "slice", ir.Attrs{"start": start, "size": part, "step": orOnes(nil, len(shape))}, n.inputs[0])
		}
		parts = append(parts, v)
	}
	n.more = parts[1:]
	return parts[0]
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
	each := (dim + parts - 1) / parts
	sizes := []int{}
	for range parts {
		size := min(each, dim)
		dim -= size
		sizes = append(sizes, size)
	}
	return sizes, true
}
