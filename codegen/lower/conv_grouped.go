package lower

import (
	"nncc/codegen/loopir"
	"nncc/codegen/sched"
	"nncc/ir"
)

// lowerConvGrouped is for groups that do not fill channel blocks. Lanes are output channels. Where all lanes of a vector
// are of one group, each step of the sum broadcasts one input number; where a vector covers several groups, it spreads
// the lanes of an input vector over the outputs that read them.
func lowerConvGrouped(l *lowerer, n *ir.Node, c sched.Conv, choice sched.ConvChoice) error {
	weights, bias, err := l.convWeights(n, c, groupedPacking(c))
	if err != nil {
		return err
	}
	ck, err := l.newConvKernel(n, c, choice, weights, bias)
	if err != nil {
		return err
	}
	k := &groupedConv{convKernel: ck, tile: choice.Tiles[0], spread: choice.Spread, row: choice.KeepsWeights(c, choice.Tiles[0], l.target)}
	across := ceilDiv(ceilDiv(c.Out.C, k.target.Lanes), k.tile.Subs)
	k.number = k.grid("q", across)
	k.y = k.grid("y", c.Out.H)
	allTiles(k.tile, c.Out.W, 1).each(k.kernel, func(x loopir.Index, tile sched.Tile) {
		part := *k
		part.tile = tile
		part.compute(x)
	})
	k.Unroll("s", 0, k.tile.Subs, func(s loopir.Index) {
		block, lane := k.vector(s)
		for _, col := range haloColumns(k.outLay, c.Out.W) {
			k.Store(k.out, loopir.Num(k.vec(loopir.F32), 0), k.n, block, k.y, loopir.C(col), lane)
		}
	})
	k.clearRest(across)
	return l.emit(k.kernel, n, string(choice.Family), k.tile)
}

// clearRest zeroes the vectors of the last block that hold no channel: the last of so many tiles across answers for them.
func (k *groupedConv) clearRest(across int) {
	end := k.conv.Out.Blocks() * sched.BlockChannels / k.target.Lanes
	rest := end - across*k.tile.Subs
	if rest == 0 {
		return
	}
	last := k.number.AddC(2 - across).Max(loopir.C(0)) // 1, or 0 for all others
	k.For("v", loopir.C(end).Sub(last.Mul(rest)), loopir.C(end), 1, func(v loopir.Index) {
		block, lane := k.at(v)
		k.kernel.each("x", k.outLay.Left+k.conv.Out.W+k.outLay.Right, func(x loopir.Index) {
			k.Store(k.out, loopir.Num(k.vec(loopir.F32), 0), k.n, block, k.y, x, lane)
		})
	})
}

// inputRun is how many input channels of a group lie side by side: in one block, whatever the group.
func inputRun(c sched.Conv) int {
	run := sched.BlockChannels
	for c.GroupInC%run != 0 {
		run /= 2
	}
	return run
}

// groupedPacking orders weights [O, I, KH, KW] as [O/16][runs of I][KH][KW][I of the run][16 of O]: as they are read.
func groupedPacking(c sched.Conv) packing {
	const b = sched.BlockChannels
	run := inputRun(c)
	return packing{"conv grouped", c.WeightShape(),
		[]packAxis{{c.Out.Blocks(), 0, b}, {c.GroupInC / run, 1, run}, {c.KH, 2, 1}, {c.KW, 3, 1}, {run, 1, 1}, {b, 0, 1}},
		[]int{c.Out.Blocks(), c.GroupInC / run, c.KH, c.KW, run, b}}
}

type groupedConv struct {
	*convKernel
	tile   sched.Tile
	spread int          // see sched.ConvChoice
	row    bool         // of weights in registers, see sched.ConvChoice.KeepsWeights
	number loopir.Index // of the tile along the output channels
	y      loopir.Index
}

