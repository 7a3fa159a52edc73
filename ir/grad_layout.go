package ir

import (
	"slices"

	"nncc/runtime/tensor"
)

func gradConcat(m Maker, n *Node, dy []*Value) []*Value {
	whole, axis := m.Whole(dy[0], n.Out().Type.Shape), n.Int("axis")
	grads := make([]*Value, len(n.Inputs))
	start := make([]int, n.Out().Type.Rank())
	for i, v := range n.Inputs {
		grads[i] = m.Step("slice", Attrs{"start": slices.Clone(start), "size": v.Type.Shape, "step": onesOf(len(start))}, whole)
		start[axis] += v.Type.Shape[axis]
	}
	return grads
}

// gradSlice puts the gradient where it was cut out, with zeros around and, for steps, between.
func gradSlice(m Maker, n *Node, dy []*Value) []*Value {
	x, start, size, step := n.Inputs[0].Type.Shape, slices.Clone(n.Ints("start")), n.Ints("size"), slices.Clone(n.Ints("step"))
	dv := m.Whole(dy[0], size)
	dv = m.flip(dv, step)
	pads := make([]int, 2*len(x))
	for d := range x {
		if size[d] == 0 {
			start[d], step[d] = 0, 1
		}
		if step[d] < 0 {
			start[d], step[d] = start[d]+(size[d]-1)*step[d], -step[d]
		}
		pads[d], pads[len(x)+d] = start[d], x[d]-start[d]-size[d]*step[d]
	}
	return []*Value{m.Step("pad", Attrs{"pad": pads}, m.apart(dv, step))}
}

// flip reverses the dimensions whose step is negative.
func (m Maker) flip(v *Value, step []int) *Value {
	if slices.Min(append([]int{1}, step...)) > 0 || v == nil {
		return v
	}
	start, steps := make([]int, len(step)), onesOf(len(step))
	for d, s := range step {
		if size := v.Type.Shape[d]; s < 0 && size > 0 {
			start[d], steps[d] = size-1, -1
		}
	}
	return m.Step("slice", Attrs{"start": start, "size": v.Type.Shape, "step": steps}, v)
}

// apart makes every element the first of step, the others zeros, along each dimension.
func (m Maker) apart(v *Value, step []int) *Value {
	for d, s := range step {
		if s == 1 || v == nil {
			continue
		}
		shape := v.Type.Shape
		pads := make([]int, 2*(len(shape)+1))
		pads[len(shape)+1+d+1] = s - 1
		split := slices.Insert(slices.Clone(shape), d+1, 1)
		together := slices.Clone(shape)
		together[d] *= s
		v = m.Reshape(m.Step("pad", Attrs{"pad": pads}, m.Reshape(v, split...)), together...)
	}
	return v
}

func gradTranspose(m Maker, n *Node, dy []*Value) []*Value {
	perm := n.Ints("perm")
	back := make([]int, len(perm))
	for i, p := range perm {
		back[p] = i
	}
	return []*Value{m.Step("transpose", Attrs{"perm": back}, dy[0])}
}

func gradReshape(m Maker, n *Node, dy []*Value) []*Value {
	shape := n.Inputs[0].Type.Shape
	if dy[0].Type.Elems() == 1 {
		return []*Value{m.Reshape(dy[0], onesOf(len(shape))...)}
	}
	return []*Value{m.Reshape(m.Whole(dy[0], n.Out().Type.Shape), shape...)}
}

// gradPad removes what was added. What other modes than constant add are copies, whose gradients are not collected.
func gradPad(m Maker, n *Node, dy []*Value) []*Value {
	pads := slices.Clone(n.Ints("pad"))
	if mode := n.Str("mode"); mode != "constant" && slices.Max(append(pads, 0)) > 0 {
		return []*Value{m.Errorf("pad: mode %s has no gradient", mode)}
	}
	for i := range pads {
		pads[i] = -pads[i]
	}
	return []*Value{m.Step("pad", Attrs{"pad": pads}, m.Whole(dy[0], n.Out().Type.Shape))}
}

// gradGather adds up what was read from each entry, as a product with a matrix that has a 1 where an index is that entry.
func gradGather(m Maker, n *Node, dy []*Value) []*Value {
	x, indices, axis := n.Inputs[0].Type, n.Inputs[1], n.Int("axis")
	entries, reads := x.Shape[axis], indices.Type.Elems()
	if reads == 0 {
		return []*Value{nil, nil}
	}
	at := m.Reshape(indices, 1, reads)
	zero, size := m.Like(at, 0), m.Like(at, float64(entries))
	at = m.Where(m.Is(at, "lt", zero), m.Add(at, size), at)
	places := make([]float64, entries)
	for i := range places {
		places[i] = float64(i)
	}
	rows := m.Const("entries", tensor.FromFloat64s(indices.Type.DType, places, entries, 1))
	chosen := m.Step("cast", Attrs{"to": x.DType.String()}, m.Is(rows, "eq", at))
	before, after := tensor.Count(x.Shape[:axis]), tensor.Count(x.Shape[axis+1:])
	dv := m.Reshape(m.Whole(dy[0], n.Out().Type.Shape), before, reads, after)
	return []*Value{m.Reshape(m.Step("matmul", nil, chosen, dv), x.Shape...), nil}
}
