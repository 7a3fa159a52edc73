package lower

import (
	"fmt"

	"nncc/codegen/loopir"
	"nncc/codegen/sched"
	"nncc/ir"
)

// lowerConvWinograd computes a 3x3 convolution in three stages, for one block of tiles after the other: input tiles are
// transformed into v; for each place of a transformed tile v is multiplied with the transformed weights u over the
// channels, into p; and p is transformed back, with bias and epilogue.
func lowerConvWinograd(l *lowerer, n *ir.Node, c sched.Conv, choice sched.ConvChoice) error {
	anchor, tile := sched.Anchor(n), choice.Tiles[0]
	weights, bias := sched.Outer(n, anchor.Inputs[1]), sched.Outer(n, anchor.Input(2))
	u := l.winogradWeights(l.packConv(weights, c, sched.Blocked), c, choice.Winograd)
	ck, err := l.newConvKernel(n, c, choice, u, l.biasOf(bias, weights, c.Out.C))
	if err != nil {
		return err
	}
	k := newWinogradKernel(ck, choice.Winograd, tile)
	k.Unroll("v", 0, sched.BlockChannels/k.target.Lanes, func(v loopir.Index) { k.transformInput(v.Mul(k.target.Lanes)) })
	groups := c.Out.Blocks() / k.Split / tile.Blocks
	k.each("g", groups, func(g loopir.Index) {
		k.block = k.part.Mul(groups).Add(g).Mul(tile.Blocks)
		k.each("s", sched.BlockChannels/k.target.Lanes/tile.Subs, func(s loopir.Index) {
			k.lane = s.Mul(tile.Subs * k.target.Lanes)
			k.multiply()
			k.transformOutput()
		})
	})
	return l.emit(k.kernel, n, fmt.Sprintf("%s F(%d)", choice.Family, k.Out), tile)
}

type winogradKernel struct {
	*convKernel
	sched.Winograd
	transform
	tile         sched.Tile
	down, across int            // tiles
	count        loopir.Index   // tiles in this block
	first        loopir.Index   // number of the first of them
	part         loopir.Index   // which of Split parts of the output channels
	block, lane  loopir.Index   // first output block and lane of the register tile
	v, p, half   *loopir.Buffer // transformed input, products, and a tile transformed in one direction
}

func newWinogradKernel(ck *convKernel, w sched.Winograd, tile sched.Tile) *winogradKernel {
	k := &winogradKernel{convKernel: ck, Winograd: w, transform: transformFor(w.Out), tile: tile}
	k.down, k.across = w.TilesOf(ck.conv.Out)
	places, depth := w.In()*w.In(), ck.conv.In.Blocks()*sched.BlockChannels
	const skew = 16 // rows of v that begin at different cache sets
	k.v = k.Temp("v", loopir.F32, places, w.Block, depth+skew)
	k.p = k.Temp("p", loopir.F32, places, w.Block, tile.Blocks, sched.BlockChannels)
	k.half = k.Temp("half", loopir.F32, w.In(), w.In(), sched.BlockChannels)
	tiles := k.down * k.across
	blocks := (tiles + w.Block - 1) / w.Block
	b := k.grid("t", blocks)
	k.part = k.grid("part", w.Split)
	k.first = b.Mul(w.Block)
	k.count = loopir.C(w.Block).Min(loopir.C(tiles).Sub(k.first))
	return k
}

// eachTile runs body for every tile of the block: its number in the block, the place of its first output pixel, and
// how many rows and columns it shares with the tile before: the last ones lie inside the image, over their neighbours.
func (k *winogradKernel) eachTile(body func(t, y, x, rows, columns loopir.Index)) {
	k.For("t", loopir.C(0), k.count, 1, func(t loopir.Index) {
		along := func(number loopir.Index, extent int) (at, shared loopir.Index) {
			past := number.Mul(k.Out).AddC(k.Out - extent)
			return number.Mul(k.Out).Min(loopir.C(extent - k.Out)), past.Max(loopir.C(0))
		}
		y, rows := along(k.first.Add(t).Div(k.across), k.conv.Out.H)
		x, columns := along(k.first.Add(t).Mod(k.across), k.conv.Out.W)
		body(t, y, x, rows, columns)
	})
}

