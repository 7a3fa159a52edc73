package lower

import (
	"nncc/codegen/loopir"
	"nncc/codegen/sched"
	"nncc/ir"
)

// lowerGatherElements sees its input as [outer, axis, inner]. Where an index goes for all inner elements, runs of them are
// copied, otherwise single elements.
func lowerGatherElements(l *lowerer, n *ir.Node) error {
	x, index, axis := n.Inputs[0].Type.Shape, n.Inputs[1].Type.Shape, n.Int("axis")
	k := &elementsKernel{kernel: newKernel("gather_elements", l.target), extent: x[axis]}
	from, err := l.readPlain(n.Inputs[0])
	if err != nil {
		return err
	}
	entries, err := l.readPlain(n.Inputs[1])
	if err != nil {
		return err
	}
	to, err := l.define(n.Out(), sched.Layout{})
	if err != nil {
		return err
	}
	size := func(dims []int) int { return ir.Type{Shape: dims}.Elems() }
	outer, inner, count, runs := size(x[:axis]), size(x[axis+1:]), index[axis], size(index[axis+1:])
	k.src = k.as(k.in, from, from.samplesOr(1), outer, k.extent, inner)
	k.index = k.as(k.in, entries, entries.samplesOr(1), size(index[:axis]), count, runs)
	k.dst = k.as(k.out, to, to.samplesOr(1), outer, count, inner)
	k.sample, k.row = k.samples(&Storage{Dims: k.dst.Dims}), k.grid("o", outer)
	indexRow := project(k.row, x[:axis], index[:axis])
	k.each("i", count, func(i loopir.Index) {
		if runs == 1 {
			entry := k.entryAt(indexRow, i, loopir.C(0))
			k.vectors(inner, func(at, lanes loopir.Index) { k.copy(entry, lanes, i, at) })
			return
		}
		k.each("x", inner, func(at loopir.Index) {
			k.copy(k.entryAt(indexRow, i, project(at, x[axis+1:], index[axis+1:])), loopir.C(1), i, at)
		})
	})
	return l.emit(k.kernel, n, "gather", sched.Tile{})
}

type elementsKernel struct {
	*kernel
	extent          int
	src, dst, index *loopir.Buffer
	sample, row     loopir.Index
}

// entryAt reads an index.
func (k *elementsKernel) entryAt(row, i, at loopir.Index) loopir.Expr {
	return k.entry(k.index, k.extent, k.sampleOf(k.index, k.sample), row, i, at)
}

// copy copies elements of the entry, from one on. An index out of range has become the nearest that is not.
func (k *elementsKernel) copy(entry loopir.Expr, lanes, i, at loopir.Index) {
	if lanes.Equal(loopir.C(1)) {
		one := &loopir.Load{T: loopir.Scalar(k.src.Elem), Buf: k.src, Idx: k.from(at), Pick: entry, Dim: 2, Extent: k.extent}
		k.Store(k.dst, narrow(one, k.elem(k.src)), k.sample, k.row, i, at)
		return
	}
	k.put(k.dst, lanes, k.pick(k.src, lanes, entry, 2, k.extent, k.from(at)...), k.sample, k.row, i, at)
}

// from is where an element of the first entry lies.
func (k *elementsKernel) from(at loopir.Index) []loopir.Index {
	return []loopir.Index{k.sampleOf(k.src, k.sample), k.row, loopir.C(0), at}
}

// project turns the place in a tensor of dimensions dims, in row-major order, into that in one that has 1 instead of some.
func project(place loopir.Index, dims, to []int) loopir.Index {
	out, step, toStep := loopir.C(0), 1, 1
	whole := true
	for d := len(dims) - 1; d >= 0; d-- {
		if to[d] > 1 {
			out = out.Add(place.Div(step).Mod(dims[d]).Mul(toStep))
		}
		whole = whole && to[d] == dims[d]
		step, toStep = step*dims[d], toStep*to[d]
	}
	if whole {
		return place
	}
	return out
}
