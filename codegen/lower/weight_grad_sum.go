package lower

import (
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
	k := newPackedPlaces("weight-grad-sum", l.target, p)
	src, dst := k.as(k.in, sums, parts, p.sizeBelow(-1)), k.as(k.out, out, p.shape...)
	vector := k.Temp("vector", loopir.F32, p.axes[last].size)
	chunk, second := k.gridAxis(0), k.gridAxis(1)
	k.axesFrom(2, last, chunk.Mul(p.sizeBelow(0)).Add(second.Mul(p.sizeBelow(1))), func(from loopir.Index) {
		k.addVector(vector, src, from)
		k.axesFrom(last, last+1, loopir.C(0), func(i loopir.Index) {
			k.Store(dst, loopir.LoadV(loopir.Scalar(loopir.F32), vector, i), slices.Clone(k.at)...)
		})
	})
	return l.emit(k.kernel, nil, "weight-grad-sum", sched.Tile{})
}

// addVector sums the numbers of all parts that begin at from.
func (k *kernel) addVector(dst, parts *loopir.Buffer, from loopir.Index) {
	k.vectors(dst.Dims[0], func(x, count loopir.Index) {
		total := k.Reg("total", k.vec(loopir.F32))
		total.Set(k.get(parts, count, loopir.C(0), from.Add(x)))
		k.For("part", loopir.C(1), loopir.C(parts.Dims[0]), 1, func(p loopir.Index) {
			total.Set(loopir.Add.Of(total.At(), k.get(parts, count, p, from.Add(x))))
		})
		k.put(dst, count, total.At(), x)
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
