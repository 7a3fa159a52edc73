package lower

import (
	"slices"

	"nncc/codegen/loopir"
	"nncc/codegen/sched"
	"nncc/ir"
)

// lowerGather sees its input as [outer, axis, inner] and copies runs of inner elements.
func lowerGather(l *lowerer, n *ir.Node) error {
	if l.plan.Layout[n.Out()].Kind == sched.Blocked {
		return l.resizeBlocked(n)
	}
	index, axis := n.Inputs[1], n.Int("axis")
	k := &gatherKernel{kernel: newKernel("gather", l.target)}
	from, err := l.readPlain(n.Inputs[0])
	if err != nil {
		return err
	}
	shape, count := n.Inputs[0].Type.Shape, index.Type.Elems()
	k.extent, k.inner = shape[axis], ir.Type{Shape: shape[axis+1:]}.Elems()
	outer := ir.Type{Shape: shape[:axis]}.Elems()
	k.src = k.as(k.in, from, from.samplesOr(1), outer, k.extent, k.inner)
	if !index.IsConst() {
		entries, err := l.readPlain(index)
		if err != nil {
			return err
		}
		k.index = k.as(k.in, entries, entries.samplesOr(1), count)
	}
	to, err := l.define(n.Out(), sched.Layout{})
	if err != nil {
		return err
	}
	k.dst = k.as(k.out, to, to.samplesOr(1), outer, count, k.inner)
	k.sample, k.row = k.samples(&Storage{Dims: k.dst.Dims}), k.grid("o", outer)
	if index.IsConst() {
		indices, err := sched.GatherIndices(n)
		if err != nil {
			return err
		}
		k.copyKnown(indices)
	} else {
		k.copyPicked(k.grid("i", count))
	}
	return l.emit(k.kernel, n, "gather", sched.Tile{})
}

// resizeBlocked takes rows or columns of blocked images.
func (l *lowerer) resizeBlocked(n *ir.Node) error {
	indices, err := sched.GatherIndices(n)
	if err != nil {
		return err
	}
	rule, _ := sched.RuleOf(indices)
	return l.moveBlocked(n, func(d int, i loopir.Index) loopir.Index {
		if d == n.Int("axis") {
			return rule.At(i)
		}
		return i
	})
}

type gatherKernel struct {
	*kernel
	extent, inner   int
	src, dst, index *loopir.Buffer
	sample, row     loopir.Index
}

// copyKnown copies the entries at indices that are known: single elements out of few vectors, larger entries in a loop
// where they follow a rule, as those of an image that changes its size do.
func (k *gatherKernel) copyKnown(indices []int) {
	if times, ok := repeats(indices, k.extent); ok && k.inner == 1 && k.target.Lanes%times == 0 && k.extent >= k.target.Lanes {
		k.repeatEach(times)
		return
	}
	if row, ok := selections(indices, k.extent, k.target.Lanes); ok && k.inner == 1 {
		k.shuffle(row, len(indices))
		return
	}
	copyTo := func(i, at loopir.Index) {
		k.vectors(k.inner, func(x, lanes loopir.Index) {
			v := k.get(k.src, lanes, k.sampleOf(k.src, k.sample), k.row, at, x)
			k.put(k.dst, lanes, v, k.sample, k.row, i, x)
		})
	}
	const few = 4
	if r, ok := sched.RuleOf(indices); ok && len(indices) > few {
		k.each("i", len(indices), func(i loopir.Index) { copyTo(i, r.At(i)) })
		return
	}
	for i, at := range indices {
		copyTo(loopir.C(i), loopir.C(at))
	}
}

// repeats reports whether the indices are those of all entries in order, each as many times.
func repeats(indices []int, extent int) (times int, ok bool) {
	times = len(indices) / max(extent, 1)
	if times*extent != len(indices) || times < 2 {
		return 0, false
	}
	for i, at := range indices {
		if at != i/times {
			return 0, false
		}
	}
	return times, true
}

// repeatEach copies each element several times, a vector of them at a time; the last one overlaps the one before.
func (k *gatherKernel) repeatEach(times int) {
	lanes := k.target.Lanes
	k.tiles("x", k.extent, lanes, func(x loopir.Index) {
		v := k.Let("v", loopir.LoadV(k.vec(k.src.Elem), k.src, k.sampleOf(k.src, k.sample), k.row, x, loopir.C(0)))
		for i, part := range k.between(slices.Repeat([]loopir.Expr{v}, times)) {
			k.Store(k.dst, part, k.sample, k.row, x.Mul(times).AddC(i*lanes), loopir.C(0))
		}
	})
}

// copyPicked copies the entry that index i says. One out of range gives zeros.
func (k *gatherKernel) copyPicked(i loopir.Index) {
	entry := k.entry(k.index, k.extent, k.sampleOf(k.index, k.sample), i)
	wide := k.Let("wide", loopir.SplatOf(k.target.Lanes, entry))
	above, below := loopir.Ge.Of(wide, loopir.Num(wide.Type(), 0)), loopir.Lt.Of(wide, loopir.Num(wide.Type(), float64(k.extent)))
	k.vectors(k.inner, func(x, lanes loopir.Index) {
		v := k.pick(k.src, lanes, entry, 2, k.extent, k.sampleOf(k.src, k.sample), k.row, loopir.C(0), x)
		zero := loopir.Num(v.Type(), 0)
		k.put(k.dst, lanes, loopir.SelectOf(above, loopir.SelectOf(below, v, zero), zero), k.sample, k.row, i, x)
	})
}

// entry reads an index of so many entries, of which negative ones count from the end.
func (k *kernel) entry(index *loopir.Buffer, extent int, idx ...loopir.Index) loopir.Expr {
	t := loopir.Scalar(index.Elem)
	entry := k.Let("entry", loopir.LoadV(t, index, idx...))
	fromEnd := loopir.Add.Of(entry, loopir.Num(t, float64(extent)))
	return k.Let("entry", loopir.SelectOf(loopir.Lt.Of(entry, loopir.Num(t, 0)), fromEnd, entry))
}
