package lower

import (
	"nncc/codegen/loopir"
	"nncc/codegen/sched"
	"nncc/ir"
)

// lowerConvDepthwise convolves each channel with a filter of its own: lanes are channels on both sides.
func lowerConvDepthwise(l *lowerer, n *ir.Node, c sched.Conv, choice sched.ConvChoice) error {
	tile := choice.Tiles[0]
	weights, bias, err := l.convWeights(n, c, depthwisePacking(c))
	if err != nil {
		return err
	}
	k, err := l.newConvKernel(n, c, choice, weights, bias)
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
						acc.Set(loopir.FMAOf(k.load(k.in, k.n, block, k.inRow(y, kh), col, lane(s)), w, acc.At(p, s)), p, s)
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

// depthwisePacking orders weights [C, 1, KH, KW] as [C/16][KH][KW][16 of C].
func depthwisePacking(c sched.Conv) packing {
	const b = sched.BlockChannels
	return packing{"conv depthwise", c.WeightShape(),
		[]packAxis{{c.Out.Blocks(), 0, b}, {c.KH, 2, 1}, {c.KW, 3, 1}, {b, 0, 1}},
		[]int{c.Out.Blocks(), c.KH, c.KW, b}}
}
