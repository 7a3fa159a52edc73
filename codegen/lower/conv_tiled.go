package lower

import (
	"nncc/codegen/loopir"
	"nncc/codegen/sched"
	"nncc/ir"
)

// lowerConvTiled is the direct convolution with vectors over output channels: a tile of pixels times channel vectors
// stays in registers over the whole sum; each step loads the weights of one input channel and kernel place once and
// broadcasts one input number per pixel. The input is blocked, or planar where it has few channels. Of images that are
// kept as bf16 a step takes two channels: their pair is what is broadcast, and weights are pairs as well.
func lowerConvTiled(l *lowerer, n *ir.Node, c sched.Conv, choice sched.ConvChoice) error {
	in, err := l.convInput(n, c, choice)
	if err != nil {
		return err
	}
	if choice.Picked {
		if in, err = l.pickedInput(n, c, in); err != nil {
			return err
		}
	}
	weights, bias, err := l.convWeights(n, c, convPacking(c, choice.In))
	if err != nil {
		return err
	}
	ck, err := l.bindConvKernel(n, c, choice, in, l.weightsFor(in, weights), bias)
	if err != nil {
		return err
	}
	ck.conv = c.Flat(choice)
	k := &tiledConv{convKernel: ck, tile: choice.Tiles[0], ahead: choice.Ahead, image: c.Out, flat: choice.Flat}
	k.blocks = (c.GroupOutC + sched.BlockChannels - 1) / sched.BlockChannels
	unit := max(c.PoolW, 1) // columns of the tile per column of the result
	whole, narrow := k.tile.Split(k.conv.PooledW * unit)
	k.pieces = min(max(choice.Pieces, 1), whole+narrow) // the tile need not be the one that pieces were made for
	k.grids(choice.GroupsInner)
	k.row(unit)
	return l.emit(k.kernel, n, k.termsOf(k.in).family(string(choice.Family)), k.tile)
}

// convPacking orders weights [O, I, KH, KW] by what a kernel reads together: for blocked input
// [O/16][I/16][KH][KW*16 of I][16 of O], for planar input [O/16][I][KH][KW][16 of O].
func convPacking(c sched.Conv, in sched.Kind) packing {
	const b = sched.BlockChannels
	if in == sched.Planar {
		return packing{"conv planar", c.WeightShape(),
			[]packAxis{{c.Out.Blocks(), 0, b}, {c.GroupInC, 1, 1}, {c.KH, 2, 1}, {c.KW, 3, 1}, {b, 0, 1}},
			[]int{c.Out.Blocks(), c.GroupInC, c.KH, c.KW, b}}
	}
	inBlocks := ceilDiv(c.GroupInC, b)
	return packing{"conv blocked", c.WeightShape(),
		[]packAxis{{c.Out.Blocks(), 0, b}, {inBlocks, 1, b}, {c.KH, 2, 1}, {c.KW, 3, 1}, {b, 1, 1}, {b, 0, 1}},
		[]int{c.Out.Blocks(), inBlocks, c.KH, c.KW * b, b}}
}

// tiledConv is a lowering in progress: the grid's indices beside the shared state.
type tiledConv struct {
	*convKernel
	tile        sched.Tile
	blocks      int          // of output channels in one group
	group       loopir.Index // of a grouped convolution
	block, lane loopir.Index // first block of the tile within its group, first lane within the block
	y, piece    loopir.Index // row of the result, and piece of that
	x           loopir.Index // first column of the tile
	pieces      int          // of the row
	flat        bool         // the rows of image follow one another in a single row
	image       sched.Image  // result of the convolution
	ahead       int          // see sched.ConvChoice
}

// grids runs over channels and rows, or pieces of the only row.
func (k *tiledConv) grids(groupsInner bool) {
	lanes := k.target.Lanes
	channels := func() {
		k.group = k.grid("q", k.conv.Groups)
		k.block = k.grid("g", k.blocks/k.tile.Blocks).Mul(k.tile.Blocks)
		k.lane = k.grid("s", sched.BlockChannels/lanes/k.tile.Subs).Mul(k.tile.Subs * lanes)
	}
	if groupsInner {
		k.y = k.grid("y", k.conv.PooledH)
		k.piece = k.grid("r", k.pieces)
		channels()
		return
	}
	channels()
	k.y = k.grid("y", k.conv.PooledH)
}

// channels is how many input channels of a group, or blocks of them, the sum goes over one after the other.
func (k *tiledConv) channels() int {
	if k.inLayout.Kind == sched.Planar {
		return k.conv.GroupInC
	}
	return ceilDiv(k.conv.GroupInC, sched.BlockChannels)
}

// outBlock is the block of output channels that vector b of the tile belongs to.
func (k *tiledConv) outBlock(b loopir.Index) loopir.Index {
	return k.group.Mul(k.blocks).Add(k.block).Add(b)
}

// outLane is the first lane of vector s of the tile within its block.
func (k *tiledConv) outLane(s loopir.Index) loopir.Index { return k.lane.Add(s.Mul(k.target.Lanes)) }

