package lower

import (
	"nncc/codegen/loopir"
	"nncc/codegen/sched"
)

// channelGrad is a kernel whose vectors are output channels: a step loads those of dy at one place, and multiplies them
// with single numbers of x.
type channelGrad struct {
	*weightGradKernel
	group       loopir.Index
	blocks      int          // of output channels in one group
	block, lane loopir.Index // first block of the tile within its group, first lane within the block
}

func (k *weightGradKernel) channels() *channelGrad {
	c, t := k.conv, k.choice.Tile
	g := &channelGrad{weightGradKernel: k, blocks: ceilDiv(c.GroupOutC, sched.BlockChannels)}
	g.group = k.grid("q", c.Groups)
	g.block = k.grid("g", g.blocks/t.Blocks).Mul(t.Blocks)
	g.lane = k.grid("s", sched.BlockChannels/k.target.Lanes/t.Subs).Mul(t.Subs * k.target.Lanes)
	return g
}

func (k *channelGrad) outBlock(b loopir.Index) loopir.Index {
	return k.group.Mul(k.blocks).Add(k.block).Add(b)
}
func (k *channelGrad) outLane(s loopir.Index) loopir.Index { return k.lane.Add(s.Mul(k.target.Lanes)) }

// blocked: the tile is neighbouring columns of the kernel and input channels of a block, which are contiguous in x and in
// the sums alike.
func (k *weightGradKernel) blocked() {
	const b = sched.BlockChannels
	c, g := k.conv, k.channels()
	inBlocks := ceilDiv(c.GroupInC, b)
	columns, weights := 1, c.KW*b
	if c.DW > 1 { // only the channels are
		columns, weights = c.KW, b
	}
	g.clear([]int{inBlocks, c.KH, c.KW * b})
	k.eachRows(func(first, end loopir.Index) {
		k.each("i", inBlocks, func(i loopir.Index) {
			k.each("kh", c.KH, func(kh loopir.Index) {
				k.each("kw", columns, func(kw loopir.Index) {
					k.each("t", weights/k.choice.Tile.Pixels, func(t loopir.Index) {
						from := t.Mul(k.choice.Tile.Pixels)
						g.tile(kh, first, end,
							func(_, j loopir.Index) []loopir.Index {
								return []loopir.Index{i, kh, kw.Mul(b).Add(from).Add(j)}
							},
							func(y, x, _, j loopir.Index) []loopir.Index {
								return []loopir.Index{k.n, k.inBlock(g, inBlocks, i), y, x.Add(kw.Mul(c.DW)), from.Add(j)}
							})
					})
				})
			})
		})
	})
}

// inBlock is block i of the input channels of the group.
func (k *weightGradKernel) inBlock(g *channelGrad, blocks int, i loopir.Index) loopir.Index {
	return g.group.Mul(blocks).Add(i)
}

// planar: the tile is input channels times neighbouring columns of the kernel.
func (k *weightGradKernel) planar() {
	c, g, t := k.conv, k.channels(), k.choice.Tile
	g.clear([]int{c.In.C, c.KH, c.KW})
	k.eachRows(func(first, end loopir.Index) {
		k.each("c", c.In.C/t.Rows, func(channels loopir.Index) {
			k.each("kh", c.KH, func(kh loopir.Index) {
				k.each("kw", c.KW/t.Pixels, func(columns loopir.Index) {
					channel := func(i loopir.Index) loopir.Index { return channels.Mul(t.Rows).Add(i) }
					column := func(j loopir.Index) loopir.Index { return columns.Mul(t.Pixels).Add(j) }
					g.tile(kh, first, end,
						func(i, j loopir.Index) []loopir.Index { return []loopir.Index{channel(i), kh, column(j)} },
						func(y, x, i, j loopir.Index) []loopir.Index {
							return []loopir.Index{k.n, channel(i), y, x.Add(column(j).Mul(c.DW))}
						})
				})
			})
		})
	})
}

