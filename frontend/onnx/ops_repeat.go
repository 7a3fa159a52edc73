package onnx

import (
	"slices"

	"nncc/ir"
)

// Operators that repeat or rearrange elements.

// applyExpand repeats dimensions of 1.
func applyExpand(n *node) value {
	list, ok := n.constInts(1, "shape")
	if !ok {
		return nil
	}
	want, have := n.toInts("shape", list), n.shape(0)
	out, ok := ir.Broadcast(have, want)
	if n.failed || !ok || len(out) > ir.MaxRank || slices.Min(append(slices.Clone(out), 0)) < 0 {
		return n.errorf("shape %s does not fit the input %s", dims(list), dims(have))
	}
	aligned := append(orOnes(nil, len(out)-len(have)), have...)
	v := n.step("reshape", ir.Attrs{"shape": aligned}, n.inputs[0])
	times := slices.Clone(out)
	for d, size := range aligned {
		if size == out[d] {
			times[d] = 1
		}
	}
	return n.repeat(v, times)
}

func applyTile(n *node) value {
	list, ok := n.constInts(1, "repeats")
	if !ok {
		return nil
	}
	times := n.toInts("repeats", list)
	if n.failed || len(times) != len(n.shape(0)) || slices.Min(append(slices.Clone(times), 0)) < 0 {
		return n.errorf("repeats %s do not fit the input %s", dims(list), dims(n.shape(0)))
	}
	return n.repeat(n.inputs[0], times)
}

// repeat is the node's result: v so many times along each dimension.
func (n *node) repeat(v value, times []int) value {
	if v == nil {
		return nil
	}
	pads := make([]int, 2*len(times))
	for d, k := range times {
		size := int64(v.Type.Shape[d])
		pads[len(times)+d] = n.toInt("repeats", (int64(k)-1)*size)
	}
	if n.failed {
		return nil
	}
	return n.emit("pad", ir.Attrs{"pad": pads, "mode": "wrap"}, v)
}

// applyDepthToSpace moves groups of channels into blocks of pixels.
func applyDepthToSpace(n *node) value {
	shape, b, ok := n.blocks()
	if !ok {
		return nil
	}
	if shape[1]%(b*b) != 0 {
		return n.errorf("%d channels for blocks of %d by %d pixels", shape[1], b, b)
	}
	c := shape[1] / (b * b)
	split, perm := []int{shape[0], b, b, c, shape[2], shape[3]}, []int{0, 3, 4, 1, 5, 2}
	if n.channelsFirst() {
		split, perm = []int{shape[0], c, b, b, shape[2], shape[3]}, []int{0, 1, 4, 2, 5, 3}
	}
	if n.failed {
		return nil
	}
	v := n.step("reshape", ir.Attrs{"shape": split}, n.inputs[0])
	v = n.step("transpose", ir.Attrs{"perm": perm}, v)
	return n.emit("reshape", ir.Attrs{"shape": []int{shape[0], c, shape[2] * b, shape[3] * b}}, v)
}

// applySpaceToDepth moves blocks of pixels into channels.
func applySpaceToDepth(n *node) value {
	shape, b, ok := n.blocks()
	if !ok {
		return nil
	}
	if shape[2]%b != 0 || shape[3]%b != 0 {
		return n.errorf("%s does not consist of blocks of %d by %d pixels", dims(shape), b, b)
	}
	v := n.step("reshape", ir.Attrs{"shape": []int{shape[0], shape[1], shape[2] / b, b, shape[3] / b, b}}, n.inputs[0])
	perm := []int{0, 3, 5, 1, 2, 4}
	if n.channelsFirst() {
		perm = []int{0, 1, 3, 5, 2, 4}
	}
	if n.failed {
		return nil
	}
	v = n.step("transpose", ir.Attrs{"perm": perm}, v)
	return n.emit("reshape", ir.Attrs{"shape": []int{shape[0], shape[1] * b * b, shape[2] / b, shape[3] / b}}, v)
}

// channelsFirst reports whether channels are numbered before the places in a block, mode CRD, or after them.
func (n *node) channelsFirst() bool {
	mode := n.stringAttr("mode", "DCR")
	if mode != "DCR" && mode != "CRD" {
		n.errorf("attribute mode is %q, must be DCR or CRD", mode)
	}
	return mode == "CRD"
}

// blocks reads what both have in common: images, and the size of blocks of pixels.
func (n *node) blocks() (shape []int, size int, ok bool) {
	if !n.need("blocksize") {
		return nil, 0, false
	}
	shape, size = n.shape(0), n.intAttr("blocksize", 1)
	if len(shape) != 4 || size < 1 || size > 1<<15 {
		n.errorf("blocksize %d and input %s: needs a positive size and 4 dimensions", size, dims(shape))
		return nil, 0, false
	}
	return shape, size, true
}