// eachPixel unrolls body over the rows and columns of the tile.
func (k *tiledConv) eachPixel(body func(r, p loopir.Index)) {
	k.Unroll("r", 0, k.tile.Rows, func(r loopir.Index) {
		k.Unroll("p", 0, k.tile.Pixels, func(p loopir.Index) { body(r, p) })
	})
}

// row computes one row of the result for the channels of the tile.
func (k *tiledConv) row(unit int) {
	tiles := allTiles(k.tile, k.conv.PooledW, unit).piece(k.piece, k.pieces)
	tiles.each(k.kernel, func(x loopir.Index, tile sched.Tile) {
		part := *k
		part.tile = tile
		part.compute(x, unit)
	})
	if k.flat {
		rowOf := func(x loopir.Index) loopir.Index { return x.AddC(k.image.W - 1).Div(k.image.W) } // that begins there or behind
		k.For("y", rowOf(tiles.start(tiles.first)), rowOf(tiles.start(tiles.end)), 1, func(y loopir.Index) { k.clearTile(k.image.W, y) })
	} else {
		k.clearTile(k.conv.PooledW, k.y)
	}
}

// compute is one tile of a row, whose first column of the result is x.
func (k *tiledConv) compute(x loopir.Index, unit int) {
	acc := k.Reg("acc", k.vec(loopir.F32), k.tile.Rows, k.tile.Pixels, k.tile.Blocks, k.tile.Subs)
	k.eachVector(k.tile, func(b, s loopir.Index) {
		bias := k.Let("bias", loopir.LoadV(k.vec(loopir.F32), k.b, k.outBlock(b), k.outLane(s)))
		k.eachPixel(func(r, p loopir.Index) { acc.Set(bias, r, p, b, s) })
	})
	k.x = x
	k.sum(acc, x.Mul(unit))
	k.store(acc, x, unit)
}

// clearTile zeroes the halo of row y in the channels of the tile.
func (k *tiledConv) clearTile(width int, y loopir.Index) {
	halo := haloColumns(k.outLay, width)
	if len(halo) == 0 {
		return
	}
	clear := func(b, s loopir.Index) {
		for _, col := range halo {
			k.Store(k.out, loopir.Num(k.vec(loopir.F32), 0), k.n, k.outBlock(b), y, loopir.C(col), k.outLane(s))
		}
	}
	k.eachVector(k.tile, clear)
	k.eachSpare(k.tile, clear)
}

// at is the row and column of the image at column x of row y of the convolution.
func (k *tiledConv) at(y, x loopir.Index) (row, column loopir.Index) {
	if k.flat {
		return x.Div(k.image.W), x.Mod(k.image.W)
	}
	return y, x
}

// haloColumns lists the columns in memory beside a row of the given width.
func haloColumns(l sched.Layout, width int) []int {
	var cols []int
	for x := range l.Left {
		cols = append(cols, x)
	}
	for x := range l.Right {
		cols = append(cols, l.Left+width+x)
	}
	return cols
}

// sum adds every product to acc; x is the first column of the convolution's own output in the tile.
func (k *tiledConv) sum(acc loopir.Tile, x loopir.Index) {
	c := k.conv
	const b = sched.BlockChannels
	terms := k.termsOf(k.in)
	blockSteps := terms.steps(b)
	y := k.y.Mul(k.tile.Rows)
	lo, hi := k.kernelRows(y)
	planar := k.inLayout.Kind == sched.Planar
	channels := k.channels()
	k.each("i", channels, func(i loopir.Index) {
		k.For("kh", lo, hi, 1, func(kh loopir.Index) {
			switch {
			case planar: // kw stays a loop: unrolled, its broadcasts of overlapping pixels would be kept, and spill
				k.For("kw", loopir.C(0), loopir.C(c.KW), 1, func(kw loopir.Index) {
					k.step(acc, []loopir.Index{i, kh, kw}, func(r, p loopir.Index) []loopir.Index {
						return []loopir.Index{k.n, i, k.inRow(y.Add(r), kh), k.inCol(x.Add(p)).Add(kw.Mul(c.DW))}
					})
				})
			case c.DW == 1: // kernel columns and channels are contiguous in weights and image alike
				end := loopir.C(c.KW * blockSteps)
				if c.KW == 1 && c.GroupInC%b != 0 { // the last block is not full
					end = end.Min(loopir.C(terms.steps(c.GroupInC)).Sub(i.Mul(blockSteps)))
				}
				k.For("k", loopir.C(0), end, 1, func(kc loopir.Index) {
					k.step(acc, []loopir.Index{i, kh, kc}, func(r, p loopir.Index) []loopir.Index {
						return []loopir.Index{k.n, k.group.Mul(channels).Add(i), k.inRow(y.Add(r), kh), k.inCol(x.Add(p)), kc.Mul(terms.count)}
					})
				})
			default:
				k.For("kw", loopir.C(0), loopir.C(c.KW), 1, func(kw loopir.Index) {
					k.For("k", loopir.C(0), loopir.C(blockSteps), 1, func(kc loopir.Index) {
						k.step(acc, []loopir.Index{i, kh, kw.Mul(blockSteps).Add(kc)}, func(r, p loopir.Index) []loopir.Index {
							return []loopir.Index{k.n, k.group.Mul(channels).Add(i), k.inRow(y.Add(r), kh), k.inCol(x.Add(p)).Add(kw.Mul(c.DW)), kc.Mul(terms.count)}
						})
					})
				})
			}
		})
	})
}

