package lower

import (
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

// behindHalo moves a place in an image, the column last, to where the layout has it.
func behindHalo(at []loopir.Index, l sched.Layout) []loopir.Index {
	last := len(at) - 1
	return append(at[:last:last], at[last].AddC(l.Left))
}
