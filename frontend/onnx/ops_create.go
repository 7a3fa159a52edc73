package onnx

import (
	"slices"

	"nncc/ir"
	"nncc/runtime/tensor"
)

// Operators that make tensors of numbers that follow a rule, and masks.

// create accounts for the bytes of a constant that is made and not read from the file.
func (n *node) create(bytes int) bool {
	if n.createdBytes += bytes; n.createdBytes > maxCreatedBytes {
		n.errorf("more than %d bytes of constants made on import", maxCreatedBytes)
		return false
	}
	return true
}

// applyRange is start, start+delta, ... as long as it is before limit.
func applyRange(n *node) value {
	for i, what := range []string{"start", "limit", "delta"} {
		if t := n.constant1D(i, what); t == nil || t.Len() != 1 {
			return n.errorf("%s must be one number", what)
		}
	}
	dtype := n.inputs[0].Type.DType
	start, limit, delta := n.constFloat(0, "start", 0), n.constFloat(1, "limit", 0), n.constFloat(2, "delta", 1)
	size := (limit - start) / delta
	if !(size <= ir.MaxTensorBytes) || delta == 0 {
		return n.errorf("from %v to %v in steps of %v", start, limit, delta)
	}
	var numbers []float64
	for i := 0; float64(i) < size; i++ {
		if i%1024 == 0 && !n.create(8*1024) {
			return nil
		}
		numbers = append(numbers, start+float64(i)*delta)
	}
	return n.constant(tensor.FromFloat64s(dtype, numbers, len(numbers)))
}

// applyEyeLike has ones where the column is the row's number plus k.
func applyEyeLike(n *node) value {
	shape, k := n.shape(0), n.intAttr("k", 0)
	dtype := n.inputs[0].Type.DType
	if n.has("dtype") {
		dtype = n.dtypeAttr("dtype")
	}
	if n.failed || len(shape) != 2 {
		return n.errorf("input %s, needs two dimensions", dims(shape))
	}
	mask := n.diagonals(shape, func(row, col int) bool { return col-row == k })
	if mask == nil {
		return nil
	}
	return n.constant(tensor.FromFloat64s(dtype, mask.Float64s(), shape...))
}

// diagonals is true for the places of the last two dimensions that belong to it.
func (n *node) diagonals(shape []int, belongs func(row, col int) bool) *tensor.Tensor {
	rows, cols := shape[len(shape)-2], shape[len(shape)-1]
	const workBytes = 8 // of numbers made of the mask
	if !n.create((1 + workBytes) * rows * cols) {
		return nil
	}
	mask := tensor.New(tensor.Bool, rows, cols)
	for i := range rows {
		for j := range cols {
			if belongs(i, j) {
				mask.Data[i*cols+j] = 1
			}
		}
	}
	return mask
}

// applyTrilu keeps what is on one side of a diagonal, and on it.
func applyTrilu(n *node) value {
	x, shape, k := n.inputs[0], n.shape(0), 0
	if n.in(1) != nil {
		list, ok := n.constInts(1, "k")
		if !ok || len(list) != 1 {
			return n.errorf("k must be one number")
		}
		k = n.toInt("k", list[0])
	}
	upper := n.boolAttr("upper", 1) == 1
	if n.failed || len(shape) < 2 {
		return n.errorf("input %s, needs two dimensions", dims(shape))
	}
	mask := n.diagonals(shape, func(row, col int) bool { return upper && col-row >= k || !upper && col-row <= k })
	if mask == nil {
		return nil
	}
	return n.emit("where", nil, n.build.Const(n.pos, n.name()+".mask", mask), x, n.like(x, 0))
}

// applyOneHot has one of two numbers: the second where the index stands along a new axis, the first elsewhere.
func applyOneHot(n *node) value {
	depths := n.constFloats(1, "depth")
	if n.failed || len(depths) != 1 || !(depths[0] >= 1 && depths[0] <= ir.MaxTensorBytes) {
		return n.errorf("depth must be one positive number")
	}
	shape, depth := n.shape(0), int(depths[0])
	axis, ok := n.axis(n.intAttr("axis", -1), len(shape)+1)
	if !ok {
		return nil
	}
	if values := n.shape(2); len(values) != 1 || values[0] != 2 || len(shape) == ir.MaxRank {
		return n.errorf("values %s, needs two", dims(values))
	}
	index := n.step("reshape", ir.Attrs{"shape": slices.Insert(slices.Clone(shape), axis, 1)}, n.inputs[0])
	places := n.iota(tensor.I64, depth, axis, len(shape)+1)
	index = n.castTo(index, tensor.I64)
	fromEnd := n.step("add", nil, index, n.like(places, float64(depth)))
	hot := n.step("max", nil, n.compareAs("eq", index, places), n.compareAs("eq", fromEnd, places))
	return n.emit("where", nil, hot, n.pick(n.inputs[2], 1), n.pick(n.inputs[2], 0))
}

