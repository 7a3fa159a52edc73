package lower

import (
	"nncc/codegen/loopir"
	"nncc/codegen/sched"
	"nncc/ir"
)

// lowerSoftmax sees its input as [outer, axis, inner]: for each outer and inner place three passes along the axis,
// for the maximum, the sum of exponentials and the quotient. Vectors run along the axis, or along what is inside it.
func lowerSoftmax(l *lowerer, n *ir.Node) error {
	axis := n.Int("axis")
	shape := n.Out().Type.Shape
	extent, inner := shape[axis], ir.Type{Shape: shape[axis+1:]}.Elems()
	k := newKernel("softmax", l.target)
	from, to, err := l.inOut(n, sched.Planar)
	if err != nil {
		return err
	}
	if wide(loopir.Scalar(from.Elem)).Elem != loopir.F32 {
		return errKind(from.Elem)
	}
	outer := ir.Type{Shape: shape[:axis]}.Elems()
	src, dst := k.as(k.in, from, from.samplesOr(1), outer, extent, inner), k.as(k.out, to, to.samplesOr(1), outer, extent, inner)
	sample := k.samples(&Storage{Dims: dst.Dims})
	o := k.grid("o", outer)
	at := func(x, i loopir.Index) []loopir.Index { return []loopir.Index{sample, o, x, i} }
	if inner > 1 {
		k.vectors(inner, func(i, count loopir.Index) {
			k.softmaxColumns(extent, count, func(x loopir.Index) []loopir.Index { return at(x, i) }, src, dst)
		})
	} else {
		k.softmaxRow(extent, func(x loopir.Index) []loopir.Index { return at(x, loopir.C(0)) }, src, dst)
	}
	return l.emit(k, n, "softmax", sched.Tile{})
}

// softmaxColumns normalises extent numbers in each of count lanes; place gives the index of vector x.
func (k *kernel) softmaxColumns(extent int, count loopir.Index, place func(x loopir.Index) []loopir.Index, src, dst *loopir.Buffer) {
	t := k.vec(loopir.F32)
	largest, sum := k.Reg("largest", t), k.Reg("sum", t)
	load := func(x loopir.Index) loopir.Expr { return widen(k.get(src, count, place(x)...)) }
	largest.Set(lowest(t))
	k.each("x", extent, func(x loopir.Index) { largest.Set(loopir.Max.Of(load(x), largest.At())) })
	exponential := func(x loopir.Index) loopir.Expr { return boundedExp(k, loopir.Sub.Of(load(x), largest.At())) }
	sum.Set(loopir.Num(t, 0))
	k.each("x", extent, func(x loopir.Index) {
		e := k.Let("e", exponential(x))
		k.put(dst, count, narrow(e, dst.Elem), place(x)...)
		sum.Set(loopir.Add.Of(sum.At(), e))
	})
	scale := k.Let("scale", loopir.Div.Of(loopir.Num(t, 1), sum.At()))
	k.each("x", extent, func(x loopir.Index) {
		e := k.get(dst, count, place(x)...)
		if dst.Elem != loopir.F32 { // rounded once only
			e = exponential(x)
		}
		k.put(dst, count, narrow(loopir.Mul.Of(e, scale), dst.Elem), place(x)...)
	})
}

// softmaxRow normalises extent contiguous numbers; place gives the index of number x.
func (k *kernel) softmaxRow(extent int, place func(x loopir.Index) []loopir.Index, src, dst *loopir.Buffer) {
	lanes := k.target.Lanes
	load := func(x, count loopir.Index) loopir.Expr { return widen(k.get(src, count, place(x)...)) }
	largest, sum := k.exponentials(extent, load, func(x, count loopir.Index, e loopir.Expr) {
		k.put(dst, count, narrow(e, dst.Elem), place(x)...)
	})
	scale := k.Let("scale", loopir.SplatOf(lanes, loopir.Div.Of(loopir.Num(loopir.Scalar(loopir.F32), 1), sum)))
	k.vectors(extent, func(x, count loopir.Index) {
		e := k.get(dst, count, place(x)...)
		if dst.Elem != loopir.F32 { // rounded once only
			e = boundedExp(k, loopir.Sub.Of(load(x, count), loopir.SplatOf(lanes, largest)))
		}
		k.put(dst, count, narrow(loopir.Mul.Of(e, scale), dst.Elem), place(x)...)
	})
}

// exponentials gives each the exponentials of how far extent numbers are below the largest of them, a vector at a time; it
// returns the largest number and the sum of the exponentials.
func (k *kernel) exponentials(extent int, load func(x, count loopir.Index) loopir.Expr, each func(x, count loopir.Index, e loopir.Expr)) (largest, sum loopir.Expr) {
	t := k.vec(loopir.F32)
	most, total := k.Reg("most", t), k.Reg("total", t)
	most.Set(lowest(t))
	k.vectors(extent, func(x, count loopir.Index) {
		most.Set(loopir.Max.Of(k.firstLanes(count, k.Let("v", load(x, count)), lowest(t)), most.At()))
	})
	largest = k.Let("largest", k.reduce(loopir.Max, most.At()))
	top := k.Let("top", loopir.SplatOf(k.target.Lanes, largest))
	total.Set(loopir.Num(t, 0))
	k.vectors(extent, func(x, count loopir.Index) {
		e := k.Let("e", boundedExp(k, loopir.Sub.Of(load(x, count), top)))
		each(x, count, e)
		total.Set(loopir.Add.Of(total.At(), k.firstLanes(count, e, loopir.Num(t, 0))))
	})
	return largest, k.Let("sum", k.reduce(loopir.Add, total.At()))
}

// firstLanes is x in the first count lanes, and other in the rest.
func (k *kernel) firstLanes(count loopir.Index, x, other loopir.Expr) loopir.Expr {
	lanes := k.target.Lanes
	used, _ := count.IsConst()
	if used == lanes {
		return x
	}
	mask := make([]int, lanes)
	for i := range mask {
		mask[i] = i
		if i >= used {
			mask[i] = lanes + i
		}
	}
	return loopir.ShuffleOf(x, other, mask...)
}

// reduce folds the lanes of x, if there are several.
func (k *kernel) reduce(op loopir.BinaryOp, x loopir.Expr) loopir.Expr {
	if k.target.Lanes == 1 {
		return x
	}
	return op.Reduce(x)
}
