package lower

import (
	"fmt"

	"nncc/codegen/loopir"
	"nncc/codegen/sched"
	"nncc/ir"
)

// lowerConvPlain computes any convolution from plain memory: for weights that are not known at build time, other element
// kinds than f32, and images of other than one or two dimensions. Vectors run along the row where neighbours in it read
// neighbours, or each second number, and no padding.
func lowerConvPlain(l *lowerer, n *ir.Node) error {
	anchor := sched.Anchor(n)
	weights := sched.Outer(n, anchor.Inputs[1])
	shape := weights.Type.Shape
	groups, in := anchor.Int("groups"), shape[1]
	outs := shape[0] / groups
	window := sched.WindowOf(anchor, shape[2:])
	target := l.target
	if !vectorsAlong(window) {
		target.Lanes = 1
	}
	k := &plainConv{kernel: newKernel(string(sched.ConvPlain), target), Window: window, inputs: in, channels: plainChannels(outs)}
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
	if k.epilogue, err = l.newEpilogue(k.kernel, n, sched.Planar); err != nil {
		return err
	}
	to, err := l.define(n.Out(), l.plan.Layout[n.Out()])
	if err != nil {
		return err
	}
	k.out, k.outLay = k.kernel.out(to), to.Layout
	k.n = k.samples(to)
	q, o := k.grid("q", groups), k.grid("o", outs/k.channels)
	k.channel = q.Mul(outs).Add(o.Mul(k.channels))
	k.first = q.Mul(in)
	k.body()
	return l.emit(k.kernel, n, string(sched.ConvPlain), sched.Tile{})
}

// plainChannels is how many output channels are summed at once: their sums hide one another's latency.
func plainChannels(outs int) int {
	for _, channels := range []int{4, 2} {
		if outs%channels == 0 {
			return channels
		}
	}
	return 1
}

type plainConv struct {
	*kernel
	sched.Window
	inputs, channels       int // channels that one output sums over, and outputs that are summed at once
	in, weights, bias, out *loopir.Buffer
	outLay                 sched.Layout
	epilogue               *epilogue
	n, channel, first      loopir.Index // sample, first output channel, first input channel of the group
}

// body makes all dimensions of the result but the last the grid.
func (k *plainConv) body() {
	last := len(k.Out) - 1
	at := make([]loopir.Index, last+1)
	for d := range last {
		at[d] = k.grid(fmt.Sprint("y", d), k.Out[d])
	}
	k.columns(k.Window, func(x, count loopir.Index) {
		at[last] = x
		k.compute(at, count)
	})
	k.Unroll("c", 0, k.channels, func(c loopir.Index) {
		k.clearHalo(k.out, k.outLay, k.Out[last], k.n, k.channel.Add(c), at[0])
	})
}

// compute is count columns from at on, for each of the channels.
func (k *plainConv) compute(at []loopir.Index, count loopir.Index) {
	elem := k.vec(k.in.Elem)
	acc := k.Reg("acc", wide(elem), k.channels)
	number := func(buf *loopir.Buffer, idx ...loopir.Index) loopir.Expr {
		x := widen(loopir.LoadV(loopir.Scalar(buf.Elem), buf, idx...))
		if k.target.Lanes == 1 {
			return x
		}
		return loopir.SplatOf(k.target.Lanes, x)
	}
	k.Unroll("c", 0, k.channels, func(c loopir.Index) {
		acc.Set(loopir.Num(wide(elem), 0), c)
		if k.bias != nil {
			acc.Set(number(k.bias, k.channel.Add(c)), c)
		}
	})
	k.each("i", k.inputs, func(i loopir.Index) {
		k.taps(k.Window, at, count, nil, nil, func(tap, from []loopir.Index) {
			x := k.Let("x", widen(k.rowPart(k.Window, k.in, count, append([]loopir.Index{k.n, k.first.Add(i)}, from...))))
			k.Unroll("c", 0, k.channels, func(c loopir.Index) {
				w := number(k.weights, append([]loopir.Index{k.channel.Add(c), i}, tap...)...)
				acc.Set(loopir.FMAOf(x, w, acc.At(c)), c)
			})
		})
	})
	k.Unroll("c", 0, k.channels, func(c loopir.Index) {
		place := place{Idx: append([]loopir.Index{k.n, k.channel.Add(c)}, at...), Count: count}
		v := k.epilogue.apply(narrow(acc.At(c), elem.Elem), place)
		k.put(k.out, count, v, behindHalo(place.Idx, k.outLay)...)
	})
}
