package lower

import (
	"nncc/codegen/loopir"
	"nncc/codegen/sched"
	"nncc/ir"
)

// lowerSoftmax sees its input as [outer, axis, inner]: for each outer and inner place three passes along the axis,
// for the maximum, the sum of exponentials and the quotient.
func lowerSoftmax(l *lowerer, n *ir.Node) error {
	axis := n.Int("axis")
	shape := n.Out().Type.Shape
	extent, inner := shape[axis], ir.Type{Shape: shape[axis+1:]}.Elems()
	target := l.target
	if inner > 1 {
		target.Lanes = 1
	}
	k := newKernel("softmax", target)
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
	o, i := k.grid("o", outer), k.grid("i", inner)
	k.softmaxRow(extent, func(x loopir.Index) []loopir.Index { return []loopir.Index{sample, o, x, i} }, src, dst)
	return l.emit(k, n, "softmax", sched.Tile{})
}

// softmaxRow normalises extent numbers; place gives the index of number x, contiguous ones if the kernel has vectors.
func (k *kernel) softmaxRow(extent int, place func(x loopir.Index) []loopir.Index, src, dst *loopir.Buffer) {
	t, scalar := k.vec(loopir.F32), loopir.Scalar(loopir.F32)
	largest, sum := k.Reg("largest", t), k.Reg("sum", t)
	largest.Set(lowest(t))
	k.vectors(extent, func(x, count loopir.Index) {
		v := k.Let("v", widen(k.get(src, count, place(x)...)))
		largest.Set(loopir.Max.Of(k.firstLanes(count, v, lowest(t)), largest.At()))
	})
	top := k.Let("top", loopir.SplatOf(k.target.Lanes, k.reduce(loopir.Max, largest.At())))
	sum.Set(loopir.Num(t, 0))
	k.vectors(extent, func(x, count loopir.Index) {
		e := k.Let("e", exp(k, loopir.Sub.Of(widen(k.get(src, count, place(x)...)), top)))
		k.put(dst, count, narrow(e, dst.Elem), place(x)...)
		sum.Set(loopir.Add.Of(sum.At(), k.firstLanes(count, e, loopir.Num(t, 0))))
	})
	total := k.Let("total", k.reduce(loopir.Add, sum.At()))
	scale := k.Let("scale", loopir.SplatOf(k.target.Lanes, loopir.Div.Of(loopir.Num(scalar, 1), total)))
	k.vectors(extent, func(x, count loopir.Index) {
		e := k.get(dst, count, place(x)...)
		if dst.Elem != loopir.F32 { // rounded once only
			e = exp(k, loopir.Sub.Of(widen(k.get(src, count, place(x)...)), top))
		}
		k.put(dst, count, narrow(loopir.Mul.Of(e, scale), dst.Elem), place(x)...)
	})
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
