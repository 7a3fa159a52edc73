package onnx

import (
	"nncc/ir"
	"nncc/runtime/tensor"
)

// applyCol2Im adds up blocks of an image where they overlap: a transposed convolution whose weights put each element of a
// block in its place.
func applyCol2Im(n *node) value {
	image, block := n.constSizes(1, "image_shape"), n.constSizes(2, "block_shape")
	if n.failed {
		return nil
	}
	spatial, shape := len(block), n.shape(0)
	stride, dilation, cut := orOnes(n.intsAttr("strides"), spatial), orOnes(n.intsAttr("dilations"), spatial), n.intsAttr("pads")
	if cut == nil {
		cut = make([]int, 2*spatial)
	}
	elems := productUpTo(block, ir.MaxTensorBytes)
	if n.failed || spatial == 0 || len(image) != spatial || len(stride) != spatial || len(dilation) != spatial || len(cut) != 2*spatial ||
		len(shape) != 3 || shape[1]%elems != 0 {
		return n.errorf("input %s, image %s, block %s, strides %s, dilations %s and pads %s do not fit",
			dims(shape), dims(image), dims(block), dims(stride), dims(dilation), dims(cut))
	}
	counts, extra := make([]int, spatial), make([]int, spatial) // blocks along each dimension, and pixels after the last
	for d := range block {
		if stride[d] < 1 || dilation[d] < 1 || cut[d] < 0 || cut[spatial+d] < 0 {
			return n.errorf("strides %s, dilations %s or pads %s are negative or 0", dims(stride), dims(dilation), dims(cut))
		}
		last := image[d] + cut[d] + cut[spatial+d] - 1
		if last/dilation[d] < block[d]-1 {
			return n.errorf("a block of %s does not fit the image %s", dims(block), dims(image))
		}
		room := last - dilation[d]*(block[d]-1)
		counts[d], extra[d] = room/stride[d]+1, room%stride[d]
	}
	if product(counts) != shape[2] {
		return n.errorf("input %s has %d blocks, the image %s", dims(shape), shape[2], dims(counts))
	}
	places := n.blockPlaces(shape[1], block)
	if places == nil {
		return nil
	}
	v := n.step("reshape", ir.Attrs{"shape": append([]int{shape[0], shape[1]}, counts...)}, n.inputs[0])
	t := ir.Transposed{Stride: stride, Dilation: dilation, Cut: cut, Extra: extra, Groups: shape[1] / elems}
	return n.compose().ConvTranspose(v, places, nil, t)
}

// constSizes are the sizes that input i lists, which must be positive.
func (n *node) constSizes(i int, what string) []int {
	list, ok := n.constInts(i, what)
	sizes := n.toInts(what, list)
	for _, size := range sizes {
		if size < 1 {
			n.errorf("%s %v must be positive", what, list)
		}
	}
	if !ok {
		return nil
	}
	return sizes
}

// blockPlaces are weights [channels, 1, block...] of which channel i has a 1 at place i of a block, beginning anew after each.
func (n *node) blockPlaces(channels int, block []int) value {
	elems := product(block)
	if elems > maxCreatedBytes/4/max(channels, 1) || !n.create(4*channels*elems) {
		return n.errorf("a block of %s is too large", dims(block))
	}
	t := tensor.New(tensor.F32, append([]int{channels, 1}, block...)...)
	for i, values := 0, t.F32s(); i < channels; i++ {
		values[i*elems+i%elems] = 1
	}
	return n.build.Const(n.pos, n.name()+".places", t)
}
