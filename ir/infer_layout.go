package ir

import (
	"fmt"
	"slices"

	"nncc/runtime/tensor"
)

func inferConcat(n *Node) ([]Type, error) {
	first := n.Inputs[0].Type
	if err := normalizeAxis(n, first.Rank()); err != nil {
		return nil, err
	}
	axis, total := n.Int("axis"), int64(0)
	for i, v := range n.Inputs {
		t := v.Type
		if t.DType != first.DType {
			return nil, withHint("cast one of them", "mixes %v and %v", first.DType, t.DType)
		}
		if t.Rank() != first.Rank() {
			return nil, fmt.Errorf("input %d is %s, input 0 is %s", i, dims(t.Shape), dims(first.Shape))
		}
		for d := range t.Shape {
			if d != axis && t.Shape[d] != first.Shape[d] {
				return nil, fmt.Errorf("input %d is %s, input 0 is %s: they may differ along axis %d only", i, dims(t.Shape), dims(first.Shape), axis)
			}
		}
		if total += int64(t.Shape[axis]); total > MaxTensorBytes {
			return nil, fmt.Errorf("result dimension %d is too large", total)
		}
	}
	out := slices.Clone(first.Shape)
	out[axis] = int(total)
	return []Type{{first.DType, out}}, nil
}

func inferSlice(n *Node) ([]Type, error) {
	x := n.Inputs[0].Type
	start, size, step := n.Ints("start"), n.Ints("size"), n.Ints("step")
	if r := x.Rank(); len(start) != r || len(size) != r || len(step) != r {
		return nil, fmt.Errorf("start %s, size %s and step %s need %d numbers each for %s", dims(start), dims(size), dims(step), r, dims(x.Shape))
	}
	for d, in := range x.Shape {
		if step[d] == 0 || size[d] < 0 {
			return nil, fmt.Errorf("dimension %d: step %d and size %d: step must not be 0, size not negative", d, step[d], size[d])
		}
		if size[d] == 0 {
			continue
		}
		last := int64(start[d]) + int64(size[d]-1)*int64(step[d])
		if start[d] < 0 || start[d] >= in || last < 0 || last >= int64(in) {
			return nil, fmt.Errorf("dimension %d: reads %d to %d of %d", d, start[d], last, in)
		}
	}
	return []Type{T(x.DType, size...)}, nil
}

func inferTranspose(n *Node) ([]Type, error) {
	x, perm := n.Inputs[0].Type, n.Ints("perm")
	sorted := slices.Sorted(slices.Values(perm))
	for i, p := range sorted {
		if i != p {
			return nil, fmt.Errorf("perm %s is not a permutation", dims(perm))
		}
	}
	if len(perm) != x.Rank() {
		return nil, fmt.Errorf("perm %s does not fit %s", dims(perm), dims(x.Shape))
	}
	out := make([]int, len(perm))
	for d, p := range perm {
		out[d] = x.Shape[p]
	}
	return []Type{{x.DType, out}}, nil
}

func inferReshape(n *Node) ([]Type, error) {
	x, out := n.Inputs[0].Type, T(n.Inputs[0].Type.DType, n.Ints("shape")...)
	if err := out.Check(); err != nil {
		return nil, err
	}
	if x.Elems() != out.Elems() {
		return nil, fmt.Errorf("%s has %d elements, %s has %d", dims(x.Shape), x.Elems(), dims(out.Shape), out.Elems())
	}
	return []Type{out}, nil
}

func inferPad(n *Node) ([]Type, error) {
	x, pad, mode := n.Inputs[0].Type, n.Ints("pad"), n.Str("mode")
	if !slices.Contains([]string{"constant", "edge", "reflect", "wrap"}, mode) {
		return nil, withHint("constant, edge, reflect or wrap", "unknown mode %q", mode)
	}
	if len(pad) != 2*x.Rank() {
		return nil, fmt.Errorf("pad is %s, needs %d numbers for %s", dims(pad), 2*x.Rank(), dims(x.Shape))
	}
	out := make([]int, x.Rank())
	for d, in := range x.Shape {
		begin, end := pad[d], pad[x.Rank()+d]
		kept := int64(in) + int64(min(begin, 0)) + int64(min(end, 0))
		size := int64(in) + int64(begin) + int64(end)
		switch grows := int64(max(begin, end)); {
		case kept < 0:
			return nil, fmt.Errorf("dimension %d: pads %d and %d remove more than its %d", d, begin, end, in)
		case size > MaxTensorBytes:
			return nil, fmt.Errorf("dimension %d: result of %d is too large", d, size)
		case mode == "reflect" && grows > 0 && grows >= kept:
			return nil, fmt.Errorf("dimension %d: cannot reflect %d elements of %d", d, grows, kept)
		case mode != "constant" && grows > 0 && kept == 0:
			return nil, fmt.Errorf("dimension %d: nothing to repeat", d)
		}
		out[d] = int(size)
	}
	return []Type{{x.DType, out}}, nil
}

func inferGather(n *Node) ([]Type, error) {
	x, indices := n.Inputs[0].Type, n.Inputs[1].Type
	if err := checkIndexed(n); err != nil {
		return nil, err
	}
	axis := n.Int("axis")
	if x.Shape[axis] == 0 && indices.Elems() > 0 {
		return nil, fmt.Errorf("axis %d of %s has no entries", axis, dims(x.Shape))
	}
	return []Type{T(x.DType, slices.Concat(x.Shape[:axis], indices.Shape, x.Shape[axis+1:])...)}, nil
}

// checkIndexed checks the indices and the axis of an op that reads entries along one.
func checkIndexed(n *Node) error {
	if d := n.Inputs[1].Type.DType; d != tensor.I32 && d != tensor.I64 {
		return fmt.Errorf("indices are %v, must be i32 or i64", d)
	}
	return normalizeAxis(n, n.Inputs[0].Type.Rank())
}

// inferGatherElements is the shape rule of gather_elements: that of x, but for the entries that are read along axis.
func inferGatherElements(n *Node) ([]Type, error) {
	x, indices := n.Inputs[0].Type, n.Inputs[1].Type
	if err := checkIndexed(n); err != nil {
		return nil, err
	}
	axis, out := n.Int("axis"), slices.Clone(x.Shape)
	if indices.Rank() != x.Rank() {
		return nil, fmt.Errorf("indices %s and x %s differ in the number of dimensions", dims(indices.Shape), dims(x.Shape))
	}
	for d, size := range indices.Shape {
		if d != axis && size != 1 && size != x.Shape[d] {
			return nil, fmt.Errorf("dimension %d of indices %s is neither 1 nor that of x, %s", d, dims(indices.Shape), dims(x.Shape))
		}
	}
	if out[axis] = indices.Shape[axis]; x.Shape[axis] == 0 && out[axis] > 0 {
		return nil, fmt.Errorf("axis %d of %s has no entries", axis, dims(x.Shape))
	}
	return []Type{T(x.DType, out...)}, nil
}
