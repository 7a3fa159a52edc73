package lower

import (
	"fmt"

	"nncc/codegen/loopir"
	"nncc/codegen/sched"
)

// inside is the range of kernel places that meet an image of the given extent, for output place x.
func inside(x loopir.Index, kernel, stride, dilation, before, extent int) (lo, hi loopir.Index) {
	out := loopir.C(before).Sub(x.Mul(stride)) // how far the first place lies before the image
	lo = loopir.C(0)
	if before > 0 {
		lo = lo.Max(out.AddC(dilation - 1).Div(dilation))
	}
	return lo, loopir.C(kernel).Min(out.AddC(extent + dilation - 1).Div(dilation))
}

// eachOutput makes all dimensions of the result but the last a grid, and the last a loop.
func (k *kernel) eachOutput(w sched.Window, body func(at []loopir.Index)) (row []loopir.Index) {
	last := len(w.Out) - 1
	for d := range last {
		row = append(row, k.grid(fmt.Sprint("y", d), w.Out[d]))
	}
	k.each("x", w.Out[last], func(x loopir.Index) { body(append(row[:last:last], x)) })
	return row
}

// eachTap runs body for each place of the window at output place out that lies inside the image, with its place in the
// kernel and in the image.
func (k *kernel) eachTap(w sched.Window, out []loopir.Index, body func(tap, in []loopir.Index)) {
	k.tapsFrom(w, out, nil, nil, body)
}

func (k *kernel) tapsFrom(w sched.Window, out, tap, in []loopir.Index, body func(tap, in []loopir.Index)) {
	d := len(tap)
	if d == len(out) {
		body(tap, in)
		return
	}
	lo, hi := inside(out[d], w.Kernel[d], w.Stride[d], w.Dilation[d], w.Before[d], w.In[d])
	k.For(fmt.Sprint("k", d), lo, hi, 1, func(kd loopir.Index) {
		at := out[d].Mul(w.Stride[d]).Add(kd.Mul(w.Dilation[d])).AddC(-w.Before[d])
		k.tapsFrom(w, out, append(tap[:d:d], kd), append(in[:d:d], at), body)
	})
}

// behindHalo moves a place in an image, the column last, to where the layout has it.
func behindHalo(at []loopir.Index, l sched.Layout) []loopir.Index {
	last := len(at) - 1
	return append(at[:last:last], at[last].AddC(l.Left))
}
