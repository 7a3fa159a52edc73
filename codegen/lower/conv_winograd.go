package lower

import (
	"nncc/codegen/loopir"
	"nncc/codegen/sched"
	"nncc/ir"
)

// lowerConvWinograd computes a convolution in three stages, for one block of tiles after the other: input tiles are
// transformed into v; for each place of a transformed tile v is multiplied with the transformed weights u over the
// channels, into p; and p is transformed back, with bias and epilogue. Where the schedule says so the first stage is a
// step of its own.
func lowerConvWinograd(l *lowerer, n *ir.Node, c sched.Conv, choice sched.ConvChoice) error {
	tile := choice.Tiles[0]
	weights, bias, err := l.convWeights(n, c, convPacking(c, sched.Blocked))
	if err != nil {
		return err
	}
	in, err := l.convInput(n, c, choice)
	if err != nil {
		return err
	}
	if choice.Winograd.Apart {
		if in, err = l.winogradInput(n, c, in, choice.Winograd); err != nil {
			return err
		}
	}
	ck, err := l.bindConvKernel(n, c, choice, in, l.winogradWeights(weights, c, choice.Winograd), bias)
	if err != nil {
		return err
	}
	k := &winogradKernel{winogradTiles: newWinogradTiles(ck, choice.Winograd), tile: tile, ahead: choice.Ahead}
	k.body()
	return l.emit(k.kernel, n, string(choice.Family)+" "+choice.Winograd.Form(c), tile)
}

// winogradKernel is the second and third stage, and the first unless that is a step of its own.
type winogradKernel struct {
	*winogradTiles
	tile        sched.Tile
	ahead       int            // see sched.ConvChoice
	block, lane loopir.Index   // first output block and lane of the register tile
	v           winogradInput  // transformed input
	p           *loopir.Buffer // products
}

func (k *winogradKernel) body() {
	lanes, groups := k.target.Lanes, k.conv.Out.Blocks()/k.tile.Blocks
	places, rows := k.Places(), k.Block
	vectors := sched.BlockChannels / lanes / k.tile.Subs
	if k.Apart {
		k.v = winogradInput{k.in, []loopir.Index{k.n}, k.depth()}
		k.p = k.Temp("p", loopir.F32, places, rows, k.tile.Blocks, sched.BlockChannels)
		k.block = k.grid("g", groups).Mul(k.tile.Blocks)
		k.lane = k.grid("s", vectors).Mul(k.tile.Subs * lanes)
		k.multiply()
		k.transformOutput()
		return
	}
	k.v = winogradInput{k.Temp("v", loopir.F32, winogradInputDims(places, rows, k.depth())...), nil, k.depth()}
	k.p = k.Temp("p", loopir.F32, places, rows, k.tile.Blocks, sched.BlockChannels)
	k.eachBlock(k.tile.Pixels)
	k.each("i", k.conv.In.Blocks(), func(i loopir.Index) { k.transformInput(k.v, i) })
	k.each("g", groups, func(g loopir.Index) {
		k.block = g.Mul(k.tile.Blocks)
		k.each("s", vectors, func(s loopir.Index) {
			k.lane = s.Mul(k.tile.Subs * lanes)
			k.multiply()
			k.transformOutput()
		})
	})
}

// depth is how many numbers of one pixel are summed over.
func (k *winogradKernel) depth() int { return k.conv.In.Blocks() * sched.BlockChannels }

// multiply computes p for the register tile's channels: for each place a product of matrices.
func (k *winogradKernel) multiply() {
	if k.Trims {
		k.eachSharedPlace(func(place loopir.Index, count int) { k.products(place, count, k.tile.Fit(count)) })
		return
	}
	k.For("place", loopir.C(0), loopir.C(k.Places()), 1, func(place loopir.Index) {
		if count, known := k.count.IsConst(); known {
			k.products(place, count, k.tile)
			return
		}
		k.For("m", loopir.C(0), k.count.AddC(k.tile.Pixels-1).Div(k.tile.Pixels), 1, func(m loopir.Index) {
			k.product(winogradSum{place, loopir.C(0), k.conv.In.C, k.Block}, m.Mul(k.tile.Pixels), k.tile)
		})
	})
}

