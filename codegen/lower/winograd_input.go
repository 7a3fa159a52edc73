package lower

import (
	"nncc/codegen/loopir"
	"nncc/codegen/sched"
	"nncc/ir"
)

// winogradTiles is what the stages of a Winograd convolution share: how tiles cover the image.
type winogradTiles struct {
	*convKernel
	sched.Winograd
	transform
	down, across int         // tiles
	first, count loopir.Index
	half         *loopir.Buffer // a tile transformed in one direction
}

func newWinogradTiles(k *convKernel, w sched.Winograd) *winogradTiles {
	t := &winogradTiles{convKernel: k, Winograd: w, transform: transformFor(w.Out)}
	t.down, t.across = w.TilesOf(k.conv.Out)
	t.first, t.count = loopir.C(0), loopir.C(t.down*t.across)
	t.half = k.Temp("half", loopir.F32, w.In(), w.In(), sched.BlockChannels)
	return t
}

// eachBlock adds the grid dimension over blocks of tiles.
func (k *winogradTiles) eachBlock() {
	tiles := k.down * k.across
	k.first = k.grid("t", (tiles+k.Block-1)/k.Block).Mul(k.Block)
	k.count = loopir.C(k.Block).Min(loopir.C(tiles).Sub(k.first))
}

// eachTile runs body for every tile of the block: its number in the block, the place of its first output pixel, and
// how many rows and columns it shares with the tile before: the last ones lie inside the image, over their neighbours.
func (k *winogradTiles) eachTile(body func(t, y, x, rows, columns loopir.Index)) {
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

// winogradInput is transformed input [..., place, tile, channel].
type winogradInput struct {
	buf   *loopir.Buffer
	outer []loopir.Index // the sample, where the buffer holds all of them
}

func (v winogradInput) at(place, tile, channel loopir.Index) []loopir.Index {
	return append(append([]loopir.Index{}, v.outer...), place, tile, channel)
}

// winogradSkew is added to the rows of transformed input, so that those of different places begin at different cache sets.
const winogradSkew = 16

// transformInput computes v for the channels of block i.
func (k *winogradTiles) transformInput(v winogradInput, i loopir.Index) {
	f32, side := k.vec(loopir.F32), k.In()
	k.Unroll("v", 0, sched.BlockChannels/k.target.Lanes, func(s loopir.Index) {
		lane := s.Mul(k.target.Lanes)
		k.eachTile(func(t, y, x, _, _ loopir.Index) {
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
					k.Store(v.buf, e, v.at(r.Mul(side).AddC(c), t, i.Mul(sched.BlockChannels).Add(lane))...)
				}
			})
		})
	})
}

// pixel loads channels of the input, zeros where the row is outside the image.
func (k *convKernel) pixel(block, row, column, lane loopir.Index) loopir.Expr {
	f32 := k.vec(loopir.F32)
	if !k.conv.PadsRows() {
		return loopir.LoadV(f32, k.in, k.n, block, row, column, lane)
	}
	last := loopir.C(k.conv.In.H - 1)
	inside := row.AddC(1).Min(last.AddC(1).Sub(row)).Min(loopir.C(1)) // 1, or less outside
	return loopir.LoadN(f32, k.in, inside.Mul(k.target.Lanes), k.n, block, row.Max(loopir.C(0)).Min(last), column, lane)
}

// winogradInput emits the first stage as a step of its own and returns its result, [N, place, tile, channel].
func (l *lowerer) winogradInput(n *ir.Node, c sched.Conv, in *Storage, w sched.Winograd) (*Storage, error) {
	k := newKernel("winograd-input", l.target)
	ck := &convKernel{kernel: k, conv: c, in: k.in(in), inLayout: in.Layout}
	out := &Storage{Name: in.Name + " transformed", Elem: loopir.F32,
		Dims: []int{in.Dims[0], w.In() * w.In(), w.Block, c.In.Blocks()*sched.BlockChannels + winogradSkew}}
	buf := k.out(out)
	ck.n = k.samples(out)
	block := k.grid("i", c.In.Blocks())
	newWinogradTiles(ck, w).transformInput(winogradInput{buf, []loopir.Index{ck.n}}, block)
	if err := l.emit(k, nil, "winograd-input", sched.Tile{}); err != nil {
		return nil, err
	}
	l.steps[len(l.steps)-1].Name = n.Name + " input"
	return out, nil
}
