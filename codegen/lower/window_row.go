package lower

import (
	"fmt"

	"nncc/codegen/loopir"
	"nncc/codegen/sched"
)

// vectorsAlong reports whether vectors can run along the row of what windows are reduced to: see rowPart.
func vectorsAlong(w sched.Window) bool { return w.Stride[len(w.Stride)-1] <= 2 }

// columns runs body for the columns of a row: one by one where the window reaches over an edge, in vectors between.
func (k *kernel) columns(w sched.Window, body func(x, count loopir.Index)) {
	last := len(w.Out) - 1
	width, stride := w.Out[last], w.Stride[last]
	room := w.In[last] - (w.Kernel[last]-1)*w.Dilation[last] + w.Before[last] // places for the window, from the padding on
	lo := min((w.Before[last]+stride-1)/stride, width)
	hi := min((max(room, 0)+stride-1)/stride, width)
	one := func(name string, from, to int) {
		if to > from {
			k.each(name, to-from, func(x loopir.Index) { body(x.AddC(from), loopir.C(1)) })
		}
	}
	if k.target.Lanes == 1 || hi <= lo {
		one("x", 0, width)
		return
	}
	one("left", 0, lo)
	k.vectors(hi-lo, func(x, count loopir.Index) { body(x.AddC(lo), count) })
	one("right", hi, width)
}

// rowPart loads what count neighbours in a row of the result read of the input: numbers from idx on, or each second one.
func (k *kernel) rowPart(w sched.Window, buf *loopir.Buffer, count loopir.Index, idx []loopir.Index) loopir.Expr {
	used, _ := count.IsConst()
	if w.Stride[len(w.Stride)-1] == 1 || used == 1 {
		return k.get(buf, count, idx...)
	}
	lanes, last := k.target.Lanes, len(idx)-1
	span, even := 2*used-1, make([]int, lanes) // no more is sure to be in the row
	for j := range even {
		even[j] = 2 * j
	}
	next := append(idx[:last:last], idx[last].AddC(lanes))
	low, high := k.get(buf, loopir.C(min(span, lanes)), idx...), loopir.Num(k.vec(k.elem(buf)), 0)
	if span > lanes {
		high = k.get(buf, loopir.C(span-lanes), next...)
	}
	return loopir.ShuffleOf(low, high, even...)
}

// taps runs body for each place of the window at output place at that lies inside the image, with its place in the kernel
// and in the image. Several columns, count of them, read no padding.
func (k *kernel) taps(w sched.Window, at []loopir.Index, count loopir.Index, tap, in []loopir.Index, body func(tap, in []loopir.Index)) {
	d := len(tap)
	if d == len(at) {
		body(tap, in)
		return
	}
	lo, hi := loopir.C(0), loopir.C(w.Kernel[d])
	if d < len(at)-1 || count.Equal(loopir.C(1)) {
		lo, hi = inside(at[d], w.Kernel[d], w.Stride[d], w.Dilation[d], w.Before[d], w.In[d])
	}
	k.For(fmt.Sprint("k", d), lo, hi, 1, func(kd loopir.Index) {
		from := at[d].Mul(w.Stride[d]).Add(kd.Mul(w.Dilation[d])).AddC(-w.Before[d])
		k.taps(w, at, count, append(tap[:d:d], kd), append(in[:d:d], from), body)
	})
}