// clear zeroes the sums of the tile's channels.
func (k *channelGrad) clear(dims []int) {
	at := make([]loopir.Index, 3)
	k.each("i", dims[0], func(i loopir.Index) {
		k.each("kh", dims[1], func(kh loopir.Index) {
			k.each("kw", dims[2], func(kw loopir.Index) {
				at[0], at[1], at[2] = i, kh, kw
				k.eachVector(k.choice.Tile, func(b, s loopir.Index) {
					k.Store(k.sums, loopir.Num(k.vec(loopir.F32), 0), k.part, k.outBlock(b), at[0], at[1], at[2], k.outLane(s))
				})
			})
		})
	})
}

// tile adds the products at all places of some rows to the sums at weight(i, j); from is the number of x for the place.
func (k *channelGrad) tile(kh, first, end loopir.Index, weight func(i, j loopir.Index) []loopir.Index, from func(y, x, i, j loopir.Index) []loopir.Index) {
	t, f32 := k.choice.Tile, k.vec(loopir.F32)
	at := func(i, j, b, s loopir.Index) []loopir.Index {
		return append(append([]loopir.Index{k.part, k.outBlock(b)}, weight(i, j)...), k.outLane(s))
	}
	k.accumulate(k.eachSum, at, func(acc loopir.Tile) {
		k.eachPlace(kh, first, end, func(y, x, inY, inX loopir.Index) {
			dy := k.Reg("d", f32, t.Blocks, t.Subs)
			k.eachVector(t, func(b, s loopir.Index) {
				dy.Set(k.load(k.dy, k.n, k.outBlock(b), y, x.AddC(k.dyLay.Left), k.outLane(s)), b, s)
			})
			k.Unroll("i", 0, t.Rows, func(i loopir.Index) {
				k.Unroll("j", 0, t.Pixels, func(j loopir.Index) {
					v := k.Let("v", k.splat(k.x, from(inY, inX, i, j)...))
					k.eachVector(t, func(b, s loopir.Index) {
						acc.Set(loopir.FMAOf(v, dy.At(b, s), acc.At(i, j, b, s)), i, j, b, s)
					})
				})
			})
		})
	})
}

// depthwise: vectors are channels on both sides, the tile is columns of the kernel.
func (k *weightGradKernel) depthwise() {
	c, t, f32 := k.conv, k.choice.Tile, k.vec(loopir.F32)
	block := k.grid("g", c.Out.Blocks())
	lane := k.grid("s", sched.BlockChannels/k.target.Lanes).Mul(k.target.Lanes)
	at := func(kh, kw loopir.Index) []loopir.Index { return []loopir.Index{k.part, block, kh, kw, lane} }
	k.each("kh", c.KH, func(kh loopir.Index) {
		k.each("kw", c.KW, func(kw loopir.Index) { k.Store(k.sums, loopir.Num(f32, 0), at(kh, kw)...) })
	})
	k.eachRows(func(first, end loopir.Index) {
		k.each("kh", c.KH, func(kh loopir.Index) {
			k.each("kw", c.KW/t.Pixels, func(columns loopir.Index) {
				column := func(j loopir.Index) loopir.Index { return columns.Mul(t.Pixels).Add(j) }
				k.accumulate(k.eachSum, func(_, j, _, _ loopir.Index) []loopir.Index { return at(kh, column(j)) }, func(acc loopir.Tile) {
					k.eachPlace(kh, first, end, func(y, x, inY, inX loopir.Index) {
						dy := k.Let("d", k.load(k.dy, k.n, block, y, x.AddC(k.dyLay.Left), lane))
						k.eachSum(func(i, j, b, s loopir.Index) {
							v := k.load(k.x, k.n, block, inY, inX.Add(column(j).Mul(c.DW)), lane)
							acc.Set(loopir.FMAOf(v, dy, acc.At(i, j, b, s)), i, j, b, s)
						})
					})
				})
			})
		})
	})
}
