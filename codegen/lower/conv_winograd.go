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
	k.For("place", loopir.C(0), loopir.C(k.Places()), 1, func(place loopir.Index) {
		if count, known := k.count.IsConst(); known {
			allTiles(k.tile, count, 1).each(k.kernel, func(m loopir.Index, tile sched.Tile) {
				part := *k
				part.tile = tile
				part.product(place, m)
			})
			return
		}
		k.For("m", loopir.C(0), k.count.AddC(k.tile.Pixels-1).Div(k.tile.Pixels), 1, func(m loopir.Index) {
			k.product(place, m.Mul(k.tile.Pixels))
		})
	})
}

// product multiplies one register tile: the transformed input of the tiles from m on with weights of one place.
func (k *winogradKernel) product(place, m loopir.Index) {
	f32, lanes := k.vec(loopir.F32), k.target.Lanes
	acc := k.Reg("acc", f32, k.tile.Pixels, k.tile.Blocks, k.tile.Subs)
	each := func(body func(t, b, s loopir.Index)) {
		k.eachVector(k.tile, func(b, s loopir.Index) {
			k.Unroll("t", 0, k.tile.Pixels, func(t loopir.Index) { body(t, b, s) })
		})
	}
	each(func(t, b, s loopir.Index) { acc.Set(loopir.Num(f32, 0), t, b, s) })
	k.For("c", loopir.C(0), loopir.C(k.conv.In.C), 1, func(c loopir.Index) {
		w := k.Reg("w", f32, k.tile.Blocks, k.tile.Subs)
		k.eachVector(k.tile, func(b, s loopir.Index) {
			w.Set(loopir.LoadV(f32, k.w, k.block.Add(b), place, c, k.lane.Add(s.Mul(lanes))), b, s)
		})
		k.prefetch(place, m, c)
		k.Unroll("t", 0, k.tile.Pixels, func(t loopir.Index) {
			x := k.Let("x", loopir.SplatOf(lanes, loopir.LoadV(loopir.Scalar(loopir.F32), k.v.buf, k.v.at(place, m.Add(t), c)...)))
			k.eachVector(k.tile, func(b, s loopir.Index) { acc.Set(loopir.FMAOf(x, w.At(b, s), acc.At(t, b, s)), t, b, s) })
		})
	})
	each(func(t, b, s loopir.Index) {
		k.Store(k.p, acc.At(t, b, s), place, m.Add(t), b, k.lane.Add(s.Mul(lanes)))
	})
}

// prefetch is what step c of the tile from m on fetches of the weights: its share of the next place's if the block has several tiles.
func (k *winogradKernel) prefetch(place, m, c loopir.Index) {
	if k.ahead == 0 {
		return
	}
	k.Unroll("b", 0, k.tile.Blocks, func(b loopir.Index) {
		if k.Block <= k.tile.Pixels {
			k.Prefetch(k.w, k.block.Add(b), place, c.AddC(k.ahead), k.lane)
			return
		}
		k.Prefetch(k.w, k.block.Add(b), place.AddC(1), loopir.C(0), fetchShare(k.tile, k.Block, k.conv.In.C, m, c))
	})
}

// transformOutput writes the results of the register tile's channels.
func (k *winogradKernel) transformOutput() {
	f32 := k.vec(loopir.F32)
	k.eachTile(func(t, y, x, rows, columns loopir.Index) {
		k.each("b", k.tile.Blocks, func(b loopir.Index) {
			k.Unroll("s", 0, k.tile.Subs, func(s loopir.Index) {
				lane := k.lane.Add(s.Mul(k.target.Lanes))
				k.For("c", loopir.C(0), loopir.C(k.InW), 1, func(c loopir.Index) {
					p := make([]loopir.Expr, k.InH)
					for r := range p {
						p[r] = k.Let("p", loopir.LoadV(f32, k.p, c.AddC(r*k.InW), t, b, lane))
					}
					for r, e := range k.times(k.rows.at, p) {
						k.Store(k.half, e, loopir.C(r), c, lane)
					}
				})
				k.For("r", rows, loopir.C(k.OutH), max(k.conv.PoolH, 1), func(r loopir.Index) { // shared rows are the other tile's
					k.outputRow(b, lane, r, y.Add(r), x, columns)
				})
			})
		})
	})
}

// outputRow transforms row r of a tile, or the rows from it on that are pooled, in the other direction and stores the
// columns from skip on.
func (k *winogradKernel) outputRow(b, lane, r, y, x, skip loopir.Index) {
	f32, unit := k.vec(loopir.F32), max(k.conv.PoolW, 1)
	block := k.block.Add(b)
	bias := k.Let("bias", loopir.LoadV(f32, k.b, block, lane))
	rows := make([][]loopir.Expr, max(k.conv.PoolH, 1))
	for i := range rows {
		p := make([]loopir.Expr, k.InW)
		for c := range p {
			p[c] = k.Let("p", loopir.LoadV(f32, k.half, r.AddC(i), loopir.C(c), lane))
		}
		for c, e := range k.times(k.columns.at, p) {
			at := place{Idx: []loopir.Index{k.n, block, y.AddC(i), x.AddC(c)}, Lane: lane}
			rows[i] = append(rows[i], k.epilogue.apply(loopir.Add.Of(e, bias), at))
		}
	}
	pool := k.pool()
	row, column := y.Div(len(rows)), x.Div(unit)
	for c := 0; c < k.OutW; c += unit {
		v := pool(func(i, j int) loopir.Expr { return rows[i][c+j] })
		count := loopir.C(k.target.Lanes)
		if k.used.W%k.OutW != 0 {
			count = loopir.C(c + 1).Sub(skip).Min(loopir.C(1)).Mul(k.target.Lanes)
		}
		k.put(k.out, count, v, k.n, block, row, column.AddC(k.outLay.Left+c/unit), lane)
	}
	k.For("first", x, loopir.C(1), 1, func(loopir.Index) { // the halo belongs to the tile at the start of the row
		for _, col := range haloColumns(k.outLay, k.conv.PooledW) {
			k.Store(k.out, loopir.Num(f32, 0), k.n, block, row, loopir.C(col), lane)
		}
	})
}