// pick is one element of a list.
func (n *node) pick(list value, at int) value {
	v := n.step("slice", ir.Attrs{"start": []int{at}, "size": []int{1}, "step": []int{1}}, list)
	return n.step("reshape", ir.Attrs{"shape": []int{}}, v)
}

func applySize(n *node) value { return n.constant(tensor.FromI64([]int64{int64(product(n.shape(0)))})) }

// applyNonZero lists, by dimension, where a constant is not 0.
func applyNonZero(n *node) value {
	v := n.inputs[0]
	if !v.IsConst() {
		n.add("the input must be a constant").Hint = "how many elements are not 0 would depend on the network's input"
		return nil
	}
	shape := v.Type.Shape
	places := make([][]int64, len(shape))
	at, found := make([]int, len(shape)), 0
	for _, x := range v.Const.Float64s() {
		if x != 0 {
			found++
			for d, k := range at {
				places[d] = append(places[d], int64(k))
			}
		}
		advance(at, shape)
	}
	return n.constant(tensor.FromI64(slices.Concat(places...), len(shape), found))
}

// applyCompress keeps the elements, or along an axis the slices, for which a constant list is true.
func applyCompress(n *node) value {
	keep := n.constFloats(1, "condition")
	if n.failed {
		return nil
	}
	x, shape, axis := n.inputs[0], n.shape(0), 0
	if n.has("axis") {
		axis, _ = n.axis(n.intAttr("axis", 0), len(shape))
	} else {
		shape = []int{product(shape)}
		x = n.step("reshape", ir.Attrs{"shape": shape}, x)
	}
	if n.failed || len(shape) == 0 || len(keep) > shape[axis] {
		return n.errorf("%d conditions do not fit the input %s", len(keep), dims(shape))
	}
	places := []int64{}
	for i, k := range keep {
		if k != 0 {
			places = append(places, int64(i))
		}
	}
	return n.emit("gather", ir.Attrs{"axis": axis}, x, n.build.Const(n.pos, n.name()+".places", tensor.FromI64(places, len(places))))
}

// applyCenterCropPad cuts off, or adds zeros, on both sides; where that is uneven, one more at the end is cut off or added.
func applyCenterCropPad(n *node) value {
	list, ok := n.constInts(1, "shape")
	if !ok {
		return nil
	}
	rank, sizes := len(n.shape(0)), n.toInts("shape", list)
	axes := from(0, rank)
	if n.has("axes") {
		axes = n.intsAttr("axes")
	}
	if n.failed || len(axes) != len(sizes) {
		return n.errorf("%s for %s", count(len(sizes), "size"), count(len(axes), "axis"))
	}
	pads := make([]int, 2*rank)
	for i, a := range axes {
		d, ok := n.axis(a, rank)
		if !ok {
			return nil
		}
		missing := sizes[i] - n.shape(0)[d]
		before := missing / 2
		if missing < 0 {
			before = -(-missing / 2)
		}
		pads[d], pads[rank+d] = before, missing-before
	}
	return n.emit("pad", ir.Attrs{"pad": pads}, n.inputs[0])
}

// applyReverseSequence turns round the first elements along one axis, as many as a constant says for each place of another.
func applyReverseSequence(n *node) value {
	lengths, ok := n.constInts(1, "sequence_lens")
	if !ok {
		return nil
	}
	shape, batch, time := n.shape(0), n.intAttr("batch_axis", 1), n.intAttr("time_axis", 0)
	if n.failed || len(shape) < 2 || batch == time || min(batch, time) < 0 || max(batch, time) > 1 || len(lengths) != shape[batch] {
		return n.errorf("input %s with %s, batch_axis %d, time_axis %d", dims(shape), count(len(lengths), "length"), batch, time)
	}
	if !n.create(placeBytes * product(shape)) {
		return nil
	}
	step, at := tensor.Strides(shape), make([]int, len(shape))
	places := make([]int64, 0, product(shape))
	for i := range product(shape) {
		if length := int(lengths[at[batch]]); length < 0 || length > shape[time] {
			return n.errorf("a length of %d of %d", length, shape[time])
		} else if at[time] < length {
			i += (length - 1 - 2*at[time]) * step[time]
		}
		places = append(places, int64(i))
		advance(at, shape)
	}
	return n.emit("identity", nil, n.takeFlat(n.inputs[0], places, shape))
}
