package lower

import (
	"nncc/codegen/loopir"
	"nncc/codegen/sched"
)

// clampsTaps reports whether a max pool of blocked images may read the nearest pixel of the image for each that is outside:
// that one is in the window too, and counts no more for being read twice.
func (k *poolKernel) clampsTaps() bool {
	if k.anchor.Op.Name != "maxpool" || k.outLay.Kind != sched.Blocked || len(k.Out) != 2 {
		return false
	}
	for d := range k.Out {
		last := (k.Out[d]-1)*k.Stride[d] - k.Before[d] // where the last window begins
		if k.Dilation[d] > 1 || k.Before[d] >= k.Kernel[d] || last >= k.In[d] {
			return false
		}
	}
	return true
}

// maxima computes a max pool row by row. Where windows overlap along the row, the largest of each column is found first,
// for all of them.
func (k *poolKernel) maxima(channels int) {
	n := k.samples(&Storage{Dims: k.out.Dims})
	c, y := k.grid("c", channels), k.grid("y0", k.Out[0])
	rows := k.clamped(0, y)
	source := func(x, lane loopir.Index) loopir.Expr {
		return k.largest(len(rows), func(i int) loopir.Expr {
			return k.load(k.in, n, c, rows[i], x.AddC(k.inLay.Left), lane)
		})
	}
	if k.Kernel[1] > k.Stride[1] {
		columns := k.Temp("columns", k.elem(k.in), k.In[1], sched.BlockChannels)
		k.each("x", k.In[1], func(x loopir.Index) {
			k.eachLane(func(lane loopir.Index) { k.Store(columns, source(x, lane), x, lane) })
		})
		source = func(x, lane loopir.Index) loopir.Expr { return k.load(columns, x, lane) }
	}
	k.alongRow(func(x loopir.Index, taps []loopir.Index) {
		at := []loopir.Index{n, c, y, x}
		k.eachLane(func(lane loopir.Index) {
			value := k.largest(len(taps), func(i int) loopir.Expr { return source(taps[i], lane) })
			k.Store(k.out, k.epilogue.apply(value, place{Idx: at, Lane: lane}), append(behindHalo(at, k.outLay), lane)...)
		})
	})
	k.clearHalo(k.out, k.outLay, k.Out[1], n, c, y)
}

// eachLane unrolls body over the vectors of a block.
func (k *poolKernel) eachLane(body func(lane loopir.Index)) {
	k.Unroll("v", 0, sched.BlockChannels/k.target.Lanes, func(v loopir.Index) { body(v.Mul(k.target.Lanes)) })
}

// largest is the largest of n numbers in each lane.
func (k *poolKernel) largest(n int, each func(i int) loopir.Expr) loopir.Expr {
	v := each(0)
	for i := 1; i < n; i++ {
		v = extremum(k.kernel, loopir.Max, v, each(i))
	}
	return v
}

// clamped lists the places under a window along dimension d, those outside the image moved to its edge.
func (k *poolKernel) clamped(d int, out loopir.Index) []loopir.Index {
	taps := k.taken(d, out)
	for i := range taps {
		if k.Before[d] > 0 {
			taps[i] = taps[i].Max(loopir.C(0))
		}
		if (k.Out[d]-1)*k.Stride[d]-k.Before[d]+k.Kernel[d] > k.In[d] {
			taps[i] = taps[i].Min(loopir.C(k.In[d] - 1))
		}
	}
	return taps
}

// taken lists the places under a window along dimension d.
func (k *poolKernel) taken(d int, out loopir.Index) []loopir.Index {
	taps := make([]loopir.Index, k.Kernel[d])
	for i := range taps {
		taps[i] = out.Mul(k.Stride[d]).AddC(i - k.Before[d])
	}
	return taps
}

// alongRow runs body for every column of the result, with the columns under its window.
func (k *poolKernel) alongRow(body func(x loopir.Index, taps []loopir.Index)) {
	out, stride, before := k.Out[1], k.Stride[1], k.Before[1]
	lo := min(ceilDiv(before, stride), out)
	hi := max(lo, min(out, (k.In[1]-k.Kernel[1]+before)/stride+1))
	if k.In[1] < k.Kernel[1] { // no window lies inside
		hi = lo
	}
	part := func(from, to int, taps func(d int, out loopir.Index) []loopir.Index) {
		if from < to {
			k.For("x", loopir.C(from), loopir.C(to), 1, func(x loopir.Index) { body(x, taps(1, x)) })
		}
	}
	part(0, lo, k.clamped)
	part(lo, hi, k.taken)
	part(hi, out, k.clamped)
}
