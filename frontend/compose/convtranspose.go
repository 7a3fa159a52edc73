package compose

import (
	"slices"

	"nncc/ir"
)

// Transposed says how to slide the window of a transposed convolution, with one number per spatial dimension. Cut is
// what is removed from the result, all begins and then all ends, and Extra is added to its ends.
type Transposed struct {
	Stride, Dilation, Cut, Extra []int
	Groups                       int
}

// ConvTranspose is the convolution that ONNX defines it by: of x [N, C, spatial...] with stride-1 zeros between its
// pixels and as much padding as lets every element of the kernel meet every pixel, with the kernel turned around.
// The weight is [C, M/groups, kernel...]; the bias, [M], may be nil.
func (m Maker) ConvTranspose(x, weight, bias *ir.Value, t Transposed) *ir.Value {
	shape, kernel := x.Type.Shape, weight.Type.Shape[2:]
	spatial := len(kernel)
	pads := make([]int, 2*len(shape))
	for d, k := range kernel {
		reach := (k - 1) * t.Dilation[d]
		pads[2+d] = reach - t.Cut[d]
		pads[len(shape)+2+d] = reach - t.Cut[spatial+d] + t.Extra[d] - (t.Stride[d] - 1)
		if size := (shape[2+d]-1)*t.Stride[d] + reach + 1 + t.Extra[d]; size <= t.Cut[d]+t.Cut[spatial+d] {
			return m.Errorf("%d and %d pixels are cut off %d", t.Cut[d], t.Cut[spatial+d], size)
		}
		if max(reach, pads[2+d], pads[len(shape)+2+d]) > ir.MaxTensorBytes {
			return m.Errorf("the kernel reaches over more than %d pixels", ir.MaxTensorBytes)
		}
	}
	v := m.Step("pad", ir.Attrs{"pad": pads}, m.insertZeros(x, t.Stride))
	inputs := []*ir.Value{v, m.turnKernel(weight, t.Groups)}
	if bias != nil {
		inputs = append(inputs, bias)
	}
	return m.Emit("conv", ir.Attrs{"dilation": t.Dilation, "groups": t.Groups}, inputs...)
}

// insertZeros puts stride-1 zeros behind each pixel.
func (m Maker) insertZeros(v *ir.Value, stride []int) *ir.Value {
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
	v = m.reshape(v, apart...)
	v = m.Step("pad", ir.Attrs{"pad": append(make([]int, len(pads)), pads...)}, v)
	return m.reshape(v, together...)
}

// turnKernel makes a convolution's weight [M, C/groups, k...] of a transposed one's [C, M/groups, k...], its spatial
// dimensions back to front.
func (m Maker) turnKernel(w *ir.Value, groups int) *ir.Value {
	shape := w.Type.Shape
	kernel := shape[2:]
	perm := []int{0, 2, 1}
	for d := range kernel {
		perm = append(perm, 3+d)
	}
	v := m.reshape(w, slices.Concat([]int{groups, shape[0] / groups}, shape[1:])...)
	v = m.Step("transpose", ir.Attrs{"perm": perm}, v)
	flat := slices.Concat([]int{groups * shape[1], shape[0] / groups}, kernel)
	v = m.reshape(v, flat...)
	start, step := []int{0, 0}, []int{1, 1}
	for _, k := range kernel {
		start, step = append(start, k-1), append(step, -1)
	}
	return m.Step("slice", ir.Attrs{"start": start, "size": flat, "step": step}, v)
}
