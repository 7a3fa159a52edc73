package onnx

import (
	"nncc/ir"
	"nncc/runtime/tensor"
)

// iota is 0, 1, 2, ... along an axis of a value of so many dimensions.
func (n *node) iota(dtype tensor.DType, size, axis, rank int) value {
	if !n.create(8 * size) {
		return nil
	}
	numbers := make([]float64, size)
	for i := range numbers {
		numbers[i] = float64(i)
	}
	shape := orOnes(nil, rank)
	shape[axis] = size
	return n.build.Const(n.pos, n.name()+".iota", tensor.FromFloat64s(dtype, numbers, shape...))
}

// applyTopK finds one place after the other: the extremum of what comes after the last one in the order of numbers and,
// among equal ones, of places.
func applyTopK(n *node) value {
	const mostPlaces = 512 // for each of which there are some ten nodes
	x, shape := n.inputs[0], n.shape(0)
	axis, ok := n.axis(n.intAttr("axis", -1), len(shape))
	if !ok {
		return nil
	}
	count, ok := n.topKCount()
	if !ok || count < 1 || count > min(mostPlaces, shape[axis]) {
		return n.errorf("k is %d, must be from 1 to %d", count, min(mostPlaces, shape[axis]))
	}
	to, after, other := "max", "lt", "min"
	if n.opset >= 11 {
		if n.boolAttr("largest", 1) == 0 {
			to, after, other = "min", "gt", "max"
		}
		n.boolAttr("sorted", 1) // the result is sorted in any case
	}
	axes := []int{axis}
	places := n.iota(tensor.I64, shape[axis], axis, len(shape))
	none := n.step("reduce", ir.Attrs{"to": other, "axes": axes}, x) // loses to every number
	var values, indices []value
	var left value // which elements come after those found; nil for all
	for range count {
		among := x
		if left != nil {
			among = n.step("where", nil, left, x, none)
		}
		best := n.step("reduce", ir.Attrs{"to": to, "axes": axes}, among)
		equal := n.step("compare", ir.Attrs{"is": "eq"}, x, best)
		found := equal
		if left != nil {
			found = n.step("min", nil, equal, left)
		}
		at := n.step("where", nil, found, places, n.like(places, float64(shape[axis])))
		at = n.step("reduce", ir.Attrs{"to": "min", "axes": axes}, at)
		values, indices = append(values, best), append(indices, at)
		later := n.step("min", nil, equal, n.step("compare", ir.Attrs{"is": "lt"}, at, places))
		left = n.step("max", nil, n.compareAs(after, x, best), later)
	}
	if n.outputUsed(1) {
		n.more = []value{n.emitAs(n.proto.outputs[1], "concat", ir.Attrs{"axis": axis}, indices...)}
	}
	return n.emit("concat", ir.Attrs{"axis": axis}, values...)
}

func (n *node) topKCount() (int, bool) {
	if n.opset < 10 {
		return n.intAttr("k", 0), n.need("k")
	}
	list, ok := n.constInts(1, "k")
	if !ok || len(list) != 1 {
		return 0, false
	}
	return n.toInt("k", list[0]), !n.failed
}

// compareAs is compare that knows gt as well.
func (n *node) compareAs(is string, a, b value) value {
	if is == "gt" {
		is, a, b = "lt", b, a
	}
	return n.step("compare", ir.Attrs{"is": is}, a, b)
}

// applyHardmax is 1 at the first largest number along an axis, else 0; before operator set 13 along all dimensions from
// axis on.
func applyHardmax(n *node) value {
	x, shape := n.inputs[0], n.shape(0)
	absent := -1
	if n.opset < 13 {
		absent = 1
	}
	axis, ok := n.axis(n.intAttr("axis", absent), len(shape))
	if !ok {
		return nil
	}
	if n.opset < 13 {
		x = n.step("reshape", ir.Attrs{"shape": append(shape[:axis:axis], product(shape[axis:]))}, x)
	}
	best := n.step("argmax", ir.Attrs{"axis": axis}, x)
	if best == nil {
		return nil
	}
	y := n.step("compare", ir.Attrs{"is": "eq"}, best, n.iota(tensor.I64, x.Type.Shape[axis], axis, x.Type.Rank()))
	return n.emit("reshape", ir.Attrs{"shape": shape}, n.castTo(y, x.Type.DType))
}

// applyScan combines each element along an axis with all before it, or after it: neighbours first, then those two apart,
// four apart, and so on. identity is what changes nothing.
func applyScan(op string, identity float64) func(*node) value {
	return func(n *node) value {
		v, shape := n.inputs[0], n.shape(0)
		list, ok := n.constInts(1, "axis")
		if !ok || len(list) != 1 {
			return n.errorf("axis must be one number")
		}
		axis, ok := n.axis(n.toInt("axis", list[0]), len(shape))
		if !ok {
			return nil
		}
		reverse := n.boolAttr("reverse", 0) == 1
		if n.boolAttr("exclusive", 0) == 1 {
			v = n.shifted(v, axis, 1, reverse, identity)
		}
		for by := 1; by < shape[axis]; by *= 2 {
			v = n.step(op, nil, v, n.shifted(v, axis, by, reverse, identity))
		}
		return n.emit("identity", nil, v)
	}
}

// shifted moves elements along an axis to higher places, or lower ones, and fills in numbers where they were.
func (n *node) shifted(v value, axis, by int, down bool, fill float64) value {
	if v == nil {
		return nil
	}
	rank := v.Type.Rank()
	pads := make([]int, 2*rank)
	pads[axis], pads[rank+axis] = by, -by
	if down {
		pads[axis], pads[rank+axis] = -by, by
	}
	return n.step("pad", ir.Attrs{"pad": pads, "value": fill}, v)
}
