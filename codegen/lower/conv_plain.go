package lower

import (
	"nncc/codegen/loopir"
	"nncc/codegen/sched"
	"nncc/ir"
)

// lowerConvPlain computes any convolution one output at a time, from plain memory: for weights that are not known at
// build time, and groups that do not fill channel blocks.
func lowerConvPlain(l *lowerer, n *ir.Node, c sched.Conv) error {
	anchor := sched.Anchor(n)
	scalar := l.target
	scalar.Lanes = 1
	k := &convKernel{kernel: newKernel(string(sched.ConvPlain), scalar), conv: c}
	x, err := l.readPlain(n.Inputs[0])
	if err != nil {
		return err
	}
	w, err := l.readPlain(sched.Outer(n, anchor.Inputs[1]))
	if err != nil {
		return err
	}
	k.in, k.w = k.kernel.in(x), k.as(k.kernel.in, w, c.Out.C, c.GroupInC, c.KH, c.KW)
	if b := sched.Outer(n, anchor.Input(2)); b != nil {
		s, err := l.readPlain(b)
		if err != nil {
			return err
		}
		k.b = k.kernel.in(s)
	}
	if k.epilogue, err = l.newEpilogue(k.kernel, n, sched.Planar); err != nil {
		return err
	}
	out, err := l.define(n.Out(), l.plan.Layout[n.Out()])
	if err != nil {
		return err
	}
	k.out, k.outLay = k.kernel.out(out), out.Layout
	k.n = k.samples(out)
	q, o := k.grid("q", c.Groups), k.grid("o", c.GroupOutC)
	y := k.grid("y", c.Out.H)
	var failed error
	k.each("x", c.Out.W, func(x loopir.Index) {
		channel := q.Mul(c.GroupOutC).Add(o)
		v, err := k.epilogue.apply(k.plainSum(q, channel, y, x), place{Idx: []loopir.Index{k.n, channel, y, x}, Count: loopir.C(1)})
		if err != nil {
			failed = err
			return
		}
		k.Store(k.out, v, k.n, channel, y, x.AddC(k.outLay.Left))
	})
	k.clearHalo(k.out, k.outLay, c.Out.W, k.n, q.Mul(c.GroupOutC).Add(o), y)
	l.emit(k.kernel, n, string(sched.ConvPlain), sched.Tile{})
	return failed
}

// plainSum is one output: bias plus all products inside the image.
func (k *convKernel) plainSum(q, channel, y, x loopir.Index) loopir.Expr {
	c, elem := k.conv, loopir.Scalar(k.out.Elem)
	acc := k.Reg("acc", elem)
	acc.Set(loopir.Num(elem, 0))
	if k.b != nil {
		acc.Set(loopir.LoadV(elem, k.b, channel))
	}
	lo, hi := k.kernelRows(y)
	left := loopir.C(c.Left).Sub(x.Mul(c.SW))
	colLo := loopir.C(0).Max(left.AddC(c.DW - 1).Div(c.DW))
	colHi := loopir.C(c.KW).Min(left.AddC(c.In.W + c.DW - 1).Div(c.DW))
	k.each("i", c.GroupInC, func(i loopir.Index) {
		k.For("kh", lo, hi, 1, func(kh loopir.Index) {
			k.For("kw", colLo, colHi, 1, func(kw loopir.Index) {
				col := x.Mul(c.SW).Add(kw.Mul(c.DW)).AddC(-c.Left)
				in := loopir.LoadV(elem, k.in, k.n, q.Mul(c.GroupInC).Add(i), k.inRow(y, kh), col)
				acc.Set(loopir.FMAOf(in, loopir.LoadV(elem, k.w, channel, i, kh, kw), acc.At()))
			})
		})
	})
	return acc.At()
}
