package lower

import (
	"fmt"
	"slices"

	"nncc/codegen/loopir"
	"nncc/codegen/sched"
	"nncc/ir"
)

// addParts adds up the sums over parts of the samples, which are in the order of p, and writes the gradient in plain order.
func (l *lowerer) addParts(n *ir.Node, sums *Storage, parts int, p packing) error {
	out, err := l.define(n.Out(), sched.Layout{})
	if err != nil {
		return err
	}
	last := len(p.axes) - 1
	k := &partsKernel{kernel: newKernel("weight-grad-sum", l.target), packing: p, parts: parts, at: make([]loopir.Index, len(p.shape))}
	k.sums = k.as(k.in, sums, parts, p.sizeBelow(-1))
	k.dst = k.as(k.out, out, p.shape...)
	k.vector = k.Temp("vector", loopir.F32, p.axes[last].size)
	chunk, second := k.grid("a0", p.axes[0].size), k.grid("a1", p.axes[1].size)
	k.at[p.axes[0].dim] = chunk.Mul(p.axes[0].step)
	before := k.at[p.axes[1].dim]
	k.at[p.axes[1].dim] = before.Add(second.Mul(p.axes[1].step))
	from := chunk.Mul(p.sizeBelow(0)).Add(second.Mul(p.sizeBelow(1)))
	k.axis(2, from)
	return l.emit(k.kernel, nil, "weight-grad-sum", sched.Tile{})
}

type partsKernel struct {
	*kernel
	packing
	parts             int
	sums, dst, vector *loopir.Buffer
	at                []loopir.Index // place in the gradient
}

// axis goes through all places of an axis and of those below that are inside the gradient; from is where their sums lie.
func (k *partsKernel) axis(axis int, from loopir.Index) {
	a := k.axes[axis]
	before := k.at[a.dim]
	inside := k.inside(axis, before)
	if axis == len(k.axes)-1 {
		k.add(from, a.size)
		k.For(fmt.Sprint("a", axis), loopir.C(0), inside, 1, func(i loopir.Index) {
			k.at[a.dim] = before.Add(i.Mul(a.step))
			k.Store(k.dst, loopir.LoadV(loopir.Scalar(loopir.F32), k.vector, i), slices.Clone(k.at)...)
		})
	} else {
		k.For(fmt.Sprint("a", axis), loopir.C(0), inside, 1, func(i loopir.Index) {
			k.at[a.dim] = before.Add(i.Mul(a.step))
			k.axis(axis+1, from.Add(i.Mul(k.sizeBelow(axis))))
		})
	}
	k.at[a.dim] = before
}

// add sums a vector over all parts.
func (k *partsKernel) add(from loopir.Index, size int) {
	k.vectors(size, func(x, count loopir.Index) {
		total := k.Reg("total", k.vec(loopir.F32))
		total.Set(k.get(k.sums, count, loopir.C(0), from.Add(x)))
		k.For("part", loopir.C(1), loopir.C(k.parts), 1, func(p loopir.Index) {
			total.Set(loopir.Add.Of(total.At(), k.get(k.sums, count, p, from.Add(x))))
		})
		k.put(k.vector, count, total.At(), x)
	})
}

// addLanes is addParts for sums in plain order, with a vector of them for each weight.
func (l *lowerer) addLanes(n *ir.Node, sums *Storage, parts int) error {
	out, err := l.define(n.Out(), sched.Layout{})
	if err != nil {
		return err
	}
	weights, lanes := n.Out().Type.Elems(), l.target.Lanes
	k := newKernel("weight-grad-sum", l.target)
	src, dst := k.as(k.in, sums, parts, weights, lanes), k.as(k.out, out, weights)
	k.each("w", weights, func(w loopir.Index) {
		total := k.Reg("total", k.vec(loopir.F32))
		total.Set(loopir.Num(k.vec(loopir.F32), 0))
		k.each("part", parts, func(p loopir.Index) {
			total.Set(loopir.Add.Of(total.At(), loopir.LoadV(k.vec(loopir.F32), src, p, w, loopir.C(0))))
		})
		k.Store(dst, k.reduce(loopir.Add, total.At()), w)
	})
	return l.emit(k, nil, "weight-grad-sum", sched.Tile{})
}