// vector is the block and the first lane of vector s of the tile.
func (k *groupedConv) vector(s loopir.Index) (block, lane loopir.Index) {
	return k.at(k.number.Mul(k.tile.Subs).Add(s))
}

// at is the block and the first lane of vector v of the output channels.
func (k *groupedConv) at(v loopir.Index) (block, lane loopir.Index) {
	perBlock := sched.BlockChannels / k.target.Lanes
	return v.Div(perBlock), v.Mod(perBlock).Mul(k.target.Lanes)
}

// each unrolls body over the tile.
func (k *groupedConv) each(body func(p, s loopir.Index)) {
	k.Unroll("s", 0, k.tile.Subs, func(s loopir.Index) {
		k.Unroll("p", 0, k.tile.Pixels, func(p loopir.Index) { body(p, s) })
	})
}

// compute is the tile whose first column is x.
func (k *groupedConv) compute(x loopir.Index) {
	f32 := k.vec(loopir.F32)
	acc := k.Reg("acc", f32, k.tile.Pixels, k.tile.Subs)
	k.each(func(p, s loopir.Index) {
		block, lane := k.vector(s)
		acc.Set(loopir.LoadV(f32, k.b, block, lane), p, s)
	})
	if k.spread > 0 {
		k.sumSpread(acc, x)
	} else {
		k.sumBroadcast(acc, x)
	}
	k.each(func(p, s loopir.Index) {
		block, lane := k.vector(s)
		v := k.epilogue.apply(acc.At(p, s), place{Idx: []loopir.Index{k.n, block, k.y, x.Add(p)}, Lane: lane})
		k.Store(k.out, v, k.n, block, k.y, x.Add(p).AddC(k.outLay.Left), lane)
	})
}

// eachTap runs body for each kernel place that meets the image, and where the input of column p of the tile then is.
func (k *groupedConv) eachTap(x loopir.Index, body func(kh, kw, row loopir.Index, col func(p loopir.Index) loopir.Index)) {
	k.eachRow(func(kh, row loopir.Index) {
		k.For("kw", loopir.C(0), loopir.C(k.conv.KW), 1, func(kw loopir.Index) {
			body(kh, kw, row, func(p loopir.Index) loopir.Index { return k.inCol(x.Add(p)).Add(kw.Mul(k.conv.DW)) })
		})
	})
}

// eachRow runs body for each row of the kernel that meets the image, and the row of the image under it.
func (k *groupedConv) eachRow(body func(kh, row loopir.Index)) {
	lo, hi := k.kernelRows(k.y)
	k.For("kh", lo, hi, 1, func(kh loopir.Index) { body(kh, k.inRow(k.y, kh)) })
}

// sumBroadcast adds the products of a tile whose outputs are all of one group. The inputs of a run are the innermost loop: mostly there are more
// of them than columns of the kernel.
func (k *groupedConv) sumBroadcast(acc loopir.Tile, x loopir.Index) {
	across := k.tile.Subs * k.target.Lanes
	size := inputRun(k.conv)
	group, runs := k.number.Div(k.conv.GroupOutC/across), k.conv.GroupInC/size
	k.kernel.each("run", runs, func(run loopir.Index) {
		each := func(body func(in groupInput)) {
			k.kernel.each("i", size, func(i loopir.Index) { body(inputOf(group.Mul(runs).Add(run), run, i, size)) })
		}
		if k.row {
			k.eachRow(func(kh, row loopir.Index) { each(func(in groupInput) { k.sumRow(acc, x, kh, row, in) }) })
			return
		}
		k.eachTap(x, func(kh, kw, row loopir.Index, col func(p loopir.Index) loopir.Index) {
			each(func(in groupInput) { k.sumTap(acc, kh, kw, row, col, in) })
		})
	})
}

// groupInput is an input channel: its run in the group and its number there, and its block and its lane.
type groupInput struct{ run, number, block, lane loopir.Index }

