package onnx

import (
	"fmt"
	"math"
	"slices"

	"nncc/ir"
	"nncc/runtime/tensor"
)

// poolIndices is where in x the largest element of each window of a max pool lies, y being the pool's result: the first element
// of the window that is equal to it. Places count through the whole tensor, in row-major or column-major order of the spatial
// dimensions.
func (n *node) poolIndices(y value, columnMajor bool) value {
	if y == nil {
		return nil
	}
	if n.openBatch != "" {
		n.add("output 1 has places in the whole batch, whose size must be known").
			Hint = fmt.Sprintf("give the size with --dim %s=N", n.openBatch)
		return nil
	}
	x, kernel := n.inputs[0], y.Def.Ints("kernel")
	spatial := len(kernel)
	stride, dilation := orOnes(y.Def.Ints("stride"), spatial), orOnes(y.Def.Ints("dilation"), spatial)
	pad := make([]int, 2*x.Type.Rank())
	before := append(y.Def.Ints("pad"), make([]int, spatial)...)
	for d := range kernel {
		reach := (y.Type.Shape[2+d]-1)*stride[d] + (kernel[d]-1)*dilation[d] + 1
		pad[2+d], pad[x.Type.Rank()+2+d] = before[d], reach-before[d]-x.Type.Shape[2+d]
	}
	windows := productUpTo(kernel, maxParts)
	if !n.roomFor(windows) {
		return nil
	}
	places := n.placesOf(x.Type.Shape, columnMajor)
	if places == nil {
		return nil
	}
	values := n.step("pad", ir.Attrs{"pad": pad, "value": lowest(x.Type.DType)}, x)
	places = n.step("pad", ir.Attrs{"pad": slices.Clone(pad)}, places)
	size, step := y.Type.Shape, append([]int{1, 1}, stride...)
	var found value
	m := n.compose()
	for k := windows - 1; k >= 0; k-- { // the first is looked at last
		start := make([]int, len(size))
		for d, rest := spatial-1, k; d >= 0; d, rest = d-1, rest/kernel[d] {
			start[2+d] = rest % kernel[d] * dilation[d]
		}
		attrs := func() ir.Attrs { return ir.Attrs{"start": slices.Clone(start), "size": size, "step": step} }
		at := n.step("slice", attrs(), places)
		if found != nil {
			at = m.Where(m.Is(n.step("slice", attrs(), values), "eq", y), at, found)
		}
		found = at
	}
	return found
}

// placesOf numbers the elements of a tensor [N, C, spatial...].
func (n *node) placesOf(shape []int, columnMajor bool) value {
	elems := product(shape)
	if !n.create(8 * elems) {
		return nil
	}
	strides := tensor.Strides(shape)
	if columnMajor {
		step := 1
		for d := 2; d < len(shape); d++ {
			strides[d], step = step, step*shape[d]
		}
	}
	list, at := make([]int64, elems), make([]int, len(shape))
	for i := range list {
		for d, j := range at {
			list[i] += int64(j * strides[d])
		}
		advance(at, shape)
	}
	return n.build.Const(n.pos, n.name()+".places", tensor.FromI64(list, shape...))
}

// lowest is a number below which none of a dtype is.
func lowest(d tensor.DType) float64 {
	switch d {
	case tensor.U8:
		return 0
	case tensor.I8:
		return math.MinInt8
	}
	return math.Inf(-1)
}
