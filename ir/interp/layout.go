package interp

import (
	"fmt"

	"nncc/ir"
	"nncc/runtime/tensor"
)

func concat(n *ir.Node, in []array, t ir.Type) (array, error) {
	axis := n.Int("axis")
	y := newArray(t)
	outer, inner := outerInner(t.Shape, axis)
	before := 0
	for _, a := range in {
		run := a.Shape[axis] * inner
		for o := range outer {
			to := (o*t.Shape[axis] + before) * inner
			if y.f != nil {
				copy(y.f[to:], a.f[o*run:][:run])
			} else {
				copy(y.i[to:], a.i[o*run:][:run])
			}
		}
		before += a.Shape[axis]
	}
	return y, nil
}

func slice(n *ir.Node, in []array, t ir.Type) (array, error) {
	x, start, size, step := in[0], n.Ints("start"), n.Ints("size"), n.Ints("step")
	lists := make([][]int, len(size))
	for d := range size {
		for k := range size[d] {
			lists[d] = append(lists[d], start[d]+k*step[d])
		}
	}
	return x.pick(t, positions(lists, tensor.Strides(x.Shape)), 0), nil
}

func transpose(n *ir.Node, in []array, t ir.Type) (array, error) {
	x, perm := in[0], n.Ints("perm")
	own := tensor.Strides(x.Shape)
	steps, lists := make([]int, len(perm)), make([][]int, len(perm))
	for d, p := range perm {
		steps[d], lists[d] = own[p], count(x.Shape[p])
	}
	return x.pick(t, positions(lists, steps), 0), nil
}

func reshape(_ *ir.Node, in []array, t ir.Type) (array, error) {
	return array{Type: t, f: in[0].f, i: in[0].i}, nil
}

func pad(n *ir.Node, in []array, t ir.Type) (array, error) {
	x, amount, mode := in[0], n.Ints("pad"), n.Str("mode")
	lists := make([][]int, x.Rank())
	for d, size := range x.Shape {
		begin, end := amount[d], amount[x.Rank()+d]
		// What is removed is gone before the rest is padded.
		first, kept := max(0, -begin), size+min(begin, 0)+min(end, 0)
		for k := range t.Shape[d] {
			lists[d] = append(lists[d], padSource(mode, k-max(begin, 0), first, kept))
		}
	}
	return x.pick(t, positions(lists, tensor.Strides(x.Shape)), n.Float("value")), nil
}

// padSource gives the index that stands at place k, counted from the first kept element; -1 for the padding value.
func padSource(mode string, k, first, kept int) int {
	if k < 0 || k >= kept {
		switch mode {
		case "constant":
			return -1
		case "edge":
			k = min(max(k, 0), kept-1)
		case "wrap":
			k = (k%kept + kept) % kept
		case "reflect":
			if k < 0 {
				k = -k
			} else {
				k = 2*(kept-1) - k
			}
		}
	}
	return first + k
}

func gather(n *ir.Node, in []array, t ir.Type) (array, error) {
	x, indices, axis := in[0], in[1], n.Int("axis")
	if t.Elems() == 0 { // no index is used
		return x.pick(t, nil, 0), nil
	}
	lists := make([][]int, x.Rank())
	for d, size := range x.Shape {
		lists[d] = count(size)
	}
	lists[axis] = make([]int, len(indices.i))
	for k, i := range indices.i {
		var err error
		if lists[axis][k], err = entry(i, x.Shape[axis]); err != nil {
			return array{}, err
		}
	}
	return x.pick(t, positions(lists, tensor.Strides(x.Shape)), 0), nil
}

// entry is the number of the entry that an index means, of so many; negative ones count from the end.
func entry(index int64, entries int) (int, error) {
	i := index
	if i < 0 {
		i += int64(entries)
	}
	if i < 0 || i >= int64(entries) {
		return 0, fmt.Errorf("index %d is out of range for %d entries", index, entries)
	}
	return int(i), nil
}

func gatherElements(n *ir.Node, in []array, t ir.Type) (array, error) {
	x, indices, axis := in[0], in[1], n.Int("axis")
	steps, indexSteps := tensor.Strides(x.Shape), tensor.Strides(indices.Shape)
	step := steps[axis]
	lists := make([][]int, x.Rank())
	for d, size := range t.Shape {
		lists[d] = count(size)
		if indices.Shape[d] == 1 && size > 1 {
			indexSteps[d] = 0
		}
	}
	steps[axis] = 0
	places, indexPlaces := positions(lists, steps), positions(lists, indexSteps)
	for k, at := range indexPlaces {
		i, err := entry(indices.i[at], x.Shape[axis])
		if err != nil {
			return array{}, err
		}
		places[k] += i * step
	}
	return x.pick(t, places, 0), nil
}
