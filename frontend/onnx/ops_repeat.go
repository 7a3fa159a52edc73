package onnx

import (
	"slices"

	"nncc/frontend/compose"
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
func applyDepthToSpace(n *node) value { return n.applyBlocks(compose.Maker.DepthToSpace) }

// applySpaceToDepth moves blocks of pixels into channels.
func applySpaceToDepth(n *node) value { return n.applyBlocks(compose.Maker.SpaceToDepth) }

// applyBlocks reads what both have in common: images, and the size of blocks of pixels.
func (n *node) applyBlocks(move func(m compose.Maker, x value, size int, channelsFirst bool) value) value {
	if !n.need("blocksize") {
		return nil
	}
	shape, size := n.shape(0), n.intAttr("blocksize", 1)
	if len(shape) != 4 || size < 1 || size > 1<<15 {
		return n.errorf("blocksize %d and input %s: needs a positive size and 4 dimensions", size, dims(shape))
	}
	mode := n.stringAttr("mode", "DCR") // channels are numbered after the places in a block, or, CRD, before them
	if mode != "DCR" && mode != "CRD" {
		n.errorf("attribute mode is %q, must be DCR or CRD", mode)
	}
	if n.failed {
		return nil
	}
	return move(n.compose(), n.inputs[0], size, mode == "CRD")
}
