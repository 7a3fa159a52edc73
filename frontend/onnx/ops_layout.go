package onnx

import (
	"slices"

	"nncc/ir"
)

// Operators that move elements.

func applyConcat(n *node) value {
	if !n.need("axis") {
		return nil
	}
	return n.emit("concat", ir.Attrs{"axis": n.intAttr("axis", 0)}, n.inputs...)
}

func applyGather(n *node) value {
	axis := n.intAttr("axis", 0)
	if n.inputs[1].IsConst() && n.flattens(n.inputs[0]) && axis == 0 {
		return n.gatherFlat()
	}
	return n.gatherAlong(axis, n.inputs[1])
}

// gatherAlong gathers entries along an axis, before a change of dimensions that came first if it can be made after it.
func (n *node) gatherAlong(axis int, indices value) value {
	x := n.inputs[0]
	perm, of := n.transposed(x)
	if of == nil || indices == nil || indices.Type.Rank() != 1 || axis < 0 || axis >= len(perm) {
		return n.emit("gather", ir.Attrs{"axis": axis}, x, indices)
	}
	return n.emit("transpose", ir.Attrs{"perm": slices.Clone(perm)}, n.step("gather", ir.Attrs{"axis": perm[axis]}, of, indices))
}

// flattens reports whether a list is all the elements of something that begins with a dimension of samples.
func (n *node) flattens(v value) bool {
	if v.Type.Rank() != 1 || v.Def == nil || v.Def.Op.Name != "reshape" {
		return false
	}
	shape := v.Def.Inputs[0].Type.Shape
	return len(shape) > 0 && n.samplesSized(shape[0])
}

// gatherFlat gathers from what was flattened before, as exporters write a change of strides, so that samples stay apart.
func (n *node) gatherFlat() value {
	indices, shape, ok := n.constIndices(1)
	if !ok || !n.create(placeBytes*len(indices)) {
		return nil
	}
	places := make([]int64, len(indices))
	for i, k := range indices {
		at, ok := n.index(k, n.shape(0)[0])
		if !ok {
			return nil
		}
		places[i] = int64(at)
	}
	return n.emit("identity", nil, n.takeFlat(n.inputs[0].Def.Inputs[0], places, shape))
}

func applyTranspose(n *node) value {
	perm := n.intsAttr("perm")
	if perm == nil {
		for d := range n.shape(0) {
			perm = append(perm, d)
		}
		slices.Reverse(perm)
	}
	x := n.inputs[0]
	if inner, of := n.transposed(x); of != nil && isPermutation(perm, len(inner)) {
		x = of
		for i, d := range perm {
			perm[i] = inner[d]
		}
	}
	if slices.IsSorted(perm) && isPermutation(perm, x.Type.Rank()) {
		return n.emit("identity", nil, x)
	}
	return n.emit("transpose", ir.Attrs{"perm": perm}, x)
}

// transposed is how x was made of a value whose first dimension, that of samples, it moved elsewhere. What moves it back must
// not see that, or samples do not stay apart.
func (n *node) transposed(x value) (perm []int, of value) {
	if x.Def == nil || x.Def.Op.Name != "transpose" || x.Def.Ints("perm")[0] == 0 {
		return nil, nil
	}
	return x.Def.Ints("perm"), x.Def.Inputs[0]
}

// isPermutation reports whether a list has each of the numbers below count once.
func isPermutation(list []int, count int) bool {
	sorted := slices.Sorted(slices.Values(list))
	for i, d := range sorted {
		if d != i {
			return false
		}
	}
	return len(sorted) == count
}

// applySlice1 takes the bounds from attributes.
func applySlice1(n *node) value {
	if !n.need("starts") || !n.need("ends") {
		return nil
	}
	starts, ends := n.rawInts("starts"), n.rawInts("ends")
	axes := n.rawInts("axes")
	if n.failed {
		return nil
	}
	return n.slice(starts, ends, axes, nil)
}

// rawInts is intsAttr without a limit: slices use the largest integers for "to the end".
func (n *node) rawInts(name string) []int64 {
	if a := n.attr(name, kindInts); a != nil {
		return a.ints
	}
	return nil
}

