package lower

import (
	"fmt"
	"slices"

	"nncc/codegen/loopir"
	"nncc/codegen/sched"
	"nncc/ir"
)

// lowerPoolGrad shares out the gradient of each window among the places that it covers, for one channel of a sample after
// the other, or a block of them. Windows may overlap: all of them are added up before the epilogue sees a place.
func lowerPoolGrad(l *lowerer, n *ir.Node) error {
	anchor, lay := sched.Anchor(n), l.plan.Layout[n.Out()]
	k := &poolGrad{Window: sched.WindowOfPoolGrad(anchor), anchor: anchor, outLay: lay, most: anchor.Op.Name == "maxpool_grad"}
	target := l.target
	pairs := lay.Kind == sched.Planar && k.most && k.pairs() && target.Lanes > 1
	if lay.Kind == sched.Planar && !pairs {
		target.Lanes = 1
	}
	k.kernel = newKernel("pool-grad", target)
	dy, err := l.read(n.Inputs[0], sched.Layout{Kind: lay.Kind})
	if err != nil {
		return err
	}
	k.dy, k.dyLay = k.in(dy), dy.Layout
	if k.most {
		x, err := l.read(sched.Outer(n, anchor.Inputs[1]), sched.Layout{Kind: lay.Kind})
		if err != nil {
			return err
		}
		k.x, k.xLay = k.in(x), x.Layout
	}
	if k.epilogue, err = l.newEpilogue(k.kernel, n, lay.Kind); err != nil {
		return err
	}
	out, err := l.define(n.Out(), lay)
	if err != nil {
		return err
	}
	k.dx = k.out(out)
	channels := n.Out().Type.Shape[1]
	if lay.Kind == sched.Blocked {
		channels = ceilDiv(channels, sched.BlockChannels)
	}
	k.n, k.c = k.samples(out), k.grid("c", channels)
	if lay.Kind == sched.Blocked {
		k.lane = k.grid("s", sched.BlockChannels/target.Lanes).Mul(target.Lanes)
	}
	k.clear()
	if pairs {
		k.eachPair()
	} else {
		k.eachWindow()
	}
	if len(k.epilogue.members) > 0 {
		k.finish()
	}
	return l.emit(k.kernel, n, "pool-grad", sched.Tile{})
}

type poolGrad struct {
	*kernel
	sched.Window        // of the pool, from its input to its result
	anchor              *ir.Node
	most                bool // of maxpool_grad
	dy, x, dx           *loopir.Buffer
	dyLay, xLay, outLay sched.Layout
	epilogue            *epilogue
	n, c, lane          loopir.Index
}

// at is where a place of the image lies in a buffer of layout lay.
func (k *poolGrad) at(lay sched.Layout, place []loopir.Index) []loopir.Index {
	at := append([]loopir.Index{k.n, k.c}, behindHalo(place, lay)...)
	if lay.Kind == sched.Blocked {
		at = append(at, k.lane)
	}
	return at
}

// eachPlace runs body for all places of an image of the given extents.
func (k *poolGrad) eachPlace(name string, extents []int, place []loopir.Index, body func(place []loopir.Index)) {
	d := len(place)
	if d == len(extents) {
		body(place)
		return
	}
	k.each(fmt.Sprint(name, d), extents[d], func(x loopir.Index) {
		k.eachPlace(name, extents, append(place[:d:d], x), body)
	})
}

// clear zeroes the image with its halo.
func (k *poolGrad) clear() {
	extents := slices.Clone(k.In)
	extents[len(extents)-1] += k.outLay.Left + k.outLay.Right
	whole := k.outLay
	whole.Left = 0
	if k.outLay.Kind == sched.Planar {
		rows := extents[:len(extents)-1]
		k.eachPlace("z", rows, nil, func(row []loopir.Index) {
			k.vectors(extents[len(extents)-1], func(x, count loopir.Index) {
				k.put(k.dx, count, loopir.Num(k.vec(k.elem(k.dx)), 0), k.at(whole, append(slices.Clone(row), x))...)
			})
		})
		return
	}
	k.eachPlace("z", extents, nil, func(place []loopir.Index) {
		k.Store(k.dx, loopir.Num(k.vec(k.elem(k.dx)), 0), k.at(whole, place)...)
	})
}

// eachWindow adds the gradient of every window to the places that have a share in it.
func (k *poolGrad) eachWindow() {
	t, ints := k.vec(k.elem(k.dx)), loopir.Vec(loopir.I32, k.target.Lanes)
	k.eachPlace("y", k.Out, nil, func(to []loopir.Index) {
		dy := k.Let("dy", k.load(k.dy, k.at(k.dyLay, to)...))
		var found loopir.Tile
		if k.most {
			found = k.largest(to)
		} else {
			dy = k.Let("share", narrow(loopir.Div.Of(widen(dy), k.count(to, wide(t))), t.Elem))
		}
		k.taps(k.Window, to, loopir.C(1), nil, nil, func(tap, in []loopir.Index) {
			share := dy
			if k.most {
				share = loopir.SelectOf(loopir.Eq.Of(found.At(), loopir.IndexTo(ints, k.number(tap))), dy, loopir.Num(t, 0))
			}
			at := k.at(k.outLay, in)
			k.Store(k.dx, loopir.Add.Of(k.load(k.dx, at...), share), at...)
		})
	})
}

// number counts the places of the window.
func (k *poolGrad) number(tap []loopir.Index) loopir.Index {
	number := loopir.C(0)
	for d, x := range tap {
		number = number.Mul(k.Kernel[d]).Add(x)
	}
	return number
}

