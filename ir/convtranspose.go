package ir

import "slices"

// Transposed says how to slide the window of a transposed convolution, with one number per spatial dimension. Cut is
// what is removed from the result, all begins and then all ends, and Extra is added to its ends.
type Transposed struct {
	Stride, Dilation, Cut, Extra []int
	Groups                       int
}

// ConvTranspose is a convolution of x [N, C, spatial...] with the kernel turned around. With a stride s, each s-th result
// is one of the input with each s-th element of the kernel: one convolution computes these s parts (in each dimension)
// as channels, which are then put between one another. The weight is [C, M/groups, kernel...]; the bias, [M], may be nil.
func (m Maker) ConvTranspose(x, weight, bias *Value, t Transposed) *Value {
	shape, spatial := x.Type.Shape, len(t.Stride)
	p := parts{Maker: m, Transposed: t, apart: t.Dilation, count: 1}
	if slices.Max(t.Stride) > 1 { // parts of the kernel have no common dilation
		p.Dilation = onesOf(spatial)
	}
	pads, start, size := make([]int, 2*len(shape)), make([]int, spatial), make([]int, spatial)
	for d, s := range t.Stride {
		reach := (weight.Type.Shape[2+d] - 1) * t.Dilation[d]
		size[d] = (shape[2+d]-1)*s + reach + 1 + t.Extra[d] - t.Cut[d] - t.Cut[spatial+d]
		p.count *= s
		if max(reach, s, p.count, -t.Cut[d], size[d]) > MaxTensorBytes {
			return m.Errorf("the kernel reaches over more than %d pixels", MaxTensorBytes)
		}
		if size[d] < 1 {
			return m.Errorf("%d and %d pixels are cut off %d", t.Cut[d], t.Cut[spatial+d], size[d]+t.Cut[d]+t.Cut[spatial+d])
		}
		p.kernel = append(p.kernel, weight.Type.Shape[2+d])
		if slices.Max(t.Stride) > 1 {
			p.kernel[d] = (reach + s) / s
		}
		first, last := floorDiv(t.Cut[d], s), floorDiv(t.Cut[d]+size[d]-1, s)
		pads[2+d] = (p.kernel[d]-1)*p.Dilation[d] - first
		pads[len(shape)+2+d] = last - (shape[2+d] - 1)
		start[d] = t.Cut[d] - s*first
	}
	v := m.Step("pad", Attrs{"pad": pads}, x)
	inputs := []*Value{v, p.weight(weight)}
	if bias != nil {
		inputs = append(inputs, p.bias(bias))
	}
	attrs := Attrs{"dilation": p.Dilation, "groups": t.Groups}
	if p.count == 1 {
		return m.Emit("conv", attrs, inputs...)
	}
	return p.interleave(m.Step("conv", attrs, inputs...), start, size)
}

// parts is a transposed convolution as one that computes count parts of the result.
type parts struct {
	Maker
	Transposed          // Dilation is that of the parts
	apart, kernel []int // by how much the elements of the kernel lie apart; the kernel of a part
	count         int
}

// weight makes a convolution's weight [M*parts, C/groups, k/s...] of a transposed one's [C, M/groups, k...], its spatial
// dimensions back to front. Elements that the kernel lacks for whole parts are zero.
func (p parts) weight(w *Value) *Value {
	shape := w.Type.Shape
	outputs, inputs := p.Groups*shape[1], shape[0]/p.Groups
	swap, split, perm := []int{0, 2, 1}, []int{outputs, inputs}, []int{0}
	for d, k := range p.kernel {
		swap = append(swap, 3+d)
		split = append(split, k, p.Stride[d])
		perm = append(perm, 3+2*d)
	}
	perm = append(perm, 1)
	for d := range p.kernel {
		perm = append(perm, 2+2*d)
	}
	whole := w
	if p.count > 1 {
		whole = p.dilate(w)
	}
	if whole == nil {
		return nil
	}
	v := p.Reshape(whole, slices.Concat([]int{p.Groups, inputs}, whole.Type.Shape[1:])...)
	v = p.Step("transpose", Attrs{"perm": swap}, v)
	v = p.Reshape(v, split...)
	v = p.Step("transpose", Attrs{"perm": perm}, v)
	flat := append([]int{outputs * p.count, inputs}, p.kernel...)
	v = p.Reshape(v, flat...)
	start, step := []int{0, 0}, []int{1, 1}
	for _, k := range p.kernel {
		start, step = append(start, k-1), append(step, -1)
	}
	return p.Step("slice", Attrs{"start": start, "size": flat, "step": step}, v)
}

// dilate puts zeros between the elements of the kernel, by the dilation that was asked for, and behind the last up to
// whole parts.
func (p parts) dilate(w *Value) *Value {
	shape := w.Type.Shape
	apart, together := slices.Clone(shape[:2]), slices.Clone(shape[:2])
	between, behind := make([]int, 4+4*len(p.kernel)), make([]int, 2*len(shape))
	for d, k := range p.kernel {
		apart = append(apart, shape[2+d], 1)
		together = append(together, shape[2+d]*p.apart[d])
		between[2+2*len(p.kernel)+2+2*d+1] = p.apart[d] - 1
		behind[len(shape)+2+d] = k*p.Stride[d] - together[2+d]
	}
	if slices.Max(p.apart) > 1 {
		w = p.Reshape(w, apart...)
		w = p.Step("pad", Attrs{"pad": between}, w)
		w = p.Reshape(w, together...)
	}
	return p.Step("pad", Attrs{"pad": behind}, w)
}

// bias repeats the bias for all parts.
func (p parts) bias(b *Value) *Value {
	channels := b.Type.Elems()
	v := p.Reshape(b, channels, 1)
	v = p.Step("concat", Attrs{"axis": 1}, slices.Repeat([]*Value{v}, p.count)...)
	return p.Reshape(v, channels*p.count)
}

// interleave puts the parts, which are channels of v, between one another and cuts out the result.
func (p parts) interleave(v *Value, start, size []int) *Value {
	if v == nil {
		return nil
	}
	shape, spatial := v.Type.Shape, len(p.Stride)
	channels := shape[1] / p.count
	apart := slices.Concat([]int{shape[0], channels}, p.Stride, shape[2:])
	perm, together := []int{0, 1}, []int{shape[0], channels}
	for d, s := range p.Stride {
		perm = append(perm, 2+spatial+d, 2+d)
		together = append(together, s*shape[2+d])
	}
	v = p.Reshape(v, apart...)
	v = p.Step("transpose", Attrs{"perm": perm}, v)
	v = p.Reshape(v, together...)
	return p.Emit("slice", Attrs{"start": append([]int{0, 0}, start...), "size": append([]int{shape[0], channels}, size...), "step": onesOf(2 + spatial)}, v)
}

// floorDiv is a/b rounded down, b > 0.
func floorDiv(a, b int) int {
	if a < 0 {
		return -((b - 1 - a) / b)
	}
	return a / b
}
