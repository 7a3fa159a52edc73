package modeljson

import (
	"fmt"
	"slices"

	"nncc/ir"
	"nncc/runtime/tensor"
)

// Layers that move elements. Their axes do not count the batch, which stays where it is.

func buildConcat(l *layer) *ir.Value {
	axis, ok := l.axis("axis", get(l.fields, "axis", 0))
	if !ok {
		return nil
	}
	return l.emit("concat", ir.Attrs{"axis": axis}, l.inputs...)
}

func buildFlatten(l *layer) *ir.Value {
	return l.emit("reshape", ir.Attrs{"shape": []int{1, tensor.Count(l.shape())}}, l.inputs[0])
}

func buildReshape(l *layer) *ir.Value {
	want := get[[]int](l.fields, "shape", nil)
	shape, open, known := append([]int{1}, want...), -1, int64(1)
	for i, d := range shape {
		switch {
		case d == -1 && open < 0:
			open = i
		case d < 1:
			return l.errorf("shape", "shape %s: dimensions must be at least 1, one of them may be -1", dims(want))
		default:
			if known *= int64(d); known > ir.MaxTensorBytes {
				return l.errorf("shape", "shape %s is too large", dims(want))
			}
		}
	}
	elems := int64(tensor.Count(l.shape()))
	if open >= 0 && elems%known == 0 {
		shape[open] = int(elems / known)
	} else if known != elems {
		return l.errorf("shape", "shape %s does not fit %s, which has %d elements", dims(want), dims(l.shape()[1:]), elems)
	}
	return l.emit("reshape", ir.Attrs{"shape": shape}, l.inputs[0])
}

func buildTranspose(l *layer) *ir.Value {
	perm := []int{0}
	given := get[[]int](l.fields, "perm", nil)
	for _, p := range given {
		perm = append(perm, p+1)
	}
	sorted := slices.Sorted(slices.Values(given))
	for i, p := range sorted {
		if i != p || len(given) != len(l.shape())-1 {
			return l.errorf("perm", "perm %s is not an order of the %d axes of %s", dims(given), len(l.shape())-1, dims(l.shape()[1:]))
		}
	}
	return l.emit("transpose", ir.Attrs{"perm": perm}, l.inputs[0])
}

func buildSlice(l *layer) *ir.Value {
	axes := get(l.fields, "axis", numbers{}).list
	rank := len(l.shape())
	attrs := ir.Attrs{"start": make([]int, rank), "size": slices.Clone(l.shape()), "step": slices.Repeat([]int{1}, rank)}
	sliced := make([]bool, rank)
	for _, key := range []string{"start", "end", "step"} {
		if list := get(l.fields, key, numbers{one: true}); !list.one && len(list.list) != len(axes) {
			return l.errorf(key, "%s has %d numbers for %d axes", key, len(list.list), len(axes))
		}
	}
	for i, a := range axes {
		axis, ok := l.axis("axis", a)
		switch {
		case !ok:
			return nil
		case sliced[axis]:
			return l.errorf("axis", "axis %d is there twice", a)
		}
		sliced[axis] = true
		if !l.sliceAxis(attrs, axis, i, len(axes)) {
			return nil
		}
	}
	return l.emit("slice", attrs, l.inputs[0])
}

// sliceAxis sets the attributes of one axis from number i of n of start, end and step, as Python understands them.
func (l *layer) sliceAxis(attrs ir.Attrs, axis, i, n int) bool {
	size := l.shape()[axis]
	number := func(key string, absent int) int {
		if !l.has(key) {
			return absent
		}
		v := get(l.fields, key, numbers{}).spread(n)[i]
		if v < 0 && key != "step" {
			v += size
		}
		return v
	}
	step := number("step", 1)
	if step == 0 {
		l.errorf("step", "step is 0")
		return false
	}
	first, last, count := 0, 0, 0
	if step > 0 {
		first, last = min(max(number("start", 0), 0), size), min(max(number("end", size), 0), size)
		count = (last - first + step - 1) / step
	} else {
		first, last = min(max(number("start", size-1), -1), size-1), min(max(number("end", -1-size), -1), size-1)
		count = (first - last - step - 1) / -step
	}
	if count <= 0 {
		l.errorf("", "nothing is left of axis %d of %s", axis-1, dims(l.shape()[1:]))
		return false
	}
	attrs["start"].([]int)[axis], attrs["size"].([]int)[axis], attrs["step"].([]int)[axis] = first, count, step
	return true
}

func buildPad(l *layer) *ir.Value {
	given, rank := get(l.fields, "pad", numbers{}), len(l.shape())
	if given.one {
		given.list = given.spread(2 * max(0, rank-2))
	}
	n := len(given.list) / 2
	if len(given.list)%2 != 0 || n > rank-1 || n == 0 {
		return l.errorf("pad", "pad has %d numbers, needs 1 or 2 for each of the last dimensions of %s", len(given.list), dims(l.shape()[1:]))
	}
	pad := make([]int, 2*rank)
	copy(pad[rank-n:rank], given.list[:n])
	copy(pad[2*rank-n:], given.list[n:])
	attrs := ir.Attrs{"pad": pad, "mode": get(l.fields, "mode", "constant"), "value": get(l.fields, "value", 0.0)}
	return l.emit("pad", attrs, l.inputs[0])
}

// maxParts bounds how many results a layer has.
const maxParts = 1024

// buildSplit has several results: parts of one size, or of given sizes, along an axis.
func buildSplit(l *layer) *ir.Value {
	axis, ok := l.axis("axis", get(l.fields, "axis", 0))
	if !ok {
		return nil
	}
	size := l.shape()[axis]
	sizes := get[[]int](l.fields, "sizes", nil)
	if l.has("parts") == l.has("sizes") {
		return l.errorf("", `split needs either "parts" or "sizes"`)
	}
	if parts := get(l.fields, "parts", len(sizes)); parts < 1 || parts > maxParts {
		return l.errorf("", "%d parts, must be 1 to %d", parts, maxParts)
	} else if !l.has("sizes") {
		if size%parts != 0 {
			return l.errorf("parts", "axis %d of %s cannot be split into %d equal parts", axis-1, dims(l.shape()[1:]), parts)
		}
		sizes = slices.Repeat([]int{size / parts}, parts)
	}
	start := 0
	for i, part := range sizes {
		if part > size-start || i == len(sizes)-1 && part < size-start {
			return l.errorf("sizes", "parts of %s are not what axis %d of %s consists of", dims(sizes), axis-1, dims(l.shape()[1:]))
		}
		attrs := ir.Attrs{"start": make([]int, len(l.shape())), "size": slices.Clone(l.shape()), "step": slices.Repeat([]int{1}, len(l.shape()))}
		attrs["start"].([]int)[axis], attrs["size"].([]int)[axis] = start, part
		v := l.emitAs(fmt.Sprintf("%s.%d", l.name, i), "slice", attrs, l.inputs[0])
		if v == nil {
			return nil
		}
		l.parts = append(l.parts, v)
		start += part
	}
	return l.parts[0]
}
