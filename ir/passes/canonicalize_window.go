package passes

import (
	"slices"

	"nncc/ir"
)

// padIntoConv lets a convolution do the zero padding of its input.
func padIntoConv(c *context, n *ir.Node) (*ir.Value, error) {
	d := n.Inputs[0].Def
	if d == nil || d.Op.Name != "pad" || d.Str("mode") != "constant" || d.Float("value") != 0 {
		return nil, nil
	}
	rank, outer := d.Out().Type.Rank(), d.Ints("pad")
	if slices.Min(outer) < 0 || outer[0] != 0 || outer[1] != 0 || outer[rank] != 0 || outer[rank+1] != 0 {
		return nil, nil
	}
	attrs := n.Attrs.Clone()
	pad := slices.Clone(n.Ints("pad"))
	for i, p := range slices.Concat(outer[2:rank], outer[rank+2:]) {
		pad[i] += p
	}
	attrs["pad"] = pad
	inputs := slices.Clone(n.Inputs)
	inputs[0] = d.Inputs[0]
	return c.replace(n, "conv", attrs, inputs...)
}

// dropUnseenTaps leaves out the edges of a kernel that are outside the image wherever the kernel is put, as those of a large
// dilation are on a small image.
func dropUnseenTaps(c *context, n *ir.Node) (*ir.Value, error) {
	weights, dims := n.Inputs[1], n.Inputs[1].Type.Rank()
	start, size, step := make([]int, dims), slices.Clone(weights.Type.Shape), slices.Repeat([]int{1}, dims)
	pad := slices.Clone(n.Ints("pad"))
	for d := range dims - 2 {
		k, dilation, before, after := d+2, n.Ints("dilation")[d], &pad[d], &pad[dims-2+d]
		for size[k] > 1 && *before >= dilation && !seen(n, d, -*before) {
			start[k]++
			size[k]--
			*before -= dilation
		}
		for size[k] > 1 && *after >= dilation && !seen(n, d, (size[k]-1)*dilation-*before) {
			size[k]--
			*after -= dilation
		}
	}
	if slices.Equal(size, weights.Type.Shape) {
		return nil, nil
	}
	part, err := c.extra(n, "kernel", "slice", ir.Attrs{"start": start, "size": size, "step": step}, weights)
	if err != nil {
		return nil, err
	}
	attrs, inputs := n.Attrs.Clone(), slices.Clone(n.Inputs)
	attrs["pad"], inputs[1] = pad, part
	return c.replace(n, "conv", attrs, inputs...)
}

// seen reports whether what is at place first of the image for a convolution's first result, and moves by its stride from one
// result to the next, is ever inside the image along spatial dimension d.
func seen(n *ir.Node, d, first int) bool {
	in, out, stride := n.Inputs[0].Type.Shape[d+2], n.Out().Type.Shape[d+2], n.Ints("stride")[d]
	entry := max(0, (stride-1-first)/stride) // the first result for which it is not before the image
	return entry < out && first+entry*stride < in
}

func poolHasNoEffect(n *ir.Node) bool {
	return sameType(n) && slices.Max(n.Ints("kernel")) == 1 && slices.Max(n.Ints("stride")) == 1
}

// separateMaxPool finds the maxima of large windows that overlap along the last dimension apart from those along the others, as
// neighbours share the latter.
func separateMaxPool(c *context, n *ir.Node) (*ir.Value, error) {
	kernel := n.Ints("kernel")
	last, elems := len(kernel)-1, 1
	for _, k := range kernel[:last] {
		elems *= k
	}
	in, out := n.Inputs[0].Type.Shape[last+2], n.Out().Type.Shape[last+2]
	const worth = 1.5 // fewer elements to look at, for an image that is written and read
	if together, apart := elems*kernel[last], elems*in/max(out, 1)+kernel[last]; elems == 1 || float64(together) <= worth*float64(apart) {
		return nil, nil
	}
	along := func(dims func(d int) bool) ir.Attrs {
		attrs := n.Attrs.Clone()
		for name, unit := range map[string]int{"kernel": 1, "stride": 1, "dilation": 1, "pad": 0} {
			list := slices.Clone(n.Ints(name))
			for i := range list {
				if !dims(i % len(kernel)) {
					list[i] = unit
				}
			}
			attrs[name] = list
		}
		return attrs
	}
	others, err := c.extra(n, "rows", "maxpool", along(func(d int) bool { return d != last }), n.Inputs[0])
	if err != nil {
		return nil, err
	}
	return c.replace(n, "maxpool", along(func(d int) bool { return d == last }), others)
}

// strideOfGlobalPool sets the stride of a pool over the whole input, where it does not matter, to the kernel.
func strideOfGlobalPool(c *context, n *ir.Node) (*ir.Value, error) {
	kernel := n.Ints("kernel")
	if !slices.Equal(kernel, n.Inputs[0].Type.Shape[2:]) || slices.Equal(kernel, n.Ints("stride")) || slices.Max(n.Ints("pad")) > 0 {
		return nil, nil
	}
	attrs := n.Attrs.Clone()
	attrs["stride"], attrs["ceil"] = slices.Clone(kernel), 0
	return c.replace(n, n.Op.Name, attrs, n.Inputs...)
}
