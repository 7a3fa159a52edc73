package lower

import (
	"nncc/codegen/loopir"
	"nncc/codegen/sched"
	"nncc/ir"
)

// lowerConvPlain computes any convolution one output at a time, from plain memory: for weights that are not known at
// build time, groups that do not fill channel blocks, other element kinds than f32, and images of other than one or two
// dimensions.
func lowerConvPlain(l *lowerer, n *ir.Node) error {
	anchor := sched.Anchor(n)
	scalar := l.target
	scalar.Lanes = 1
	weights := sched.Outer(n, anchor.Inputs[1])
	shape := weights.Type.Shape
	groups, in := anchor.Int("groups"), shape[1]
	outs := shape[0] / groups
	k := &plainConv{kernel: newKernel(string(sched.ConvPlain), scalar), Window: sched.WindowOf(anchor, shape[2:]), inputs: in}
	x, err := l.readPlain(n.Inputs[0])
	if err != nil {
		return err
	}
	w, err := l.readPlain(weights)
	if err != nil {
		return err
	}
	k.in, k.weights = k.kernel.in(x), k.as(k.kernel.in, w, append([]int{shape[0], in}, k.Kernel...)...)
	if b := sched.Outer(n, anchor.Input(2)); b != nil {
		s, err := l.readPlain(b)
		if err != nil {
			return err
		}
		k.bias = k.kernel.in(s)
	}
	epilogue, err := l.newEpilogue(k.kernel, n, sched.Planar)
	if err != nil {
		return err
	}
	to, err := l.define(n.Out(), l.plan.Layout[n.Out()])
	if err != nil {
		return err
	}
	out := k.out(to)
	k.n = k.samples(to)
	q, o := k.grid("q", groups), k.grid("o", outs)
	channel := q.Mul(outs).Add(o)
	k.first = q.Mul(in)
	row := k.eachOutput(k.Window, func(at []loopir.Index) {
		place := place{Idx: append([]loopir.Index{k.n, channel}, at...), Count: loopir.C(1)}
		v := epilogue.apply(k.sum(channel, at), place)
		k.Store(out, v, behindHalo(place.Idx, to.Layout)...)
	})
	k.clearHalo(out, to.Layout, k.Out[len(k.Out)-1], k.n, channel, row[0])
	return l.emit(k.kernel, n, string(sched.ConvPlain), sched.Tile{})
}

type plainConv struct {
	*kernel
	sched.Window
	inputs            int // channels that one output sums over
	in, weights, bias *loopir.Buffer
	n, first          loopir.Index // sample, and first input channel of the group
}

// sum is one output: bias plus all products inside the image.
func (k *plainConv) sum(channel loopir.Index, at []loopir.Index) loopir.Expr {
	elem := loopir.Scalar(k.in.Elem)
	acc := k.Reg("acc", wide(elem))
	acc.Set(loopir.Num(wide(elem), 0))
	if k.bias != nil {
		acc.Set(widen(loopir.LoadV(elem, k.bias, channel)))
	}
	k.each("i", k.inputs, func(i loopir.Index) {
		k.eachTap(k.Window, at, func(tap, from []loopir.Index) {
			x := loopir.LoadV(elem, k.in, append([]loopir.Index{k.n, k.first.Add(i)}, from...)...)
			w := loopir.LoadV(elem, k.weights, append([]loopir.Index{channel, i}, tap...)...)
			acc.Set(loopir.FMAOf(widen(x), widen(w), acc.At()))
		})
	})
	return narrow(acc.At(), elem.Elem)
}
