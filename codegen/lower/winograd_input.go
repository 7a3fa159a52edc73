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
	rows, columns transform   // of the rows of a column, and of the columns of a row
	used          sched.Image // of the result
	down, across  int         // tiles
	first, count  loopir.Index
	half          *loopir.Buffer // a tile transformed in one direction
}

// transformsFor are the transforms of c in tiles of w: of the rows of a column, and of the columns of a row.
func transformsFor(c sched.Conv, w sched.Winograd) (rows, columns transform) {
	return transformFor(w.OutH, c.KH, c.SH), transformFor(w.OutW, c.KW, c.SW)
}

func newWinogradTiles(k *convKernel, w sched.Winograd) *winogradTiles {
	t := &winogradTiles{convKernel: k, Winograd: w, used: k.conv.Used()}
	t.rows, t.columns = transformsFor(k.conv, w)
	t.down, t.across = w.TilesOf(t.used)
	t.first, t.count = loopir.C(0), loopir.C(t.down*t.across)
	t.half = k.Temp("half", loopir.F32, w.InH, w.InW, sched.BlockChannels)
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
		along := func(number loopir.Index, out, extent int) (at, shared loopir.Index) {
			past := number.Mul(out).AddC(out - extent)
			return number.Mul(out).Min(loopir.C(extent - out)), past.Max(loopir.C(0))
		}
		y, rows := along(k.first.Add(t).Div(k.across), k.OutH, k.used.H)
		x, columns := along(k.first.Add(t).Mod(k.across), k.OutW, k.used.W)
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
			top, lo, hi := y.Mul(k.conv.SH), loopir.C(0), loopir.C(k.InH) // top: the tile's first row of the padded image
			if k.conv.Top > 0 {
				lo = lo.Max(loopir.C(k.conv.Top).Sub(top))
			}
			if k.conv.Bottom() > 0 {
				hi = hi.Min(loopir.C(k.conv.In.H + k.conv.Top).Sub(top))
			}
			k.clearRows(loopir.C(0), lo, lane)
			k.For("r", lo, hi, 1, func(r loopir.Index) { k.transformRow(i, top.Add(r).AddC(-k.conv.Top), r, x, lane) })
			k.clearRows(hi, loopir.C(k.InH), lane)
			k.transformColumns(v, t, i.Mul(sched.BlockChannels).Add(lane), lane)
		})
	})
}

// clearRows zeroes rows lo to hi of the half transformed tile.
func (k *winogradTiles) clearRows(lo, hi, lane loopir.Index) {
	k.For("r", lo, hi, 1, func(r loopir.Index) {
		for c := range k.InW {
			k.Store(k.half, loopir.Num(k.vec(loopir.F32), 0), r, loopir.C(c), lane)
		}
	})
}

// transformRow transforms row r of a tile, which is row y of the image, along the row.
func (k *winogradTiles) transformRow(block, y, r, x, lane loopir.Index) {
	d := make([]loopir.Expr, k.InW)
	for c := range d {
		d[c] = k.Let("d", k.load(k.in, k.n, block, y, k.inCol(x).AddC(c), lane))
	}
	for c, e := range k.times(k.columns.bt, d) {
		k.Store(k.half, e, r, loopir.C(c), lane)
	}
}

// transformColumns transforms the rows of tile t in the other direction.
func (k *winogradTiles) transformColumns(v winogradInput, t, channel, lane loopir.Index) {
	k.For("c", loopir.C(0), loopir.C(k.InW), 1, func(c loopir.Index) {
		d := make([]loopir.Expr, k.InH)
		for r := range d {
			d[r] = k.Let("d", loopir.LoadV(k.vec(loopir.F32), k.half, loopir.C(r), c, lane))
		}
		for r, e := range k.times(k.rows.bt, d) {
			k.Store(v.buf, e, v.at(c.AddC(r*k.InW), t, channel)...)
		}
	})
}

// winogradInput emits the first stage as a step of its own and returns its result, [N, place, tile, channel].
func (l *lowerer) winogradInput(n *ir.Node, c sched.Conv, in *Storage, w sched.Winograd) (*Storage, error) {
	k := newKernel("winograd-input", l.target)
	ck := &convKernel{kernel: k, conv: c, in: k.in(in), inLayout: in.Layout}
	depth := c.In.Blocks() * sched.BlockChannels
	out := &Storage{Name: in.Name + " transformed", Elem: loopir.F32, Dims: append([]int{in.Dims[0]}, winogradInputDims(w.Places(), w.Block, depth)...)}
	buf := k.out(out)
	ck.n = k.samples(out)
	block := k.grid("i", c.In.Blocks())
	newWinogradTiles(ck, w).transformInput(winogradInput{buf, []loopir.Index{ck.n}, depth}, block)
	return out, l.emitInput(k, n, "winograd-input")
}
