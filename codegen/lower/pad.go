package lower

import (
	"fmt"

	"nncc/codegen/loopir"
	"nncc/codegen/sched"
	"nncc/ir"
)

// lowerPad adds a border: a constant, or elements of the input by a rule on indices.
func lowerPad(l *lowerer, n *ir.Node) error {
	pad := n.Ints("pad")
	shape := n.Inputs[0].Type.Shape
	if len(shape) == 0 {
		return l.move(n, nil)
	}
	var rule func(i loopir.Index, extent int) loopir.Index
	switch n.Str("mode") {
	case "constant":
		if l.plan.Layout[n.Out()].Kind == sched.Blocked {
			return l.padBlocked(n)
		}
		return l.padConstant(n)
	case "edge":
		rule = clampTo
	case "wrap":
		rule = func(i loopir.Index, extent int) loopir.Index { return i.Mod(extent) }
	case "reflect": // once: the border is smaller than what it reflects. The clamp only says so to the verifier
		rule = func(i loopir.Index, extent int) loopir.Index {
			i = i.Max(i.Mul(-1))
			return clampTo(i.Min(loopir.C(2*(extent-1)).Sub(i)), extent)
		}
	default:
		return fmt.Errorf("unknown mode %q", n.Str("mode"))
	}
	return l.move(n, func(out []loopir.Index) []loopir.Index {
		in := make([]loopir.Index, len(out))
		for d := range out {
			in[d] = out[d]
			begin, end := pad[d], pad[len(shape)+d]
			if begin != 0 || end != 0 { // what is removed is gone before the rest is padded
				kept := shape[d] + min(begin, 0) + min(end, 0)
				in[d] = rule(out[d].AddC(-max(begin, 0)), kept).AddC(max(-begin, 0))
			}
		}
		return in
	})
}

// clampTo is i, or the end of 0..extent-1 that is nearest.
func clampTo(i loopir.Index, extent int) loopir.Index {
	return i.Max(loopir.C(0)).Min(loopir.C(extent - 1))
}

// padConstant fills a sample with the border's value and copies what the input covers of it.
func (l *lowerer) padConstant(n *ir.Node) error {
	k := newKernel("pad", l.target)
	src, err := k.plainIn(l, n.Inputs[0])
	if err != nil {
		return err
	}
	dst, err := k.plainOut(l, n)
	if err != nil {
		return err
	}
	first, idx := 0, []loopir.Index{}
	if dst.Batched() {
		first, idx = 1, append(idx, k.Grid("n", loopir.Batch))
	}
	origin := append([]loopir.Index{}, idx...)
	for range len(dst.Dims) - first {
		origin = append(origin, loopir.C(0))
	}
	k.vectors(dst.Elems(), func(x, count loopir.Index) {
		at := append([]loopir.Index{}, origin...)
		at[len(at)-1] = at[len(at)-1].Add(x)
		k.put(dst, count, loopir.Num(k.vec(dst.Elem), n.Float("value")), at...)
	})
	k.padRows(n, src, dst, first, idx, append([]loopir.Index{}, idx...))
	return l.emit(k, n, "pad", sched.Tile{})
}

// padRows loops over the dimensions from d on of the part of the input that stays, at index in, and copies to out.
func (k *kernel) padRows(n *ir.Node, src, dst *loopir.Buffer, d int, in, out []loopir.Index) {
	shape, pad := n.Inputs[0].Type.Shape, n.Ints("pad")
	if d == len(shape) {
		k.Store(dst, loopir.LoadV(loopir.Scalar(src.Elem), src, in...), out...)
		return
	}
	lo := max(0, -pad[d])
	hi := shape[d] + min(0, pad[len(shape)+d])
	if d == len(shape)-1 {
		k.vectors(max(0, hi-lo), func(x, count loopir.Index) {
			from, to := append(append([]loopir.Index{}, in...), x.AddC(lo)), append(append([]loopir.Index{}, out...), x.AddC(lo+pad[d]))
			k.put(dst, count, k.get(src, count, from...), to...)
		})
		return
	}
	k.For(fmt.Sprint("d", d), loopir.C(lo), loopir.C(hi), 1, func(x loopir.Index) {
		k.padRows(n, src, dst, d+1, append(append([]loopir.Index{}, in...), x), append(append([]loopir.Index{}, out...), x.AddC(pad[d])))
	})
}

// padBlocked pads images with zeros in the blocked layout; channels may shift within their blocks.
func (l *lowerer) padBlocked(n *ir.Node) error {
	const b = sched.BlockChannels
	k := newKernel("pad", l.target)
	from, to, err := l.inOut(n, sched.Blocked)
	if err != nil {
		return err
	}
	src, dst, lay := k.in(from), k.out(to), to.Layout
	in, _ := sched.ImageOf(n.Inputs[0].Type)
	out, _ := sched.ImageOf(n.Out().Type)
	pad := n.Ints("pad")
	s, c, y := k.samples(to), k.grid("c", out.Blocks()), k.grid("y", out.H)
	k.each("x", out.W+lay.Left+lay.Right, func(x loopir.Index) {
		k.Unroll("v", 0, b/k.target.Lanes, func(v loopir.Index) {
			k.Store(dst, loopir.Num(k.vec(k.elem(dst)), 0), s, c, y, x, v.Mul(k.target.Lanes))
		})
	})
	only := func(i loopir.Index, extent int, body func(loopir.Index)) { // runs body for i, if it is inside
		k.For("in", i.Max(loopir.C(0)), i.AddC(1).Min(loopir.C(extent)), 1, body)
	}
	only(y.AddC(-pad[2]), in.H, func(row loopir.Index) {
		k.For("x", loopir.C(max(0, -pad[3])), loopir.C(in.W+min(0, pad[7])), 1, func(x loopir.Index) {
			read, write := x.AddC(from.Layout.Left), x.AddC(pad[3]+lay.Left)
			// Shifted by pad[1] channels, a block holds the first lanes of one block of the input behind the last of the one before.
			shift := pad[1] % b
			only(c.AddC(-pad[1]/b), in.Blocks(), func(block loopir.Index) {
				k.copyLanes(src, dst, 0, b-shift, []loopir.Index{s, block, row, read}, []loopir.Index{s, c, y, write}, shift)
			})
			if shift > 0 {
				only(c.AddC(-pad[1]/b-1), in.Blocks(), func(block loopir.Index) {
					k.copyLanes(src, dst, b-shift, b, []loopir.Index{s, block, row, read}, []loopir.Index{s, c, y, write}, shift-b)
				})
			}
		})
	})
	return l.emit(k, n, "pad", sched.Tile{})
}

// copyLanes copies lanes lo to hi of the block at from to the block at to, by shift lanes further up.
func (k *kernel) copyLanes(src, dst *loopir.Buffer, lo, hi int, from, to []loopir.Index, shift int) {
	lanes := k.target.Lanes
	if shift == 0 && hi-lo == sched.BlockChannels {
		k.Unroll("v", 0, sched.BlockChannels/lanes, func(v loopir.Index) {
			k.Store(dst, k.load(src, append(from, v.Mul(lanes))...), append(to, v.Mul(lanes))...)
		})
		return
	}
	k.For("lane", loopir.C(lo), loopir.C(hi), 1, func(lane loopir.Index) {
		k.Store(dst, k.loadOne(src, append(from, lane)...), append(to, lane.AddC(shift))...)
	})
}
