package lower

import (
	"nncc/codegen/loopir"
	"nncc/codegen/sched"
	"nncc/ir"
)

// lowerConvPlanarWinograd is the direct convolution of a planar image with vectors over output channels, and with
// Winograd's filtering down the columns: for each place of the transform a tile of pixels times channel vectors is summed
// over the transformed row.
func lowerConvPlanarWinograd(l *lowerer, n *ir.Node, c sched.Conv, choice sched.ConvChoice) error {
	w := choice.Winograd
	weights, bias, err := l.convWeights(n, c, convPacking(c, sched.Planar))
	if err != nil {
		return err
	}
	ck, err := l.newConvKernel(n, c, choice, l.planarWinogradWeights(weights, c, w), bias)
	if err != nil {
		return err
	}
	k := &planarWinograd{winogradRows: newWinogradRows(ck, w), unit: max(c.PoolW, 1)}
	row := *ck
	row.in = k.rows
	k.tiled = &tiledConv{convKernel: &row, tile: choice.Tiles[0]}
	k.body()
	return l.emit(k.kernel, n, string(choice.Family)+" "+choice.Winograd.Form(c), k.tiled.tile)
}

// planarWinogradWeights orders transformed weights [O/16][place][I][KW][16 of O].
func (l *lowerer) planarWinogradWeights(packed *Storage, c sched.Conv, w sched.Winograd) *Storage {
	const b = sched.BlockChannels
	dims := []int{c.Out.Blocks(), w.InH, c.In.C, c.KW, b}
	return l.deriveRows(packed, c, w, dims, l.target.Lanes, func(k *kernel, body func(from, to func(loopir.Index) []loopir.Index)) {
		block, i := k.grid("o", c.Out.Blocks()), k.grid("i", c.In.C)
		k.each("kw", c.KW, func(kw loopir.Index) {
			k.Unroll("v", 0, b/k.target.Lanes, func(v loopir.Index) {
				lane := v.Mul(k.target.Lanes)
				body(func(kh loopir.Index) []loopir.Index { return []loopir.Index{block, i, kh, kw, lane} },
					func(p loopir.Index) []loopir.Index { return []loopir.Index{block, p, i, kw, lane} })
			})
		})
	})
}

type planarWinograd struct {
	*winogradRows
	tiled    *tiledConv     // its input is the transformed rows
	unit     int            // columns of the convolution per column of the result
	products *loopir.Buffer // [place, pixel of the tile, block of the tile, channel]
}

func (k *planarWinograd) body() {
	tile, lanes := k.tiled.tile, k.target.Lanes
	k.products = k.Temp("products", loopir.F32, k.places, tile.Pixels, tile.Blocks, sched.BlockChannels)
	k.transformRows()
	k.tiles("x", k.conv.PooledW, tile.Pixels/k.unit, func(x loopir.Index) {
		k.each("g", k.conv.Out.Blocks()/tile.Blocks, func(g loopir.Index) {
			k.each("s", sched.BlockChannels/lanes/tile.Subs, func(s loopir.Index) {
				k.tiled.block, k.tiled.lane = g.Mul(tile.Blocks), s.Mul(tile.Subs*lanes)
				k.multiply(x.Mul(k.unit))
				k.transformBack(x)
			})
		})
	})
	k.each("o", k.conv.Out.Blocks(), func(o loopir.Index) {
		k.eachOwn(max(k.conv.PoolH, 1), func(_ int, y loopir.Index) { k.clearHalo(k.out, k.outLay, k.conv.PooledW, k.n, o, y) })
	})
}

// multiply convolves the transformed rows along the row, from column x on.
func (k *planarWinograd) multiply(x loopir.Index) {
	c, f32, tile := k.conv, k.vec(loopir.F32), k.tiled.tile
	each := func(body func(p, b, s loopir.Index)) {
		k.eachVector(tile, func(b, s loopir.Index) { k.Unroll("p", 0, tile.Pixels, func(p loopir.Index) { body(p, b, s) }) })
	}
	k.For("place", loopir.C(0), loopir.C(k.places), 1, func(place loopir.Index) {
		acc := k.Reg("acc", f32, 1, tile.Pixels, tile.Blocks, tile.Subs)
		each(func(p, b, s loopir.Index) { acc.Set(loopir.Num(f32, 0), loopir.C(0), p, b, s) })
		k.each("i", c.In.C, func(i loopir.Index) {
			k.For("kw", loopir.C(0), loopir.C(c.KW), 1, func(kw loopir.Index) {
				k.tiled.step(acc, []loopir.Index{place, i, kw}, func(_, p loopir.Index) []loopir.Index {
					return []loopir.Index{place, i, k.inCol(x.Add(p)).Add(kw.Mul(c.DW))}
				})
			})
		})
		each(func(p, b, s loopir.Index) {
			k.Store(k.products, acc.At(loopir.C(0), p, b, s), place, p, b, k.tiled.outLane(s))
		})
	})
}

// transformBack writes the tile's part of all rows; x is its first column of the result.
func (k *planarWinograd) transformBack(x loopir.Index) {
	tile, poolH := k.tiled.tile, max(k.conv.PoolH, 1)
	pool := k.pool()
	k.each("p", tile.Pixels/k.unit, func(p loopir.Index) {
		k.eachVector(tile, func(b, s loopir.Index) {
			block, lane := k.tiled.outBlock(b), k.tiled.outLane(s)
			bias := k.Let("bias", loopir.LoadV(k.vec(loopir.F32), k.b, block, lane))
			sums := make([][]loopir.Expr, k.unit) // of each column, by row
			for column := range sums {
				v := make([]loopir.Expr, k.places)
				for place := range v {
					v[place] = k.Let("v", loopir.LoadV(k.vec(loopir.F32), k.products, loopir.C(place), p.Mul(k.unit).AddC(column), b, lane))
				}
				for _, e := range k.times(k.at, v) {
					sums[column] = append(sums[column], loopir.Add.Of(e, bias))
				}
			}
			k.eachOwn(poolH, func(q int, y loopir.Index) {
				v := pool(func(r, column int) loopir.Expr {
					at := []loopir.Index{k.n, block, y.Mul(poolH).AddC(r), x.Add(p).Mul(k.unit).AddC(column)}
					return k.epilogue.apply(sums[column][q*poolH+r], place{Idx: at, Lane: lane})
				})
				k.Store(k.out, v, k.n, block, y, x.Add(p).AddC(k.outLay.Left), lane)
			})
		})
	})
}