// transformInput computes v for the channels of each block from lane on.
func (k *winogradKernel) transformInput(lane loopir.Index) {
	f32, side := k.vec(loopir.F32), k.Winograd.In()
	k.eachTile(func(t, y, x, _, _ loopir.Index) {
		k.each("i", k.conv.In.Blocks(), func(i loopir.Index) {
			k.For("c", loopir.C(0), loopir.C(side), 1, func(c loopir.Index) {
				d := make([]loopir.Expr, side)
				for r := range d {
					d[r] = k.Let("d", k.pixel(i, y.AddC(r-k.conv.Top), k.inCol(x).Add(c), lane))
				}
				for r, e := range k.times(k.bt, d) {
					k.Store(k.half, e, loopir.C(r), c, lane)
				}
			})
			k.For("r", loopir.C(0), loopir.C(side), 1, func(r loopir.Index) {
				d := make([]loopir.Expr, side)
				for c := range d {
					d[c] = k.Let("d", loopir.LoadV(f32, k.half, r, loopir.C(c), lane))
				}
				for c, e := range k.times(k.bt, d) {
					k.Store(k.v, e, r.Mul(side).AddC(c), t, i.Mul(sched.BlockChannels).Add(lane))
				}
			})
		})
	})
}

// pixel loads channels of the input, zeros where the row is outside the image.
func (k *winogradKernel) pixel(block, row, column, lane loopir.Index) loopir.Expr {
	f32 := k.vec(loopir.F32)
	if !k.conv.PadsRows() {
		return loopir.LoadV(f32, k.in, k.n, block, row, column, lane)
	}
	last := loopir.C(k.conv.In.H - 1)
	inside := row.AddC(1).Min(last.AddC(1).Sub(row)).Min(loopir.C(1)) // 1, or less outside
	return loopir.LoadN(f32, k.in, inside.Mul(k.target.Lanes), k.n, block, row.Max(loopir.C(0)).Min(last), column, lane)
}

// multiply computes p for the register tile's channels: for each place a product of matrices.
func (k *winogradKernel) multiply() {
	f32, lanes := k.vec(loopir.F32), k.target.Lanes
	depth := k.conv.In.Blocks() * sched.BlockChannels
	k.For("place", loopir.C(0), loopir.C(k.Winograd.In()*k.Winograd.In()), 1, func(place loopir.Index) {
		k.For("m", loopir.C(0), k.count.AddC(k.tile.Pixels-1).Div(k.tile.Pixels), 1, func(m loopir.Index) {
			m = m.Mul(k.tile.Pixels)
			acc := k.Reg("acc", f32, k.tile.Pixels, k.tile.Blocks, k.tile.Subs)
			k.eachVector(k.tile, func(b, s loopir.Index) {
				k.Unroll("t", 0, k.tile.Pixels, func(t loopir.Index) { acc.Set(loopir.Num(f32, 0), t, b, s) })
			})
			k.For("c", loopir.C(0), loopir.C(depth), 1, func(c loopir.Index) {
				w := k.Reg("w", f32, k.tile.Blocks, k.tile.Subs)
				k.eachVector(k.tile, func(b, s loopir.Index) {
					w.Set(loopir.LoadV(f32, k.w, k.block.Add(b), place, c, k.lane.Add(s.Mul(lanes))), b, s)
				})
				k.Unroll("t", 0, k.tile.Pixels, func(t loopir.Index) {
					x := k.Let("x", loopir.SplatOf(lanes, loopir.LoadV(loopir.Scalar(loopir.F32), k.v, place, m.Add(t), c)))
					k.eachVector(k.tile, func(b, s loopir.Index) { acc.Set(loopir.FMAOf(x, w.At(b, s), acc.At(t, b, s)), t, b, s) })
				})
			})
			k.eachVector(k.tile, func(b, s loopir.Index) {
				k.Unroll("t", 0, k.tile.Pixels, func(t loopir.Index) {
					k.Store(k.p, acc.At(t, b, s), place, m.Add(t), b, k.lane.Add(s.Mul(lanes)))
				})
			})
		})
	})
}

