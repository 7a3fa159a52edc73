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
	used         sched.Image // of the result
	down, across int         // tiles
	first, count loopir.Index
	half         *loopir.Buffer // a tile transformed in one direction
}

func newWinogradTiles(k *convKernel, w sched.Winograd) *winogradTiles {
	t := &winogradTiles{convKernel: k, Winograd: w, transform: transformFor(w.Out, k.conv.KH, k.conv.SH)}
	t.used = k.conv.Used()
	t.down, t.across = w.TilesOf(t.used)
	t.first, t.count = loopir.C(0), loopir.C(t.down*t.across)
	t.half = k.Temp("half", loopir.F32, w.In, w.In, sched.BlockChannels)
	return t
}

// eachBlock adds the grid dimension over blocks of tiles, of which all but the last are whole register tiles of unit tiles.
func (k *winogradTiles) eachBlock(unit int) {
	tiles := k.down * k.across
	units := (tiles + unit - 1) / unit
	from := func(b loopir.Index) loopir.Index { return b.Mul(units).Div(k.Blocks).Mul(unit) }
	b := k.grid("t", k.Blocks)
	k.first = from(b)
	k.count = loopir.C(k.Block).Min(from(b.AddC(1)).Min(loopir.C(tiles)).Sub(k.first)) // the first minimum tells the verifier
}

// eachTile runs body for every tile of the block: its number in the block, the place of its first output pixel, and
// how many rows and columns it shares with the tile before: the last ones lie inside the image, over their neighbours.
func (k *winogradTiles) eachTile(body func(t, y, x, rows, columns loopir.Index)) {
	k.For("t", loopir.C(0), k.count, 1, func(t loopir.Index) {
		along := func(number loopir.Index, extent int) (at, shared loopir.Index) {
			past := number.Mul(k.Out).AddC(k.Out - extent)
			return number.Mul(k.Out).Min(loopir.C(extent - k.Out)), past.Max(loopir.C(0))
		}
		y, rows := along(k.first.Add(t).Div(k.across), k.used.H)
		x, columns := along(k.first.Add(t).Mod(k.across), k.used.W)
		body(t, y, x, rows, columns)
	})
}

// winogradInput is transformed input: for each place one row of tiles times channels.
type winogradInput struct {
	buf   *loopir.Buffer
	outer []loopir.Index // the sample, where the buffer holds all of them
	depth int            // channels
}

// winogradInputDims are the dimensions of the transformed input of tiles tiles.
func winogradInputDims(places, tiles, depth int) []int {
	const skew = sched.BlockChannels // places begin at different cache sets
	return []int{places, tiles*tileDepth(depth) + skew}
}

// tileDepth is the distance of two tiles: depth, but for one that maps all tiles to the same few cache sets.
func tileDepth(depth int) int {
	if depth%256 == 0 {
		return depth + sched.BlockChannels
	}
	return depth
}

func (v winogradInput) at(place, tile, channel loopir.Index) []loopir.Index {
	return append(append([]loopir.Index{}, v.outer...), place, tile.Mul(tileDepth(v.depth)).Add(channel))
}

// transformInput computes v for the channels of block i. Rows outside the image are zero.
func (k *winogradTiles) transformInput(v winogradInput, i loopir.Index) {
	k.Unroll("v", 0, sched.BlockChannels/k.target.Lanes, func(s loopir.Index) {
		lane := s.Mul(k.target.Lanes)
		k.eachTile(func(t, y, x, _, _ loopir.Index) {
			top, lo, hi := y.Mul(k.conv.SH), loopir.C(0), loopir.C(k.In) // top: the tile's first row of the padded image
			if k.conv.Top > 0 {
				lo = lo.Max(loopir.C(k.conv.Top).Sub(top))
			}
			if k.conv.Bottom() > 0 {
				hi = hi.Min(loopir.C(k.conv.In.H + k.conv.Top).Sub(top))
			}
			k.clearRows(loopir.C(0), lo, lane)
			k.For("r", lo, hi, 1, func(r loopir.Index) { k.transformRow(i, top.Add(r).AddC(-k.conv.Top), r, x, lane) })
			k.clearRows(hi, loopir.C(k.In), lane)
			k.transformColumns(v, t, i.Mul(sched.BlockChannels).Add(lane), lane)
		})
	})
}

// clearRows zeroes rows lo to hi of the half transformed tile.
func (k *winogradTiles) clearRows(lo, hi, lane loopir.Index) {
	k.For("r", lo, hi, 1, func(r loopir.Index) {
		for c := range k.In {
			k.Store(k.half, loopir.Num(k.vec(loopir.F32), 0), r, loopir.C(c), lane)
		}
	})
}

// transformRow transforms row r of a tile, which is row y of the image, along the row.
func (k *winogradTiles) transformRow(block, y, r, x, lane loopir.Index) {
	d := make([]loopir.Expr, k.In)
	for c := range d {
		d[c] = k.Let("d", k.load(k.in, k.n, block, y, k.inCol(x).AddC(c), lane))
	}
	for c, e := range k.times(k.bt, d) {
		k.Store(k.half, e, r, loopir.C(c), lane)
	}
}

// transformColumns transforms the rows of tile t in the other direction.
func (k *winogradTiles) transformColumns(v winogradInput, t, channel, lane loopir.Index) {
	side := k.In
	k.For("c", loopir.C(0), loopir.C(side), 1, func(c loopir.Index) {
		d := make([]loopir.Expr, side)
		for r := range d {
			d[r] = k.Let("d", loopir.LoadV(k.vec(loopir.F32), k.half, loopir.C(r), c, lane))
		}
		for r, e := range k.times(k.bt, d) {
			k.Store(v.buf, e, v.at(c.AddC(r*side), t, channel)...)
		}
	})
}

// winogradInput emits the first stage as a step of its own and returns its result, [N, place, tile, channel].
func (l *lowerer) winogradInput(n *ir.Node, c sched.Conv, in *Storage, w sched.Winograd) (*Storage, error) {
	k := newKernel("winograd-input", l.target)
	ck := &convKernel{kernel: k, conv: c, in: k.in(in), inLayout: in.Layout}
	depth := c.In.Blocks() * sched.BlockChannels
	out := &Storage{Name: in.Name + " transformed", Elem: loopir.F32, Dims: append([]int{in.Dims[0]}, winogradInputDims(w.In*w.In, w.Block, depth)...)}
	buf := k.out(out)
	ck.n = k.samples(out)
	block := k.grid("i", c.In.Blocks())
	newWinogradTiles(ck, w).transformInput(winogradInput{buf, []loopir.Index{ck.n}, depth}, block)
	return out, l.emitInput(k, n, "winograd-input")
}
