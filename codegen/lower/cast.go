package lower

import (
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
	in, out, err := l.inOut(n, sched.Planar)
	if err != nil {
		return err
	}
	src, dst := k.flat(k.in, in), k.flat(k.out, out)
	s := k.samples(&Storage{Dims: dst.Dims})
	k.vectors(dst.Dims[1], func(x, count loopir.Index) {
		v := k.Let("v", k.get(src, count, s, x))
		k.put(dst, count, castTo(k, v, from, to, dst.Elem), s, x)
	})
	return l.emit(k, n, "cast", sched.Tile{})
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
	case !from.IsFloat() && !to.IsFloat():
		return wrapTo(elem, v)
	case from.Bytes() == 8 && to.Bytes() == 2:
		v = loopir.ConvertTo(loopir.F64, v)
	}
	return loopir.ConvertTo(elem, v)
}

// wrapTo keeps the low bits of an integer, or extends it, where loop IR's conversion saturates: what lies above the bits
// to keep is shifted out and replaced by copies of the highest of them, so that the conversion is exact.
func wrapTo(to loopir.Kind, v loopir.Expr) loopir.Expr {
	signed := map[int]loopir.Kind{1: loopir.I8, 2: loopir.I16, 4: loopir.I32, 8: loopir.I64}
	from := v.Type()
	if cut := 8 * (from.Elem.Bytes() - to.Bytes()); cut >= 0 {
		from.Elem = signed[from.Elem.Bytes()]
		bits := loopir.Num(from, float64(cut))
		v = loopir.Shr.Of(loopir.Shl.Of(loopir.BitcastTo(from, v), bits), bits)
	}
	v = loopir.ConvertTo(signed[to.Bytes()], v)
	return loopir.BitcastTo(loopir.Vec(to, from.Lanes), v)
}