// inputOf is channel number of a run of so many, which is number all of the image.
func inputOf(all, run, number loopir.Index, size int) groupInput {
	ofBlock := sched.BlockChannels / size
	return groupInput{run, number, all.Div(ofBlock), all.Mod(ofBlock).Mul(size).Add(number)}
}

// sumTap adds the products of one input channel at one place of the kernel.
func (k *groupedConv) sumTap(acc loopir.Tile, kh, kw, row loopir.Index, col func(p loopir.Index) loopir.Index, from groupInput) {
	w := k.weights(from, kh, kw)
	k.Unroll("p", 0, k.tile.Pixels, func(p loopir.Index) {
		in := k.Let("in", k.splat(k.in, k.n, from.block, row, col(p), from.lane))
		k.Unroll("s", 0, k.tile.Subs, func(s loopir.Index) {
			acc.Set(loopir.FMAOf(in, w.At(s), acc.At(p, s)), p, s)
		})
	})
}

// weights loads the weights of one input and kernel place for the vectors of the tile.
func (k *groupedConv) weights(in groupInput, kh, kw loopir.Index) loopir.Tile {
	w := k.Reg("w", k.vec(loopir.F32), k.tile.Subs)
	k.Unroll("s", 0, k.tile.Subs, func(s loopir.Index) {
		out, first := k.vector(s)
		w.Set(loopir.LoadV(k.vec(loopir.F32), k.w, out, in.run, kh, kw, in.number, first), s)
	})
	return w
}

// sumRow adds the products of one input channel with a row of weights in registers: each number of the input is loaded once for all
// columns that it is part of.
func (k *groupedConv) sumRow(acc loopir.Tile, x, kh, row loopir.Index, from groupInput) {
	var w []loopir.Tile
	for kw := range k.conv.KW {
		w = append(w, k.weights(from, kh, loopir.C(kw)))
	}
	for col := range k.tile.Pixels + k.conv.KW - 1 {
		in := k.Let("in", k.splat(k.in, k.n, from.block, row, k.inCol(x).AddC(col), from.lane))
		for kw := max(0, col-k.tile.Pixels+1); kw <= min(col, k.conv.KW-1); kw++ {
			p := loopir.C(col - kw)
			k.Unroll("s", 0, k.tile.Subs, func(s loopir.Index) { acc.Set(loopir.FMAOf(in, w[kw].At(s), acc.At(p, s)), p, s) })
		}
	}
}

// sumSpread adds the products of a tile whose vectors cover whole groups, each of which is one run: lane o reads lane o/outputs*inputs + i of
// what the vector reads, for every input i of a group.
func (k *groupedConv) sumSpread(acc loopir.Tile, x loopir.Index) {
	f32, lanes, parts := k.vec(loopir.F32), k.target.Lanes, sched.BlockChannels/k.spread
	block, first := k.number.Div(parts), k.number.Mod(parts).Mul(k.spread)
	out, lane := k.vector(loopir.C(0))
	k.eachTap(x, func(kh, kw, row loopir.Index, col func(p loopir.Index) loopir.Index) {
		in := k.Reg("in", f32, k.tile.Pixels)
		k.Unroll("p", 0, k.tile.Pixels, func(p loopir.Index) {
			in.Set(k.get(k.in, loopir.C(k.spread), k.n, block, row, col(p), first), p)
		})
		for i := range k.conv.GroupInC {
			mask := make([]int, lanes)
			for o := range mask {
				mask[o] = o/k.conv.GroupOutC*k.conv.GroupInC + i
			}
			w := k.Let("w", loopir.LoadV(f32, k.w, out, loopir.C(0), kh, kw, loopir.C(i), lane))
			k.Unroll("p", 0, k.tile.Pixels, func(p loopir.Index) {
				v := loopir.ShuffleOf(in.At(p), in.At(p), mask...)
				acc.Set(loopir.FMAOf(v, w, acc.At(p, loopir.C(0))), p, loopir.C(0))
			})
		}
	})
}
