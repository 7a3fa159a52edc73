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
	k.body(pairs)
	return l.emit(k.kernel, n, "pool-grad", sched.Tile{})
}

// body writes the image: all places at once where windows are pairs that cover it, otherwise those that windows have after zeros,
// and what the epilogue makes of them in the end.
func (k *poolGrad) body(pairs bool) {
	if pairs && k.pairsCover() {
		k.eachPair(k.epilogue.apply)
		return
	}
	k.clear()
	if pairs {
		k.eachPair(func(x loopir.Expr, _ place) loopir.Expr { return x })
	} else {
		k.eachWindow()
	}
	if len(k.epilogue.members) > 0 {
		k.finish()
	}
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
	ints := found.At().Type()
	number := loopir.IndexTo(ints, place)
	was := k.Let("was", found.At())
	k.replace(best, found, v, number, loopir.SelectOf(loopir.Lt.Of(was, loopir.Num(ints, 0)), number, was))
}

// replace puts v and its number in the place of the best if it is larger, or none; otherwise the number becomes kept.
func (k *poolGrad) replace(best, found loopir.Tile, v, number, kept loopir.Expr) {
	v = k.Let("v", v)
	larger, none := loopir.Gt.Of(v, best.At()), loopir.Ne.Of(v, v)
	found.Set(loopir.SelectOf(larger, number, loopir.SelectOf(none, number, kept)))
	best.Set(loopir.SelectOf(larger, v, loopir.SelectOf(none, v, best.At())))
}

// count is how many places the window at place to is the mean of.
func (k *poolGrad) count(to []loopir.Index, t loopir.Type) loopir.Expr {
	return meanOver(k.Window, k.anchor.Bool("count_include_pad"), to, t)
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