// applySlice10 takes the bounds from constant inputs.
func applySlice10(n *node) value {
	var lists [4][]int64
	for i, what := range []string{"starts", "ends", "axes", "steps"} {
		if n.in(i+1) == nil {
			continue
		}
		list, ok := n.constInts(i+1, what)
		if !ok {
			return nil
		}
		lists[i] = list
	}
	return n.slice(lists[0], lists[1], lists[2], lists[3])
}

// slice normalizes the bounds: nil axes are the first dimensions, nil steps 1.
func (n *node) slice(starts, ends, axes, steps []int64) value {
	shape := n.shape(0)
	if axes == nil {
		for d := range starts {
			axes = append(axes, int64(d))
		}
	}
	if steps == nil {
		steps = slices.Repeat([]int64{1}, len(starts))
	}
	if len(ends) != len(starts) || len(axes) != len(starts) || len(steps) != len(starts) {
		return n.errorf("%d starts, %d ends, %d axes and %d steps", len(starts), len(ends), len(axes), len(steps))
	}
	start, size, step := make([]int, len(shape)), slices.Clone(shape), orOnes(nil, len(shape))
	sliced := make([]bool, len(shape))
	for i := range starts {
		d, ok := n.axis(n.toInt("axes", axes[i]), len(shape))
		switch {
		case !ok || n.failed:
			return nil
		case sliced[d]:
			return n.errorf("axes %v name dimension %d twice", axes, d)
		case steps[i] == 0:
			return n.errorf("step is 0")
		}
		sliced[d] = true
		start[d], size[d], step[d] = sliceBounds(shape[d], starts[i], ends[i], steps[i])
	}
	return n.emit("slice", ir.Attrs{"start": start, "size": size, "step": step}, n.inputs[0])
}

// sliceBounds turns numpy's bounds of a dimension, negative ones counted from the end and those outside clamped, into
// the first index, the number of indices and the step between them.
func sliceBounds(dim int, from, to, by int64) (start, size, step int) {
	n := int64(dim)
	by = min(max(by, -ir.MaxTensorBytes), ir.MaxTensorBytes) // larger steps select one element as well
	if from < 0 {
		from += n
	}
	if to < 0 {
		to += n
	}
	count := int64(0)
	if by > 0 {
		from, to = min(max(from, 0), n), min(max(to, 0), n)
		count = (to - from + by - 1) / by
	} else {
		from, to = min(max(from, -1), n-1), min(max(to, -1), n-1)
		count = (from - to - by - 1) / -by
	}
	if count <= 0 {
		return 0, 0, 1
	}
	return int(from), int(count), int(by)
}

// applyPad2 takes the pads from attributes.
func applyPad2(n *node) value {
	if !n.need("pads") {
		return nil
	}
	return n.pad(n.intsAttr("pads"), n.floatAttr("value", 0))
}

// applyPad11 takes the pads from constant inputs; they concern the given axes, or all.
func applyPad11(n *node) value {
	list, ok := n.constInts(1, "pads")
	if !ok {
		return nil
	}
	pads, fill := n.toInts("pads", list), n.constFloat(2, "constant_value", 0)
	if n.in(3) != nil {
		pads = n.padsOfAxes(pads)
	}
	if n.failed {
		return nil
	}
	return n.pad(pads, fill)
}

// padsOfAxes spreads pads given for the axes of input 3 over all dimensions.
func (n *node) padsOfAxes(pads []int) []int {
	axes, ok := n.constInts(3, "axes")
	if !ok {
		return nil
	}
	if len(pads) != 2*len(axes) {
		n.errorf("%d pads for %d axes", len(pads), len(axes))
		return nil
	}
	rank := len(n.shape(0))
	all, padded := make([]int, 2*rank), make([]bool, rank)
	for i, a := range axes {
		d, ok := n.axis(n.toInt("axes", a), rank)
		if !ok {
			return nil
		}
		if padded[d] {
			n.errorf("axes %v name dimension %d twice", axes, d)
			return nil
		}
		padded[d] = true
		all[d], all[rank+d] = pads[i], pads[len(axes)+i]
	}
	return all
}

func (n *node) pad(pads []int, fill float64) value {
	attrs := ir.Attrs{"pad": pads, "mode": n.stringAttr("mode", "constant"), "value": fill}
	return n.emit("pad", attrs, n.inputs[0])
}