// step adds one term of the sum, or two, to every accumulator: weights at [block, at..., lane], input at pixel(r, p).
func (k *tiledConv) step(acc loopir.Tile, at []loopir.Index, pixel func(r, p loopir.Index) []loopir.Index) {
	terms := k.termsOf(k.in)
	w := k.Reg("w", terms.weightType(), k.tile.Blocks, k.tile.Subs)
	k.eachVector(k.tile, func(b, s loopir.Index) {
		idx := append([]loopir.Index{k.outBlock(b)}, at...)
		w.Set(loopir.LoadV(terms.weightType(), k.w, append(idx, k.outLane(s).Mul(terms.count))...), b, s)
	})
	k.prefetch(terms, at)
	k.eachPixel(func(r, p loopir.Index) {
		x := k.Let("x", terms.input(k.in, pixel(r, p)...))
		k.eachVector(k.tile, func(b, s loopir.Index) {
			acc.Set(terms.add(acc.At(r, p, b, s), x, w.At(b, s)), r, p, b, s)
		})
	})
}

// prefetch is what the step at the given weights fetches of them: its share of the next block's if the image is one row of several tiles.
func (k *tiledConv) prefetch(terms terms, at []loopir.Index) {
	if k.ahead == 0 {
		return
	}
	const b = sched.BlockChannels
	k.Unroll("b", 0, k.tile.Blocks, func(o loopir.Index) {
		if width := k.conv.PooledW; k.flat && width > k.tile.Pixels {
			step := at[0].Mul(terms.steps(b)).Add(at[2])
			share := fetchShare(k.tile, width, terms.steps(b)*k.channels(), k.x, step)
			k.Prefetch(k.w, k.outBlock(o).AddC(k.tile.Blocks), loopir.C(0), loopir.C(0), loopir.C(0), share.Mul(terms.count))
			return
		}
		idx := append([]loopir.Index{k.outBlock(o)}, at...)
		k.Prefetch(k.w, append(idx, k.lane.AddC(k.ahead*b).Mul(terms.count))...)
	})
}

// store applies the epilogue to the tile whose first result column is x, pools it if a pool is fused, and writes it.
func (k *tiledConv) store(acc loopir.Tile, x loopir.Index, unit int) {
	finish := func(r, p, b, s loopir.Index) loopir.Expr {
		row, column := k.at(k.y.Mul(k.tile.Rows).Add(r), x.Mul(unit).Add(p))
		return k.epilogue.apply(acc.At(r, p, b, s), place{Idx: []loopir.Index{k.n, k.outBlock(b), row, column}, Lane: k.outLane(s)})
	}
	pool := k.pool()
	columns := func(body func(p loopir.Index)) { k.Unroll("p", 0, k.tile.Pixels/unit, body) }
	put := func(v loopir.Expr, p, b, s loopir.Index) {
		row, column := k.at(k.y, x.Add(p))
		k.Store(k.out, v, k.n, k.outBlock(b), row, column.AddC(k.outLay.Left), k.outLane(s))
	}
	k.eachVector(k.tile, func(b, s loopir.Index) {
		columns(func(p loopir.Index) {
			put(pool(func(r, q int) loopir.Expr { return finish(loopir.C(r), p.Mul(unit).AddC(q), b, s) }), p, b, s)
		})
	})
	k.eachSpare(k.tile, func(b, s loopir.Index) {
		columns(func(p loopir.Index) { put(loopir.Num(k.vec(loopir.F32), 0), p, b, s) })
	})
}

// pool returns how a result is made of the positions of its window: the only one, the largest, or the mean.
func (k *convKernel) pool() func(at func(r, q int) loopir.Expr) loopir.Expr {
	c := k.conv
	average := false
	for _, m := range sched.Members(k.epilogue.node) {
		average = average || m.Op.Name == "avgpool"
	}
	return func(at func(r, q int) loopir.Expr) loopir.Expr {
		if c.PoolH == 0 {
			return at(0, 0)
		}
		v := at(0, 0)
		for r := range c.PoolH {
			for q := range c.PoolW {
				switch {
				case r+q == 0:
				case average:
					v = loopir.Add.Of(v, at(r, q))
				default:
					v = extremum(k.kernel, loopir.Max, v, at(r, q))
				}
			}
		}
		if average {
			v = loopir.Mul.Of(v, loopir.Num(k.vec(loopir.F32), 1/float64(c.PoolH*c.PoolW)))
		}
		return v
	}
}
