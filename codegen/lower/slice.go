package lower

import (
	"nncc/codegen/loopir"
	"nncc/codegen/sched"
	"nncc/ir"
)

// lowerSlice takes a regular part of the input.
func lowerSlice(l *lowerer, n *ir.Node) error {
	if block, ok := l.plan.Views[n.Out()]; ok {
		return l.viewBlocks(n, block)
	}
	cuts := cutsOf(n)
	if l.plan.Layout[n.Out()].Kind == sched.Blocked {
		return l.moveBlocked(n, func(d int, i loopir.Index) loopir.Index { return cuts[d].at(i) })
	}
	return l.slicePlain(n, joinCuts(cuts))
}

// viewBlocks computes nothing: whoever reads the result sees blocks of channels of the input.
func (l *lowerer) viewBlocks(n *ir.Node, block int) error {
	lay := l.plan.Layout[n.Out()]
	whole, err := l.read(n.Inputs[0], lay)
	if err != nil {
		return err
	}
	part, err := storageOf(n.Out().Name, n.Out().Type, whole.Layout, whole.Batched())
	if err != nil {
		return err
	}
	part.placeIn(whole, block)
	l.stored[n.Out()] = append(l.stored[n.Out()], part)
	return nil
}

// cut is what a slice takes of a dimension.
type cut struct{ whole, start, size, step int }

// at is the place that the result's place i comes from.
func (c cut) at(i loopir.Index) loopir.Index { return i.Mul(c.step).AddC(c.start) }

// cutsOf lists what n takes of each dimension; a single number has one.
func cutsOf(n *ir.Node) []cut {
	start, size, step := n.Ints("start"), n.Ints("size"), n.Ints("step")
	if len(start) == 0 {
		return []cut{{whole: 1, size: 1, step: 1}}
	}
	cuts := make([]cut, len(start))
	for d := range cuts {
		cuts[d] = cut{n.Inputs[0].Type.Shape[d], start[d], size[d], step[d]}
		if size[d] == 1 { // perhaps the batch, whose step means nothing
			cuts[d].step = 1
		}
	}
	return cuts
}

// joinCuts makes dimensions that are contiguous in input and result one, but for the first, which may be the batch: rows are then long, and
// still short enough for one call.
func joinCuts(cuts []cut) []cut {
	const mostElems = 1 << 14
	last := len(cuts) - 1
	for d := last; d > 1; d-- {
		inner, outer := cuts[d], &cuts[d-1]
		if inner.size != inner.whole || inner.step != 1 || outer.step != 1 || outer.size*inner.size > mostElems {
			break
		}
		*outer = cut{outer.whole * inner.whole, outer.start * inner.whole, outer.size * inner.size, 1}
		last--
	}
	return cuts[:last+1]
}

// slicePlain copies what cuts take, in plain memory.
func (l *lowerer) slicePlain(n *ir.Node, cuts []cut) error {
	var from, to []int
	for _, c := range cuts {
		from, to = append(from, c.whole), append(to, c.size)
	}
	in, out, err := l.inOut(n, sched.Planar)
	if err != nil {
		return err
	}
	k := newKernel("slice", l.target)
	src, dst := k.as(k.in, in, batchDims(from, in.Batched())...), k.as(k.out, out, batchDims(to, out.Batched())...)
	k.move(src, dst, func(at []loopir.Index) []loopir.Index {
		place := make([]loopir.Index, len(at))
		for d := range at {
			place[d] = cuts[d].at(at[d])
		}
		return place
	})
	return l.emit(k, n, n.Op.Name, sched.Tile{})
}