// eachSharedPlace runs body for every place, with the number of tiles that have it.
func (k *winogradKernel) eachSharedPlace(body func(place loopir.Index, count int)) {
	for _, down := range k.down.Places() {
		k.For("row", loopir.C(down.From), loopir.C(down.To), 1, func(row loopir.Index) {
			for _, across := range k.across.Places() {
				k.For("column", loopir.C(across.From), loopir.C(across.To), 1, func(column loopir.Index) {
					body(row.Mul(k.InW).Add(column), down.Tiles*across.Tiles)
				})
			}
		})
	}
}

// winogradSum is the sum over some channels at one place, for the count tiles that have it.
type winogradSum struct {
	place, first loopir.Index
	channels     int
	count        int
}

// products multiplies all that count tiles have at one place, in parts of the sum whose weights stay in the nearest cache for all of
// the register tiles.
func (k *winogradKernel) products(place loopir.Index, count int, tile sched.Tile) {
	part := winogradSum{place, loopir.C(0), k.partChannels(tile, count), count}
	tiles := func() {
		allTiles(tile, count, 1).each(k.kernel, func(m loopir.Index, tile sched.Tile) { k.product(part, m, tile) })
	}
	if part.channels == k.conv.In.C {
		tiles()
		return
	}
	k.each("m", count, func(m loopir.Index) {
		k.eachVector(tile, func(b, s loopir.Index) {
			k.Store(k.p, loopir.Num(k.vec(loopir.F32), 0), place, m, b, k.lane.Add(s.Mul(k.target.Lanes)))
		})
	})
	k.each("part", k.conv.In.C/part.channels, func(i loopir.Index) {
		part.first = i.Mul(part.channels)
		tiles()
	})
}

// partChannels is how many channels are summed at a time: all of them, unless several register tiles read more weights than there is
// room for in the nearest cache, beside what is fetched meanwhile. Tiles that overlap would add to the same sum twice.
func (k *winogradKernel) partChannels(tile sched.Tile, count int) int {
	const mostBytes = 16 << 10
	all := k.conv.In.C
	weightBytes := 4 * all * tile.Vectors() * k.target.Lanes
	if k.ahead == 0 || count <= tile.Pixels || weightBytes <= mostBytes || tile.Overlaps(count) {
		return all
	}
	parts := max(1, all/k.ahead)
	for all%parts != 0 {
		parts--
	}
	return all / parts
}

// product multiplies one register tile: the transformed input of the tiles from m on with the weights.
func (k *winogradKernel) product(sum winogradSum, m loopir.Index, tile sched.Tile) {
	f32, lanes := k.vec(loopir.F32), k.target.Lanes
	acc := k.Reg("acc", f32, tile.Pixels, tile.Blocks, tile.Subs)
	each := func(body func(t, b, s loopir.Index, p []loopir.Index)) {
		k.eachVector(tile, func(b, s loopir.Index) {
			k.Unroll("t", 0, tile.Pixels, func(t loopir.Index) {
				body(t, b, s, []loopir.Index{sum.place, m.Add(t), b, k.lane.Add(s.Mul(lanes))})
			})
		})
	}
	each(func(t, b, s loopir.Index, p []loopir.Index) {
		if sum.channels < k.conv.In.C {
			acc.Set(loopir.LoadV(f32, k.p, p...), t, b, s)
		} else {
			acc.Set(loopir.Num(f32, 0), t, b, s)
		}
	})
	k.For("c", loopir.C(0), loopir.C(sum.channels), 1, func(step loopir.Index) {
		c := sum.first.Add(step)
		w := k.Reg("w", f32, tile.Blocks, tile.Subs)
		k.eachVector(tile, func(b, s loopir.Index) {
			w.Set(loopir.LoadV(f32, k.w, k.block.Add(b), sum.place, c, k.lane.Add(s.Mul(lanes))), b, s)
		})
		k.prefetch(sum, m, step, tile)
		k.Unroll("t", 0, tile.Pixels, func(t loopir.Index) {
			x := k.Let("x", loopir.SplatOf(lanes, loopir.LoadV(loopir.Scalar(loopir.F32), k.v.buf, k.v.at(sum.place, m.Add(t), c)...)))
			k.eachVector(tile, func(b, s loopir.Index) { acc.Set(loopir.FMAOf(x, w.At(b, s), acc.At(t, b, s)), t, b, s) })
		})
	})
	each(func(t, b, s loopir.Index, p []loopir.Index) { k.Store(k.p, acc.At(t, b, s), p...) })
}

