package lower

import (
	"fmt"
	"math"

	"nncc/codegen/loopir"
	"nncc/codegen/sched"
	"nncc/ir"
)

// lowerPool reduces windows of each channel: over vectors of channels in the blocked layout. In the planar one it does
// so over vectors of the row.
func lowerPool(l *lowerer, n *ir.Node) error {
	lay := l.plan.Layout[n.Out()]
	target := l.target
	anchor := sched.Anchor(n)
	window := sched.WindowOf(anchor, anchor.Ints("kernel"))
	whole := lay.Kind == sched.Planar && window.Whole()
	if lay.Kind == sched.Planar && !whole && !vectorsAlong(window) {
		target.Lanes = 1
	}
	k := &poolKernel{kernel: newKernel("pool", target), Window: window, anchor: anchor, outLay: lay}
	in, err := l.read(n.Inputs[0], sched.Layout{Kind: lay.Kind})
	if err != nil {
		return err
	}
	k.in, k.inLay = k.kernel.in(in), in.Layout
	if k.epilogue, err = l.newEpilogue(k.kernel, n, lay.Kind); err != nil {
		return err
	}
	out, err := l.define(n.Out(), lay)
	if err != nil {
		return err
	}
	k.out = k.kernel.out(out)
	channels := anchor.Inputs[0].Type.Shape[1]
	if lay.Kind == sched.Blocked {
		channels = (channels + sched.BlockChannels - 1) / sched.BlockChannels
	}
	switch {
	case whole:
		k.wholeImage(channels)
	case k.clampsTaps():
		k.maxima(channels)
	default:
		k.body(channels)
	}
	return l.emit(k.kernel, n, "pool", sched.Tile{})
}

type poolKernel struct {
	*kernel
	sched.Window
	anchor        *ir.Node
	in, out       *loopir.Buffer
	inLay, outLay sched.Layout
	epilogue      *epilogue
}

func (k *poolKernel) body(channels int) {
	n := k.samples(&Storage{Dims: k.out.Dims})
	c := k.grid("c", channels)
	last := len(k.Out) - 1
	at := []loopir.Index{n, c}
	for d := range last {
		at = append(at, k.grid(fmt.Sprint("y", d), k.Out[d]))
	}
	if k.outLay.Kind == sched.Blocked {
		k.each("x", k.Out[last], func(x loopir.Index) { k.pixel(append(at[:len(at):len(at)], x)) })
	} else {
		k.columns(k.Window, func(x, count loopir.Index) {
			place := place{Idx: append(at[:len(at):len(at)], x), Count: count}
			value := k.epilogue.apply(k.window(place.Idx, count, loopir.C(0)), place)
			k.put(k.out, count, value, behindHalo(place.Idx, k.outLay)...)
		})
	}
	k.clearHalo(k.out, k.outLay, k.Out[last], n, c, at[2])
}

// pixel computes all channels of a block at one place.
func (k *poolKernel) pixel(at []loopir.Index) {
	k.Unroll("v", 0, sched.BlockChannels/k.target.Lanes, func(v loopir.Index) {
		lane := v.Mul(k.target.Lanes)
		value := k.epilogue.apply(k.window(at, loopir.C(1), lane), place{Idx: at, Lane: lane})
		k.Store(k.out, value, append(behindHalo(at, k.outLay), lane)...)
	})
}