// transformOutput writes the results of the register tile's channels.
func (k *winogradKernel) transformOutput() {
	f32, side := k.vec(loopir.F32), k.Winograd.In()
	k.eachTile(func(t, y, x, rows, columns loopir.Index) {
		k.each("b", k.tile.Blocks, func(b loopir.Index) {
			k.Unroll("s", 0, k.tile.Subs, func(s loopir.Index) {
				lane := k.lane.Add(s.Mul(k.target.Lanes))
				k.For("c", loopir.C(0), loopir.C(side), 1, func(c loopir.Index) {
					p := make([]loopir.Expr, side)
					for r := range p {
						p[r] = k.Let("p", loopir.LoadV(f32, k.p, c.AddC(r*side), t, b, lane))
					}
					for r, e := range k.times(k.at, p) {
						k.Store(k.half, e, loopir.C(r), c, lane)
					}
				})
				k.For("r", rows, loopir.C(k.Out), 1, func(r loopir.Index) { // shared rows are the other tile's
					k.outputRow(b, lane, r, y.Add(r), x, columns)
				})
			})
		})
	})
}

// outputRow transforms row r of a tile in the other direction and stores its columns from skip on.
func (k *winogradKernel) outputRow(b, lane, r, y, x, skip loopir.Index) {
	f32 := k.vec(loopir.F32)
	p := make([]loopir.Expr, k.Winograd.In())
	for c := range p {
		p[c] = k.Let("p", loopir.LoadV(f32, k.half, r, loopir.C(c), lane))
	}
	block := k.block.Add(b)
	bias := k.Let("bias", loopir.LoadV(f32, k.b, block, lane))
	for c, e := range k.times(k.at, p) {
		v := k.epilogue.apply(loopir.Add.Of(e, bias), place{Idx: []loopir.Index{k.n, block, y, x.AddC(c)}, Lane: lane})
		count := loopir.C(k.target.Lanes)
		if k.conv.Out.W%k.Out != 0 {
			count = loopir.C(c + 1).Sub(skip).Min(loopir.C(1)).Mul(k.target.Lanes)
		}
		k.put(k.out, count, v, k.n, block, y, x.AddC(k.outLay.Left+c), lane)
	}
	first := loopir.C(1).Sub(x).Max(loopir.C(0)).Mul(k.target.Lanes) // the halo belongs to the tile at the start of the row
	for _, col := range haloColumns(k.outLay, k.conv.Out.W) {
		k.put(k.out, first, loopir.Num(f32, 0), k.n, block, y, loopir.C(col), lane)
	}
}

// winogradWeights derives the transformed weights [O/16][place][I][16 of O] from the packed ones, at start-up.
func (l *lowerer) winogradWeights(packed *Storage, c sched.Conv, w sched.Winograd) *Storage {
	const b = sched.BlockChannels
	t, side := transformFor(w.Out), w.In()
	return l.derive(packed, fmt.Sprintf("F(%d)", w.Out), []int{c.Out.Blocks(), side * side, c.In.Blocks() * b, b}, func(k *kernel, from, to *loopir.Buffer) {
		o, i := k.grid("o", c.Out.Blocks()), k.grid("i", c.In.Blocks())
		k.each("lane", b, func(lane loopir.Index) {
			k.Unroll("v", 0, b/k.target.Lanes, func(v loopir.Index) {
				out := v.Mul(k.target.Lanes)
				g := make([][]loopir.Expr, 3)
				for r := range g {
					for x := range 3 {
						g[r] = append(g[r], k.Let("g", loopir.LoadV(k.vec(loopir.F32), from, o, i, loopir.C(r), lane.AddC(x*b), out)))
					}
				}
				for y := range side {
					half := make([]loopir.Expr, 3)
					for x := range half {
						half[x] = k.Let("h", combine(t.g[y], []loopir.Expr{g[0][x], g[1][x], g[2][x]}, 0, 1))
					}
					for x := range side {
						k.Store(to, combine(t.g[x], half, 0, 1), o, loopir.C(y*side+x), i.Mul(b).Add(lane), out)
					}
				}
			})
		})
	})
}