// prefetch is what one step of the tile from m on fetches of the weights: its share of those that come next, if several tiles take part
// in the sum.
func (k *winogradKernel) prefetch(sum winogradSum, m, step loopir.Index, tile sched.Tile) {
	if k.ahead == 0 {
		return
	}
	k.Unroll("b", 0, tile.Blocks, func(b loopir.Index) {
		if sum.count <= tile.Pixels {
			k.Prefetch(k.w, k.block.Add(b), sum.place, sum.first.Add(step).AddC(k.ahead), k.lane)
			return
		}
		next := sum.first.AddC(sum.channels)
		if sum.channels == k.conv.In.C {
			next = loopir.C(k.depth()) // of the next place
		}
		k.Prefetch(k.w, k.block.Add(b), sum.place, next, fetchShare(tile, sum.count, sum.channels, m, step))
	})
}

// transformOutput writes the results of the register tile's channels.
func (k *winogradKernel) transformOutput() {
	f32 := k.vec(loopir.F32)
	k.eachTile(func(t winogradTile) {
		k.each("b", k.tile.Blocks, func(b loopir.Index) {
			k.Unroll("s", 0, k.tile.Subs, func(s loopir.Index) {
				lane := k.lane.Add(s.Mul(k.target.Lanes))
				k.eachColumn(t, func(c, number loopir.Index) {
					p := make([]loopir.Expr, t.rows.In)
					for r := range p {
						p[r] = k.Let("p", loopir.LoadV(f32, k.p, c.AddC(r*k.InW), number, b, lane))
					}
					for r, e := range k.times(t.ofRows.at, p) {
						k.Store(k.half, e, loopir.C(r), c, lane)
					}
				})
				k.For("r", t.sharedRows, loopir.C(t.rows.Out), max(k.conv.PoolH, 1), func(r loopir.Index) { // shared rows are the other tile's
					k.outputRow(t, k.block.Add(b), lane, r)
				})
			})
		})
	})
}

// outputRow transforms row r of a tile, or the rows from it on that are pooled, in the other direction and stores the
// columns that it does not share.
func (k *winogradKernel) outputRow(t winogradTile, block, lane, r loopir.Index) {
	f32, unit := k.vec(loopir.F32), max(k.conv.PoolW, 1)
	y := t.y.Add(r)
	bias := k.Let("bias", loopir.LoadV(f32, k.b, block, lane))
	rows := make([][]loopir.Expr, max(k.conv.PoolH, 1))
	for i := range rows {
		p := make([]loopir.Expr, t.columns.In)
		for c := range p {
			p[c] = k.Let("p", loopir.LoadV(f32, k.half, r.AddC(i), loopir.C(c), lane))
		}
		for c, e := range k.times(t.ofColumns.at, p) {
			at := place{Idx: []loopir.Index{k.n, block, y.AddC(i), t.x.AddC(c)}, Lane: lane}
			rows[i] = append(rows[i], k.epilogue.apply(loopir.Add.Of(e, bias), at))
		}
	}
	pool := k.pool()
	row, column := y.Div(len(rows)), t.x.Div(unit)
	for c := 0; c < t.columns.Out; c += unit {
		v := pool(func(i, j int) loopir.Expr { return rows[i][c+j] })
		k.owned(loopir.C(c+1).Sub(t.sharedColumns).Min(loopir.C(1)), func() {
			k.Store(k.out, v, k.n, block, row, column.AddC(k.outLay.Left+c/unit), lane)
		})
	}
	k.For("first", t.x, loopir.C(1), 1, func(loopir.Index) { // the halo belongs to the tile at the start of the row
		for _, col := range haloColumns(k.outLay, k.conv.PooledW) {
			k.Store(k.out, loopir.Num(f32, 0), k.n, block, row, loopir.C(col), lane)
		}
	})
}
