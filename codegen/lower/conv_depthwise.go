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
	y := k.grid("y", c.Out.H)
	first := k.grid("s", sched.BlockChannels/lanes/tile.Subs).Mul(tile.Subs * lanes)
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
			k.Unroll("s", 0, tile.Subs, func(s loopir.Index) { k.depthwiseRow(acc, tile, y, kh, x, block, lane(s), s) })
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

// depthwiseRow adds the products of one row of weights to vector s of a tile. Numbers that memory keeps as bf16 cost more to
// load than to multiply: then the row of weights stays in registers while the columns pass by, each loaded once.
func (k *convKernel) depthwiseRow(acc loopir.Tile, tile sched.Tile, y, kh, x, block, lane, s loopir.Index) {
	c, f32 := k.conv, k.vec(loopir.F32)
	weight := func(kw loopir.Index) loopir.Expr { return k.Let("w", loopir.LoadV(f32, k.w, block, kh, kw, lane)) }
	column := func(at loopir.Index) loopir.Expr {
		return k.load(k.in, k.n, block, k.inRow(y, kh), k.inCol(x).Add(at), lane)
	}
	if !k.bf16[k.in] || !sched.KeepsRow(c) {
		tap := func(kw loopir.Index) {
			w := weight(kw)
			k.Unroll("p", 0, tile.Pixels, func(p loopir.Index) {
				acc.Set(loopir.FMAOf(column(p.Mul(c.SW).Add(kw.Mul(c.DW))), w, acc.At(p, s)), p, s)
			})
		}
		if sched.UnrollsRow(c, tile, k.target) {
			k.Unroll("kw", 0, c.KW, tap)
		} else {
			k.For("kw", loopir.C(0), loopir.C(c.KW), 1, tap)
		}
		return
	}
	row := make([]loopir.Expr, c.KW)
	for kw := range row {
		row[kw] = weight(loopir.C(kw))
	}
	for at := range (tile.Pixels-1)*c.SW + (c.KW-1)*c.DW + 1 {
		var v loopir.Expr
		for kw := range row {
			p := (at - kw*c.DW) / c.SW
			if p < 0 || p >= tile.Pixels || p*c.SW+kw*c.DW != at {
				continue
			}
			if v == nil {
				v = k.Let("v", column(loopir.C(at)))
			}
			acc.Set(loopir.FMAOf(v, row[kw], acc.At(loopir.C(p), s)), loopir.C(p), s)
		}
	}
}

// depthwisePacking orders weights [C, 1, KH, KW] as [C/16][KH][KW][16 of C].
func depthwisePacking(c sched.Conv) packing {
	const b = sched.BlockChannels
	return packing{"conv depthwise", c.WeightShape(),
		[]packAxis{{c.Out.Blocks(), 0, b}, {c.KH, 2, 1}, {c.KW, 3, 1}, {b, 0, 1}},
		[]int{c.Out.Blocks(), c.KH, c.KW, b}}
}
