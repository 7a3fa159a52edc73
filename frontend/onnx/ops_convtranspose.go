package onnx

import (
	"slices"

	"nncc/ir"
)

// applyConvTranspose is the convolution that ONNX defines it by: of the input with stride-1 zeros between its pixels and
// as much padding as lets every element of the kernel meet every pixel, with the kernel turned around.
func applyConvTranspose(n *node) value {
	shape, weight := n.shape(0), n.shape(1)
	if len(shape) < 3 || len(weight) != len(shape) {
		return n.errorf("weight %s does not fit the input %s", dims(weight), dims(shape))
	}
	spatial, kernel := len(shape)-2, weight[2:]
	if n.has("kernel_shape") && !equalInts(n.intsAttr("kernel_shape"), kernel) {
		return n.errorf("attribute kernel_shape differs from the weight's shape %s", dims(weight))
	}
	groups := n.intAttr("group", 1)
	if n.failed || groups < 1 || weight[0] != shape[1] || shape[1]%groups != 0 {
		return n.errorf("input %s, weight %s and %d groups do not fit", dims(shape), dims(weight), groups)
	}
	stride, dilation := orOnes(n.intsAttr("strides"), spatial), orOnes(n.intsAttr("dilations"), spatial)
	pads, ok := n.transposedPads(kernel, stride, dilation)
	if !ok {
		return nil
	}
	v := n.insertZeros(n.inputs[0], stride)
	v = n.step("pad", ir.Attrs{"pad": pads}, v)
	w := n.turnKernel(n.inputs[1], groups)
	return n.emit("conv", ir.Attrs{"dilation": dilation, "groups": groups}, append([]value{v, w}, n.inputs[2:]...)...)
}

// insertZeros puts stride-1 zeros behind each pixel.
func (n *node) insertZeros(v value, stride []int) value {
	if slices.Max(stride) == 1 {
		return v
	}
	shape := v.Type.Shape
	apart, together := slices.Clone(shape[:2]), slices.Clone(shape[:2])
	pads := []int{0, 0}
	for d, s := range stride {
		apart = append(apart, shape[2+d], 1)
		together = append(together, shape[2+d]*s)
		pads = append(pads, 0, s-1)
	}
	v = n.step("reshape", ir.Attrs{"shape": apart}, v)
	v = n.step("pad", ir.Attrs{"pad": append(make([]int, len(pads)), pads...)}, v)
	return n.step("reshape", ir.Attrs{"shape": together}, v)
}

// turnKernel makes a convolution's weight [M, C/groups, k...] of a transposed one's [C, M/groups, k...], its spatial
// dimensions back to front.
func (n *node) turnKernel(w value, groups int) value {
	shape := w.Type.Shape
	kernel := shape[2:]
	perm := []int{0, 2, 1}
	for d := range kernel {
		perm = append(perm, 3+d)
	}
	v := n.step("reshape", ir.Attrs{"shape": slices.Concat([]int{groups, shape[0] / groups}, shape[1:])}, w)
	v = n.step("transpose", ir.Attrs{"perm": perm}, v)
	flat := slices.Concat([]int{groups * shape[1], shape[0] / groups}, kernel)
	v = n.step("reshape", ir.Attrs{"shape": flat}, v)
	start, step := []int{0, 0}, []int{1, 1}
	for _, k := range kernel {
		start, step = append(start, k-1), append(step, -1)
	}
	return n.step("slice", ir.Attrs{"start": start, "size": flat, "step": step}, v)
}

// transposedPads is the padding of the input with its zeros, for all dimensions. ONNX's pads are cut off what is
// computed without, output_padding is added to its end.
func (n *node) transposedPads(kernel, stride, dilation []int) ([]int, bool) {
	shape, spatial := n.shape(0), len(kernel)
	cut, extra := n.intsAttr("pads"), n.intsAttr("output_padding")
	if cut == nil {
		cut = make([]int, 2*spatial)
	}
	if extra == nil {
		extra = make([]int, spatial)
	}
	want, auto := n.intsAttr("output_shape"), n.stringAttr("auto_pad", "NOTSET")
	if n.failed || len(stride) != spatial || len(dilation) != spatial || len(cut) != 2*spatial || len(extra) != spatial ||
		want != nil && len(want) != spatial {
		n.errorf("strides %s, dilations %s, pads %s, output_padding %s and output_shape %s do not fit the kernel %s",
			dims(stride), dims(dilation), dims(cut), dims(extra), dims(want), dims(kernel))
		return nil, false
	}
	pads := make([]int, 2*len(shape))
	for d, k := range kernel {
		if stride[d] < 1 || dilation[d] < 1 || k < 1 || cut[d] < 0 || cut[spatial+d] < 0 || extra[d] < 0 {
			n.errorf("strides %s, dilations %s and the kernel %s must be positive, pads %s and output_padding %s not negative",
				dims(stride), dims(dilation), dims(kernel), dims(cut), dims(extra))
			return nil, false
		}
		reach, in, s := (int64(k)-1)*int64(dilation[d]), int64(shape[2+d]), int64(stride[d])
		begin, end := int64(cut[d]), int64(cut[spatial+d])
		size := int64(-1)
		switch {
		case want != nil:
			size = int64(want[d])
		case auto == "SAME_UPPER" || auto == "SAME_LOWER":
			size = in * s
		}
		if size >= 0 {
			total := s*(in-1) + int64(extra[d]) + reach + 1 - size
			begin, end = total-total>>1, total>>1 // rounded down, also where nothing is cut off but added
			if auto == "SAME_UPPER" {
				begin, end = end, begin
			}
		}
		pads[2+d] = n.toInt("pads", reach-begin)
		pads[len(shape)+2+d] = n.toInt("pads", reach-end+int64(extra[d])-(s-1))
	}
	return pads, !n.failed
}
