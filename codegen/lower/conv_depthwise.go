package lower

import (
	"nncc/codegen/loopir"
	"nncc/codegen/sched"
	"nncc/ir"
)

// lowerConvDepthwise convolves each channel with a filter of its own: lanes are channels on both sides.
func lowerConvDepthwise(l *lowerer, n *ir.Node, c sched.Conv, choice sched.ConvChoice) error {
	anchor, tile := sched.Anchor(n), choice.Tiles[0]
	weights, bias := sched.Outer(n, anchor.Inputs[1]), sched.Outer(n, anchor.Input(2))
	k, err := l.newConvKernel(n, c, choice, l.packDepthwise(weights, c), l.biasOf(bias, weights, c.Out.C))
	if err != nil {
		return err
	}
	f32, lanes := k.vec(loopir.F32), k.target.Lanes
	block := k.grid("c", c.Out.Blocks())
	first := k.grid("s", sched.BlockChannels/lanes/tile.Subs).Mul(tile.Subs * lanes)
	y := k.grid("y", c.Out.H)
	lo, hi := k.kernelRows(y)
	lane := func(s loopir.Index) loopir.Index { return first.Add(s.Mul(lanes)) }
	each := func(body func(p, s loopir.Index)) {
		k.Unroll("s", 0, tile.Subs, func(s loopir.Index) {
			k.Unroll("p", 0, tile.Pixels, func(p loopir.Index) { body(p, s) })
		})
	}
	k.tiles("x", c.Out.W, tile.Pixels, func(x loopir.Index) {
		acc := k.Reg("acc", f32, tile.Pixels, tile.Subs)
		each(func(p, s loopir.Index) { acc.Set(loopir.LoadV(f32, k.b, block, lane(s)), p, s) })
		k.For("kh", lo, hi, 1, func(kh loopir.Index) {
			k.For("kw", loopir.C(0), loopir.C(c.KW), 1, func(kw loopir.Index) {
				k.Unroll("s", 0, tile.Subs, func(s loopir.Index) {
					w := k.Let("w", loopir.LoadV(f32, k.w, block, kh, kw, lane(s)))
					k.Unroll("p", 0, tile.Pixels, func(p loopir.Index) {
						col := k.inCol(x.Add(p)).Add(kw.Mul(c.DW))
						acc.Set(loopir.FMAOf(loopir.LoadV(f32, k.in, k.n, block, k.inRow(y, kh), col, lane(s)), w, acc.At(p, s)), p, s)
					})
				})
			})
		})
		each(func(p, s loopir.Index) {
			v := k.epilogue.apply(acc.At(p, s), place{Idx: []loopir.Index{k.n, block, y, x.Add(p)}, Lane: lane(s)})
			k.Store(k.out, v, k.n, block, y, x.Add(p).AddC(k.outLay.Left), lane(s))
		})
	})
	k.Unroll("s", 0, tile.Subs, func(s loopir.Index) {
		for _, col := range haloColumns(k.outLay, c.Out.W) {
			k.Store(k.out, loopir.Num(f32, 0), k.n, block, y, loopir.C(col), lane(s))
		}
	})
	return l.emit(k.kernel, n, string(choice.Family), tile)
}

// packDepthwise orders weights [C, 1, KH, KW] as [C/16][KH][KW][16 of C].
func (l *lowerer) packDepthwise(v *ir.Value, c sched.Conv) *Storage {
	const b = sched.BlockChannels
	return l.pack(v, "conv depthwise", []int{c.Out.Blocks(), c.KH, c.KW, b}, func(dst []float32) {
		eachWeight(v.Const, func(o, _, kh, kw int, w float32) { dst[((o/b*c.KH+kh)*c.KW+kw)*b+o%b] = w })
	})
}
