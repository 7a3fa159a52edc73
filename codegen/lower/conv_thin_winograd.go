package lower

import (
	"nncc/codegen/loopir"
	"nncc/codegen/sched"
	"nncc/ir"
)

// lowerConvThinWinograd is lowerConvThin with Winograd's filtering down the columns: for each place of the transform the
// tile of channels times vectors is summed over the transformed row.
func lowerConvThinWinograd(l *lowerer, n *ir.Node, c sched.Conv, choice sched.ConvChoice) error {
	tile, w := choice.Tiles[0], choice.Winograd
	weights, bias, err := l.convWeights(n, c, thinPacking(c, tile.Subs))
	if err != nil {
		return err
	}
	ck, err := l.newConvKernel(n, c, choice, l.thinWinogradWeights(weights, c, w, tile.Subs), bias)
	if err != nil {
		return err
	}
	rows := newWinogradRows(ck, w)
	k := &thinWinograd{winogradRows: rows, tile: tile}
	k.all = (c.Out.W + k.target.Lanes - 1) / k.target.Lanes
	k.products = k.Temp("products", loopir.F32, w.InH, c.Out.C, k.all, k.target.Lanes)
	k.transformRows()
	k.multiply()
	k.transformBack()
	return l.emit(k.kernel, n, string(choice.Family)+" "+choice.Winograd.Form(c), tile)
}

// thinWinogradWeights orders transformed weights [O/t][place][I][KW][t of O].
func (l *lowerer) thinWinogradWeights(packed *Storage, c sched.Conv, w sched.Winograd, t int) *Storage {
	dims := []int{c.Out.C / t, w.InH, c.In.C, c.KW, t}
	return l.deriveRows(packed, c, w, dims, 1, func(k *kernel, body func(from, to func(loopir.Index) []loopir.Index)) {
		tile := k.grid("g", c.Out.C/t)
		k.each("i", c.In.C, func(i loopir.Index) {
			k.each("kw", c.KW, func(kw loopir.Index) {
				k.each("o", t, func(o loopir.Index) {
					body(func(kh loopir.Index) []loopir.Index { return []loopir.Index{tile, i, kh, kw, o} },
						func(p loopir.Index) []loopir.Index { return []loopir.Index{tile, p, i, kw, o} })
				})
			})
		})
	})
}

type thinWinograd struct {
	*winogradRows
	tile     sched.Tile     // Pixels counts vectors along the row, Subs channels
	all      int            // vectors of a row
	products *loopir.Buffer // [place, channel, vector, lane]
}

// multiply convolves the transformed rows along the row.
func (k *thinWinograd) multiply() {
	c, f32, lanes := k.conv, k.vec(loopir.F32), k.target.Lanes
	k.For("place", loopir.C(0), loopir.C(k.places), 1, func(place loopir.Index) {
		k.each("g", c.Out.C/k.tile.Subs, func(g loopir.Index) {
			k.tiles("v", k.all, k.tile.Pixels, func(v loopir.Index) {
				acc := k.Reg("acc", f32, k.tile.Pixels, k.tile.Subs)
				k.eachSum(func(u, o loopir.Index) { acc.Set(loopir.Num(f32, 0), u, o) })
				k.each("i", c.In.C, func(i loopir.Index) {
					k.For("kw", loopir.C(0), loopir.C(c.KW), 1, func(kw loopir.Index) {
						in := k.Reg("in", f32, k.tile.Pixels)
						k.Unroll("u", 0, k.tile.Pixels, func(u loopir.Index) {
							column := k.inCol(k.start(v.Add(u))).Add(kw.Mul(c.DW))
							in.Set(loopir.LoadV(f32, k.rows, place, i, column), u)
						})
						k.Unroll("o", 0, k.tile.Subs, func(o loopir.Index) {
							w := k.Let("w", loopir.SplatOf(lanes, loopir.LoadV(loopir.Scalar(loopir.F32), k.w, g, place, i, kw, o)))
							k.Unroll("u", 0, k.tile.Pixels, func(u loopir.Index) { acc.Set(loopir.FMAOf(in.At(u), w, acc.At(u, o)), u, o) })
						})
					})
				})
				k.eachSum(func(u, o loopir.Index) {
					k.Store(k.products, acc.At(u, o), place, g.Mul(k.tile.Subs).Add(o), v.Add(u), loopir.C(0))
				})
			})
		})
	})
}

func (k *thinWinograd) eachSum(body func(u, o loopir.Index)) {
	k.Unroll("o", 0, k.tile.Subs, func(o loopir.Index) {
		k.Unroll("u", 0, k.tile.Pixels, func(u loopir.Index) { body(u, o) })
	})
}

// start is the first column of vector v: the last one overlaps the one before.
func (k *thinWinograd) start(v loopir.Index) loopir.Index {
	return v.Mul(k.target.Lanes).Min(loopir.C(k.conv.Out.W - k.target.Lanes))
}

// transformBack writes the rows of all channels.
func (k *thinWinograd) transformBack() {
	pool := max(k.conv.PoolH, 1)
	k.each("o", k.conv.Out.C, func(o loopir.Index) {
		bias := k.Let("bias", loopir.SplatOf(k.target.Lanes, loopir.LoadV(loopir.Scalar(loopir.F32), k.b, loopir.C(0), o)))
		sums := make([][]loopir.Expr, k.all) // of each vector, by row
		for v := range sums {
			p := make([]loopir.Expr, k.places)
			for place := range p {
				p[place] = k.Let("p", loopir.LoadV(k.vec(loopir.F32), k.products, loopir.C(place), o, loopir.C(v), loopir.C(0)))
			}
			for _, e := range k.times(k.at, p) {
				sums[v] = append(sums[v], loopir.Add.Of(e, bias))
			}
		}
		k.eachOwn(pool, func(q int, y loopir.Index) {
			row := &thinConv{convKernel: k.convKernel, vectors: k.all, channels: 1, rows: pool, channel: o, y: y}
			row.store(func(r, v int, _ loopir.Index) loopir.Expr { return sums[v][q*pool+r] }, 1, loopir.C(0))
			k.clearHalo(k.out, k.outLay, k.conv.PooledW, k.n, o, y)
		})
	})
}
