package lower

import (
	"slices"

	"nncc/codegen/loopir"
)

// pairs reports whether the windows are two by two places side by side.
func (k *poolGrad) pairs() bool {
	two := []int{2, 2}
	return slices.Equal(k.Kernel, two) && slices.Equal(k.Stride, two) && slices.Max(k.Dilation) == 1 && slices.Max(slices.Concat(k.Before, k.After)) == 0 &&
		k.In[0] >= 2*k.Out[0] && k.In[1] >= 2*k.Out[1]
}

// pairsCover reports whether every place of the image is in such a window.
func (k *poolGrad) pairsCover() bool { return k.In[0] == 2*k.Out[0] && k.In[1] == 2*k.Out[1] }

// eachPair writes the places of vectors of windows of two by two, after what finish makes of them.
func (k *poolGrad) eachPair(finish func(loopir.Expr, place) loopir.Expr) {
	k.each("y", k.Out[0], func(y loopir.Index) {
		k.vectors(k.Out[1], func(x, count loopir.Index) {
			used, _ := count.IsConst()
			w := &pairWindows{poolGrad: k, down: y, across: x, used: used}
			found := w.largest()
			dy := k.Let("dy", k.get(k.dy, count, k.at(k.dyLay, []loopir.Index{y, x})...))
			for row := range 2 {
				both := k.between([]loopir.Expr{w.share(dy, found, 2*row), w.share(dy, found, 2*row+1)})
				w.columns(row, func(half int, n loopir.Index, in []loopir.Index) {
					v := finish(both[half], place{Idx: append([]loopir.Index{k.n, k.c}, in...), Count: n})
					k.put(k.dx, n, v, k.at(k.outLay, in)...)
				})
			}
		})
		for row := range 2 {
			k.clearHalo(k.dx, k.outLay, k.In[1], k.n, k.c, y.Mul(2).AddC(row))
		}
	})
}

// pairWindows are the windows of one vector of results, the first in that row and column, of which as many lanes are in use.
type pairWindows struct {
	*poolGrad
	down, across loopir.Index
	used         int
}

// columns runs body for the vectors of a row of the windows: one, or two halves.
func (w *pairWindows) columns(row int, body func(half int, n loopir.Index, in []loopir.Index)) {
	lanes := w.target.Lanes
	for half, n := range []int{min(2*w.used, lanes), max(2*w.used-lanes, 0)} {
		if n > 0 {
			body(half, loopir.C(n), []loopir.Index{w.down.Mul(2).AddC(row), w.across.Mul(2).AddC(half * lanes)})
		}
	}
}

// largest finds the place of the first largest number of each window, or of the last that is none.
func (w *pairWindows) largest() loopir.Tile {
	t, ints, lanes := w.vec(w.elem(w.dx)), loopir.Vec(loopir.I32, w.target.Lanes), w.target.Lanes
	even, odd := make([]int, lanes), make([]int, lanes)
	for j := range lanes {
		even[j], odd[j] = 2*j, 2*j+1
	}
	best, found := w.Reg("best", t), w.Reg("found", ints)
	for row := range 2 {
		half := []loopir.Expr{loopir.Num(t, 0), loopir.Num(t, 0)}
		w.columns(row, func(h int, n loopir.Index, in []loopir.Index) {
			half[h] = w.Let("half", w.get(w.x, n, w.at(w.xLay, in)...))
		})
		for i, mask := range [][]int{even, odd} {
			number, v := loopir.IndexTo(ints, loopir.C(2*row+i)), loopir.ShuffleOf(half[0], half[1], mask...)
			if row+i == 0 {
				best.Set(v)
				found.Set(number)
				continue
			}
			w.replace(best, found, v, number, found.At())
		}
	}
	return found
}

// share is what the places of that number get of dy.
func (w *pairWindows) share(dy loopir.Expr, found loopir.Tile, number int) loopir.Expr {
	ints := found.At().Type()
	return w.Let("share", loopir.SelectOf(loopir.Eq.Of(found.At(), loopir.IndexTo(ints, loopir.C(number))), dy, loopir.Num(dy.Type(), 0)))
}
