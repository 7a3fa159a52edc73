package onnx

import (
	"slices"

	"nncc/ir"
	"nncc/runtime/tensor"
)

// Operators that read or write at places given by indices. These must be constants, but for GatherElements, so that each is
// a gather from, or a choice between, elements at places that are known.

// takeFlat makes a value of a shape out of the elements of v at places in row-major order. Where both shapes begin with a
// dimension of samples, and it takes the same of each, that stays one. Who makes the places accounts for them.
func (n *node) takeFlat(v value, places []int64, shape []int) value {
	if v == nil {
		return nil
	}
	if isCount(places, v.Type.Elems()) {
		return n.step("reshape", ir.Attrs{"shape": shape}, v)
	}
	flat, axis := []int{v.Type.Elems()}, 0
	if v.Type.Rank() > 0 && len(shape) > 0 && shape[0] == v.Type.Shape[0] && n.samplesSized(shape[0]) {
		samples := shape[0]
		if of, same := ofEachSample(places, samples, v.Type.Elems()/samples); same {
			flat, axis, places = []int{samples, v.Type.Elems() / samples}, 1, of
		}
	}
	v = n.step("reshape", ir.Attrs{"shape": flat}, v)
	v = n.step("gather", ir.Attrs{"axis": axis}, v, n.build.Const(n.pos, n.name()+".places", tensor.FromI64(places, len(places))))
	return n.step("reshape", ir.Attrs{"shape": shape}, v)
}

// samplesSized reports whether a first dimension may be that of samples.
func (im *importer) samplesSized(size int) bool {
	return size == 1 || im.openBatch != "" && size == im.batch
}

// ofEachSample are the places in a sample of so many elements, if they are the same in all samples.
func ofEachSample(places []int64, samples, elems int) ([]int64, bool) {
	part := len(places) / samples
	for i, k := range places {
		if first := places[i%part]; first >= int64(elems) || k != first+int64(i/part*elems) {
			return nil, false
		}
	}
	return places[:part], true
}

// constIndices returns an input that must be a constant of integers: its numbers, and its shape.
func (n *node) constIndices(i int) (list []int64, shape []int, ok bool) {
	v := n.inputs[i]
	switch {
	case !v.IsConst():
		n.add("indices must be a constant").Hint = "they are computed from the input's values"
		return nil, nil, false
	case v.Type.DType == tensor.I32:
		for _, k := range tensor.View[int32](v.Const) {
			list = append(list, int64(k))
		}
		return list, v.Type.Shape, true
	case v.Type.DType != tensor.I64:
		n.errorf("indices are %v, must be i64", v.Type.DType)
		return nil, nil, false
	}
	return v.Const.I64s(), v.Type.Shape, true
}

// isCount reports whether a list is 0, 1, 2, ..., size-1.
func isCount(list []int64, size int) bool {
	for i, k := range list {
		if int64(i) != k {
			return false
		}
	}
	return len(list) == size
}

// placeBytes is what a place in a list of them takes.
const placeBytes = 8

// index counts a negative index from the end and rejects one out of range.
func (n *node) index(k int64, size int) (int, bool) {
	if k < -int64(size) || k >= int64(size) {
		n.errorf("index %d is out of range for %d elements", k, size)
		return 0, false
	}
	if k < 0 {
		k += int64(size)
	}
	return int(k), true
}

// elementPlaces are the flat places in a tensor of the given shape that indices along an axis stand for, the other
// dimensions being those of the index itself.
func (n *node) elementPlaces(indices []int64, indexShape, shape []int, axis int) ([]int64, bool) {
	if len(indexShape) != len(shape) {
		n.errorf("indices %s and data %s differ in the number of dimensions", dims(indexShape), dims(shape))
		return nil, false
	}
	for d, size := range indexShape {
		if d != axis && size > shape[d] {
			n.errorf("indices %s reach beyond the data %s", dims(indexShape), dims(shape))
			return nil, false
		}
	}
	if !n.create(placeBytes * len(indices)) {
		return nil, false
	}
	places, at, step := make([]int64, len(indices)), make([]int, len(shape)), tensor.Strides(shape)
	for i, k := range indices {
		along, ok := n.index(k, shape[axis])
		if !ok {
			return nil, false
		}
		for d, j := range at {
			if d == axis {
				j = along
			}
			places[i] += int64(j * step[d])
		}
		advance(at, indexShape)
	}
	return places, true
}

// advance moves to the next place in row-major order.
func advance(at, shape []int) {
	for d := len(at) - 1; d >= 0; d-- {
		if at[d]++; at[d] < shape[d] {
			return
		}
		at[d] = 0
	}
}

// applyGatherElements takes the elements that an index names. Indices may be fewer than the data in other dimensions.
func applyGatherElements(n *node) value {
	x, shape, index := n.inputs[0], n.shape(0), n.shape(1)
	axis, ok := n.axis(n.intAttr("axis", 0), len(shape))
	if !ok || n.inputs[1].IsConst() && !n.indicesFit(shape, axis) {
		return nil
	}
	if len(index) != len(shape) {
		return n.errorf("indices %s and data %s differ in the number of dimensions", dims(index), dims(shape))
	}
	part := slices.Clone(index)
	part[axis] = shape[axis]
	if !slices.Equal(part, shape) {
		x = n.step("slice", ir.Attrs{"start": make([]int, len(shape)), "size": part, "step": orOnes(nil, len(shape))}, x)
	}
	return n.emit("gather_elements", ir.Attrs{"axis": axis}, x, n.inputs[1])
}