// largest finds the place of the first largest number of the window at place to, or of the last that is none.
func (k *poolGrad) largest(to []loopir.Index) loopir.Tile {
	t, ints := k.vec(k.elem(k.x)), loopir.Vec(loopir.I32, k.target.Lanes)
	best, found := k.Reg("best", t), k.Reg("found", ints)
	best.Set(lowest(t))
	found.Set(loopir.Num(ints, -1))
	k.taps(k.Window, to, loopir.C(1), nil, nil, func(tap, in []loopir.Index) {
		k.challenge(best, found, k.load(k.x, k.at(k.xLay, in)...), k.number(tap))
	})
	return found
}

// challenge puts v, number place of the window, in the place of the best so far if it is better.
func (k *poolGrad) challenge(best, found loopir.Tile, v loopir.Expr, place loopir.Index) {
	v = k.Let("v", v)
	ints := found.At().Type()
	was := k.Let("was", found.At())
	number := loopir.IndexTo(ints, place)
	first := loopir.SelectOf(loopir.Lt.Of(was, loopir.Num(ints, 0)), number, was)
	none := loopir.SelectOf(loopir.Ne.Of(v, v), number, first)
	found.Set(loopir.SelectOf(loopir.Gt.Of(v, best.At()), number, none))
	best.Set(loopir.SelectOf(loopir.Ne.Of(v, v), v, loopir.SelectOf(loopir.Gt.Of(v, best.At()), v, best.At())))
}

// count is how many places the window at place to is the mean of.
func (k *poolGrad) count(to []loopir.Index, t loopir.Type) loopir.Expr {
	return meanOver(k.Window, k.anchor.Bool("count_include_pad"), to, t)
}

// pairs reports whether the windows are two by two places side by side.
func (k *poolGrad) pairs() bool {
	two := []int{2, 2}
	return slices.Equal(k.Kernel, two) && slices.Equal(k.Stride, two) && slices.Max(k.Dilation) == 1 && slices.Max(slices.Concat(k.Before, k.After)) == 0 &&
		k.In[0] >= 2*k.Out[0] && k.In[1] >= 2*k.Out[1]
}

// eachPair does that for vectors of windows of two by two places.
func (k *poolGrad) eachPair() {
	t, ints, lanes := k.vec(k.elem(k.dx)), loopir.Vec(loopir.I32, k.target.Lanes), k.target.Lanes
	even, odd := make([]int, lanes), make([]int, lanes)
	for j := range lanes {
		even[j], odd[j] = 2*j, 2*j+1
	}
	k.each("y", k.Out[0], func(y loopir.Index) {
		k.vectors(k.Out[1], func(x, count loopir.Index) {
			used, _ := count.IsConst()
			halves := []int{min(2*used, lanes), max(2*used-lanes, 0)} // of the columns below
			columns := func(row int, body func(half int, count loopir.Index, at func(lay sched.Layout) []loopir.Index)) {
				for h, n := range halves {
					if n > 0 {
						place := []loopir.Index{y.Mul(2).AddC(row), x.Mul(2).AddC(h * lanes)}
						body(h, loopir.C(n), func(lay sched.Layout) []loopir.Index { return k.at(lay, place) })
					}
				}
			}
			best, found := k.Reg("best", t), k.Reg("found", ints)
			best.Set(lowest(t))
			found.Set(loopir.Num(ints, -1))
			for row := range 2 {
				half := []loopir.Expr{loopir.Num(t, 0), loopir.Num(t, 0)}
				columns(row, func(h int, n loopir.Index, at func(sched.Layout) []loopir.Index) {
					half[h] = k.Let("half", k.get(k.x, n, at(k.xLay)...))
				})
				for i, mask := range [][]int{even, odd} {
					k.challenge(best, found, loopir.ShuffleOf(half[0], half[1], mask...), loopir.C(2*row+i))
				}
			}
			dy := k.Let("dy", k.get(k.dy, count, k.at(k.dyLay, []loopir.Index{y, x})...))
			share := func(place int) loopir.Expr {
				return k.Let("share", loopir.SelectOf(loopir.Eq.Of(found.At(), loopir.IndexTo(ints, loopir.C(place))), dy, loopir.Num(t, 0)))
			}
			for row := range 2 {
				both := k.between([]loopir.Expr{share(2 * row), share(2*row + 1)})
				columns(row, func(h int, n loopir.Index, at func(sched.Layout) []loopir.Index) {
					k.put(k.dx, n, both[h], at(k.outLay)...)
				})
			}
		})
	})
}

// finish applies the epilogue to the image.
func (k *poolGrad) finish() {
	if k.outLay.Kind == sched.Blocked {
		k.eachPlace("e", k.In, nil, func(in []loopir.Index) {
			at := k.at(k.outLay, in)
			p := place{Idx: append([]loopir.Index{k.n, k.c}, in...), Lane: k.lane}
			k.Store(k.dx, k.epilogue.apply(k.load(k.dx, at...), p), at...)
		})
		return
	}
	last := len(k.In) - 1
	k.eachPlace("e", k.In[:last], nil, func(row []loopir.Index) {
		k.vectors(k.In[last], func(x, count loopir.Index) {
			in := append(slices.Clone(row), x)
			at := k.at(k.outLay, in)
			p := place{Idx: append([]loopir.Index{k.n, k.c}, in...), Count: count}
			k.put(k.dx, count, k.epilogue.apply(k.get(k.dx, count, at...), p), at...)
		})
	})
}
