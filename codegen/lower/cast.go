package lower

import (
	"fmt"

	"nncc/codegen/loopir"
	"nncc/codegen/sched"
	"nncc/ir"
	"nncc/runtime/tensor"
)

// lowerCast converts element kinds. Floats become integers by truncation, as ONNX says, where loop IR's conversion
// rounds to the nearest: so towards zero first.
func lowerCast(l *lowerer, n *ir.Node) error {
	from, to := n.Inputs[0].Type.DType, n.Out().Type.DType
	k := newKernel("cast", l.target)
	in, err := l.readPlain(n.Inputs[0])
	if err != nil {
		return err
	}
	out, err := l.define(n.Out(), sched.Layout{})
	if err != nil {
		return err
	}
	src, dst := k.flat(k.in, in), k.flat(k.out, out)
	s := k.samples(&Storage{Dims: dst.Dims})
	k.vectors(dst.Dims[1], func(x, count loopir.Index) {
		v := k.Let("v", k.get(src, count, s, x))
		k.put(dst, count, castTo(k, v, from, to, dst.Elem), s, x)
	})
	l.emit(k, n, "cast", sched.Tile{})
	return nil
}

func castTo(k *kernel, v loopir.Expr, from, to tensor.DType, elem loopir.Kind) loopir.Expr {
	t := v.Type()
	zero := loopir.Num(t, 0)
	switch {
	case to == tensor.Bool:
		one := loopir.Num(loopir.Vec(elem, t.Lanes), 1)
		return loopir.SelectOf(loopir.Ne.Of(v, zero), one, loopir.Num(one.Type(), 0))
	case from.IsFloat() && !to.IsFloat():
		down := k.Let("down", loopir.Floor.Of(loopir.Abs.Of(v)))
		v = loopir.SelectOf(loopir.Lt.Of(v, zero), loopir.Neg.Of(down), down)
	}
	return loopir.ConvertTo(elem, v)
}

// lowerGather copies the entries at constant indices.
func lowerGather(l *lowerer, n *ir.Node) error {
	index, axis := n.Inputs[1], n.Int("axis")
	if !index.IsConst() {
		return fmt.Errorf("indices must be known at build time")
	}
	if axis < 0 {
		axis += n.Inputs[0].Type.Rank()
	}
	k := newKernel("gather", l.target)
	from, err := l.readPlain(n.Inputs[0])
	if err != nil {
		return err
	}
	to, err := l.define(n.Out(), sched.Layout{})
	if err != nil {
		return err
	}
	shape := n.Inputs[0].Type.Shape
	extent, inner := shape[axis], ir.Type{Shape: shape[axis+1:]}.Elems()
	outer := ir.Type{Shape: shape[:axis]}.Elems()
	count := index.Type.Elems()
	src := k.as(k.in, from, from.samplesOr(1), outer, extent, inner)
	dst := k.as(k.out, to, to.samplesOr(1), outer, count, inner)
	s := k.samples(&Storage{Dims: dst.Dims})
	o := k.grid("o", outer)
	for i, entry := range index.Const.Float64s() {
		at := int(entry)
		if at < 0 {
			at += extent
		}
		k.vectors(inner, func(x, lanes loopir.Index) {
			k.put(dst, lanes, k.get(src, lanes, s, o, loopir.C(at), x), s, o, loopir.C(i), x)
		})
	}
	l.emit(k, n, "gather", sched.Tile{})
	return nil
}