// indicesFit checks indices that are known.
func (n *node) indicesFit(shape []int, axis int) bool {
	indices, _, ok := n.constIndices(1)
	for _, k := range indices {
		if _, fits := n.index(k, shape[axis]); !fits {
			return false
		}
	}
	return ok
}

// slicePlaces are the flat places that tuples of indices stand for, each of which names a slice of the data. The first
// batchDims dimensions of tuples and data go together. shape is that of all slices.
func (n *node) slicePlaces(indices []int64, indexShape, data []int, batchDims int) (places []int64, shape []int, ok bool) {
	last := len(indexShape) - 1
	if last < 0 || batchDims < 0 || batchDims > last || batchDims+indexShape[last] > len(data) ||
		!slices.Equal(indexShape[:batchDims], data[:batchDims]) {
		n.errorf("indices %s do not fit the data %s", dims(indexShape), dims(data))
		return nil, nil, false
	}
	depth, step := indexShape[last], tensor.Strides(data)
	inner := product(data[batchDims+depth:])
	shape = slices.Concat(indexShape[:last], data[batchDims+depth:])
	if err := ir.T(tensor.I64, shape...).Check(); err != nil {
		n.errorf("result %v", err)
		return nil, nil, false
	}
	if !n.create(placeBytes * product(shape)) {
		return nil, nil, false
	}
	at := make([]int, last)
	for t := range product(indexShape[:last]) {
		start := 0
		for d := range batchDims {
			start += at[d] * step[d]
		}
		for j := range depth {
			k, ok := n.index(indices[t*depth+j], data[batchDims+j])
			if !ok {
				return nil, nil, false
			}
			start += k * step[batchDims+j]
		}
		for i := range inner {
			places = append(places, int64(start+i))
		}
		advance(at, indexShape[:last])
	}
	return places, shape, true
}

func applyGatherND(n *node) value {
	indices, indexShape, ok := n.constIndices(1)
	if !ok {
		return nil
	}
	batchDims := n.intAttr("batch_dims", 0)
	places, shape, ok := n.slicePlaces(indices, indexShape, n.shape(0), batchDims)
	if !ok {
		return nil
	}
	if batchDims == 0 && len(indexShape) == 2 && indexShape[1] == 1 { // entries along the first dimension
		return n.gatherAlong(0, n.build.Const(n.pos, n.name()+".entries", tensor.FromI64(indices, len(indices))))
	}
	return n.emit("identity", nil, n.takeFlat(n.inputs[0], places, shape))
}

func applyScatterElements(n *node) value {
	indices, indexShape, ok := n.constIndices(1)
	if !ok {
		return nil
	}
	axis, ok := n.axis(n.intAttr("axis", 0), len(n.shape(0)))
	if !ok {
		return nil
	}
	places, ok := n.elementPlaces(indices, indexShape, n.shape(0), axis)
	if !ok {
		return nil
	}
	return n.scatter(places, indexShape)
}

func applyScatterND(n *node) value {
	indices, indexShape, ok := n.constIndices(1)
	if !ok {
		return nil
	}
	places, shape, ok := n.slicePlaces(indices, indexShape, n.shape(0), 0)
	if !ok {
		return nil
	}
	return n.scatter(places, shape)
}

// scatter combines the first input, at places, with the third, which must have the given shape: the last one for a place
// replaces it, or all are added, multiplied or compared with it.
func (n *node) scatter(places []int64, shape []int) value {
	op, known := map[string]string{"none": "", "add": "add", "mul": "mul", "min": "min", "max": "max"}[n.stringAttr("reduction", "none")]
	data, updates := n.inputs[0], n.inputs[2]
	if !known || !slices.Equal(updates.Type.Shape, shape) {
		return n.errorf("reduction %q of updates %s: there are none, add, mul, min and max; needs updates %s", n.stringAttr("reduction", ""), dims(updates.Type.Shape), dims(shape))
	}
	const mostLayers = 256 // each of which is a pass over the data
	elems := data.Type.Elems()
	layers := n.layersOf(places, elems, op == "", mostLayers)
	if n.failed {
		return nil
	}
	for _, from := range layers {
		there := make([]float64, elems)
		for i, k := range from {
			if k >= 0 {
				there[i] = 1
			}
			from[i] = max(k, 0)
		}
		v := n.takeFlat(updates, from, data.Type.Shape)
		if op != "" {
			v = n.step(op, nil, data, v)
		}
		mask := n.build.Const(n.pos, n.name()+".mask", tensor.FromFloat64s(tensor.Bool, there, data.Type.Shape...))
		data = n.step("where", nil, mask, v, data)
	}
	return n.emit("identity", nil, data)
}

// layersOf says which update, or -1, comes to each element first, second and so on; with replace only the last counts.
func (n *node) layersOf(places []int64, elems int, replace bool, most int) [][]int64 {
	var layers [][]int64
	if !n.create(placeBytes * elems) {
		return nil
	}
	depth := make([]int, elems)
	for i, at := range places {
		k := depth[at]
		if !replace {
			depth[at]++
		}
		if k == most {
			n.errorf("more than %d updates of one element", most)
			return nil
		}
		if k == len(layers) {
			if !n.create(2 * placeBytes * elems) {
				return nil
			}
			layers = append(layers, slices.Repeat([]int64{-1}, elems))
		}
		layers[k][at] = int64(i)
	}
	return layers
}