// wholeImage reduces each channel of a planar image to one number.
func (k *poolKernel) wholeImage(channels int) {
	to := map[string]string{"avgpool": "mean", "maxpool": "max"}[k.anchor.Op.Name]
	t := sumType(k.vec(k.elem(k.in)), to)
	at := []loopir.Index{k.samples(&Storage{Dims: k.out.Dims}), k.grid("c", channels)}
	partial := k.Reg("partial", t)
	partial.Set(neutral(t, to))
	k.rows(at, func(row []loopir.Index, width int) {
		k.vectors(width, func(x, count loopir.Index) {
			v := widen(k.get(k.in, count, append(row[:len(row):len(row)], x.AddC(k.inLay.Left))...))
			partial.Set(combineTwo(k.kernel, to, partial.At(), k.firstLanes(count, v, neutral(t, to))))
		})
	})
	total := k.Let("total", loopir.SplatOf(k.target.Lanes, k.combineLanes(to, partial.At())))
	if to == "mean" {
		total = loopir.Div.Of(total, loopir.Num(t, float64(ir.Type{Shape: k.In}.Elems())))
	}
	for range k.Out {
		at = append(at, loopir.C(0))
	}
	place := place{Idx: at, Count: loopir.C(1)}
	k.put(k.out, place.Count, k.epilogue.apply(narrow(total, k.elem(k.in)), place), behindHalo(at, k.outLay)...)
	k.clearHalo(k.out, k.outLay, 1, at[0], at[1], at[2])
}

// rows runs body for each row of the image of which at has sample and channel.
func (k *poolKernel) rows(at []loopir.Index, body func(row []loopir.Index, width int)) {
	d := len(at) - 2
	if d == len(k.In)-1 {
		body(at, k.In[d])
		return
	}
	k.each(fmt.Sprint("y", d), k.In[d], func(y loopir.Index) { k.rows(append(at[:len(at):len(at)], y), body) })
}

// window reduces the part of a window that lies inside the image, for the output at place [n, c, spatial...]: that of
// the block's channels from lane on, or of count columns of a planar image, which read no padding if they are several.
func (k *poolKernel) window(at []loopir.Index, count, lane loopir.Index) loopir.Expr {
	t := k.vec(k.elem(k.in))
	average := k.anchor.Op.Name == "avgpool"
	acc, start := k.Reg("acc", t), lowest(t)
	if average {
		acc, start = k.Reg("acc", wide(t)), loopir.Num(wide(t), 0)
	}
	acc.Set(start)
	k.taps(k.Window, at[2:], count, nil, nil, func(_, in []loopir.Index) {
		from := behindHalo(append(at[:2:2], in...), k.inLay)
		var x loopir.Expr
		if k.inLay.Kind == sched.Blocked {
			x = k.load(k.in, append(from, lane)...)
		} else {
			x = k.rowPart(k.Window, k.in, count, from)
		}
		if average {
			acc.Set(loopir.Add.Of(acc.At(), widen(x)))
		} else {
			acc.Set(extremum(k.kernel, loopir.Max, acc.At(), x))
		}
	})
	if !average {
		return acc.At()
	}
	return narrow(loopir.Div.Of(acc.At(), meanOver(k.Window, k.anchor.Bool("count_include_pad"), at[2:], wide(t))), t.Elem)
}

// meanOver is how many places the mean of the window at place at is over.
func meanOver(w sched.Window, includePad bool, at []loopir.Index, t loopir.Type) loopir.Expr {
	var total loopir.Expr
	for d, out := range at {
		before, extent := w.Before[d], w.In[d]
		if includePad { // all of the padded image counts, what a ceil adds beyond does not
			before, extent = 0, extent+before+w.After[d]
		}
		lo, hi := inside(out, w.Kernel[d], w.Stride[d], w.Dilation[d], before, extent)
		places := loopir.IndexTo(t, hi.Sub(lo).Max(loopir.C(0)))
		if total == nil {
			total = places
		} else {
			total = loopir.Mul.Of(total, places)
		}
	}
	return total
}

// lowest is the number that loses against all others.
func lowest(t loopir.Type) loopir.Expr {
	switch {
	case t.Elem.IsFloat():
		return loopir.Num(t, math.Inf(-1))
	case t.Elem.IsSigned():
		return &loopir.Const{T: t, Int: -1 << (8*t.Elem.Bytes() - 1)}
	}
	return &loopir.Const{T: t}
}
