package lower

import (
	"nncc/codegen/loopir"
	"nncc/codegen/sched"
	"nncc/ir"
)

// lowerStandardize sees its input as [outer, inner], what is standardized together being contiguous: a pass for the mean,
// one for the variance, and one that also applies the epilogue. All but the first find a row in the nearest cache.
func lowerStandardize(l *lowerer, n *ir.Node) error {
	anchor := sched.Anchor(n)
	axis, t := anchor.Int("axis"), n.Out().Type
	from, err := l.readPlain(n.Inputs[0])
	if err != nil {
		return err
	}
	if wide(loopir.Scalar(from.Elem)).Elem != loopir.F32 {
		return errKind(from.Elem)
	}
	k := &standardizeKernel{kernel: newKernel("standardize", l.target), dims: logicalDims(t), epsilon: anchor.Float("epsilon")}
	k.outer, k.inner = ir.Type{Shape: t.Shape[:axis]}.Elems(), ir.Type{Shape: t.Shape[axis:]}.Elems()
	k.src = k.as(k.in, from, from.samplesOr(1), k.outer, k.inner)
	if k.epilogue, err = l.newEpilogue(k.kernel, n, sched.Planar); err != nil {
		return err
	}
	to, err := l.define(n.Out(), sched.Layout{BF16: l.plan.Layout[n.Out()].BF16})
	if err != nil {
		return err
	}
	k.last = k.dims[len(k.dims)-1]
	k.dst = k.as(k.out, to, to.samplesOr(1), k.outer*k.inner/k.last, k.last)
	k.body()
	return l.emit(k.kernel, n, "standardize", sched.Tile{})
}

type standardizeKernel struct {
	*kernel
	epilogue           *epilogue
	src, dst           *loopir.Buffer
	outer, inner, last int   // rows, their length, and that of the last dimension, which divides it
	dims               []int // of the result, see logicalDims
	epsilon            float64
}

func (k *standardizeKernel) body() {
	lanes, t := k.target.Lanes, loopir.Scalar(loopir.F32)
	sample := k.samples(&Storage{Dims: k.dst.Dims})
	row := k.grid("o", k.outer)
	load := func(x, count loopir.Index) loopir.Expr { return widen(k.get(k.src, count, sample, row, x)) }
	size := loopir.Num(t, float64(k.inner))
	mean := k.Let("mean", loopir.SplatOf(lanes, loopir.Div.Of(k.sumOf(load), size)))
	variance := loopir.Div.Of(k.sumOf(func(x, count loopir.Index) loopir.Expr {
		d := k.Let("d", loopir.Sub.Of(load(x, count), mean))
		return loopir.Mul.Of(d, d)
	}), size)
	deviation := loopir.Sqrt.Of(loopir.Add.Of(variance, loopir.Num(t, k.epsilon)))
	scale := k.Let("scale", loopir.SplatOf(lanes, loopir.Div.Of(loopir.Num(t, 1), deviation)))
	parts := k.inner / k.last
	k.each("part", parts, func(part loopir.Index) {
		line := row.Mul(parts).Add(part)
		k.vectors(k.last, func(x, count loopir.Index) {
			y := loopir.Mul.Of(loopir.Sub.Of(load(part.Mul(k.last).Add(x), count), mean), scale)
			at := k.rowPlace(k.dims, line, x, sample, k.dst)
			k.put(k.dst, count, k.epilogue.apply(narrow(y, k.elem(k.src)), place{Idx: at, Count: count}), sample, line, x)
		})
	})
}

// sumOf adds up what a row is made into, a vector at a time.
func (k *standardizeKernel) sumOf(each func(x, count loopir.Index) loopir.Expr) loopir.Expr {
	t := k.vec(loopir.F32)
	total := k.Reg("total", t)
	total.Set(loopir.Num(t, 0))
	k.vectors(k.inner, func(x, count loopir.Index) {
		total.Set(loopir.Add.Of(total.At(), k.firstLanes(count, each(x, count), loopir.Num(t, 0))))
	})
	return k.Let("sum", k.reduce(loopir.Add, total.At()))
}
