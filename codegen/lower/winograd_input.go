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
	down, across sched.Axis // tiles
	first, count loopir.Index
	half         *loopir.Buffer // a tile transformed in one direction
}

// transformsFor are the transforms of c in tiles of w: of the rows of a column, and of the columns of a row.
func transformsFor(c sched.Conv, w sched.Winograd) (rows, columns transform) {
	return transformFor(w.OutH, c.KH, c.SH), transformFor(w.OutW, c.KW, c.SW)
}

func newWinogradTiles(k *convKernel, w sched.Winograd) *winogradTiles {
	t := &winogradTiles{convKernel: k, Winograd: w}
	t.down, t.across = w.Axes(k.conv)
	t.first, t.count = loopir.C(0), loopir.C(t.down.Tiles*t.across.Tiles)
	t.half = k.Temp("half", loopir.F32, w.InH, w.InW, sched.BlockChannels)
	return t
}

// winogradTile is one tile of an image: its size and transforms, its first result, and how many rows and columns of them it shares with
// the tile before, if it lies over it.
type winogradTile struct {
	rows, columns             sched.Side
	ofRows, ofColumns         transform
	y, x                      loopir.Index
	sharedRows, sharedColumns loopir.Index
	number                    func(across int) loopir.Index // among those of the block that have some place, so many across
}

// eachBlock adds the grid dimension over blocks of tiles, of which all but the last are whole register tiles of unit tiles.
func (k *winogradTiles) eachBlock(unit int) {
	tiles := k.down.Tiles * k.across.Tiles
	units := (tiles + unit - 1) / unit
	from := func(b loopir.Index) loopir.Index { return b.Mul(units).Div(k.Blocks).Mul(unit) }
	b := k.grid("t", k.Blocks)
	k.first = from(b)
	k.count = loopir.C(k.Block).Min(from(b.AddC(1)).Min(loopir.C(tiles)).Sub(k.first)) // the first minimum tells the verifier
}

// eachTile runs body for every tile of the block.
func (k *winogradTiles) eachTile(body func(t winogradTile)) {
	if k.Trims {
		for _, rows := range k.down.Sizes() {
			for _, columns := range k.across.Sizes() {
				k.eachTrimmed(rows, columns, body)
			}
		}
		return
	}
	t := winogradTile{rows: k.down.All, columns: k.across.All}
	t.ofRows, t.ofColumns = transformsFor(k.conv, k.Winograd)
	used := k.conv.Used()
	k.For("t", loopir.C(0), k.count, 1, func(number loopir.Index) {
		along := func(number loopir.Index, out, extent int) (at, shared loopir.Index) {
			at = number.Mul(out).Min(loopir.C(extent - out)) // tells the verifier, where no tile is over another
			if extent%out == 0 {
				return at, loopir.C(0)
			}
			return at, number.Mul(out).AddC(out - extent).Max(loopir.C(0))
		}
		t.number = func(int) loopir.Index { return number }
		t.y, t.sharedRows = along(k.first.Add(number).Div(k.across.Tiles), k.OutH, used.H)
		t.x, t.sharedColumns = along(k.first.Add(number).Mod(k.across.Tiles), k.OutW, used.W)
		body(t)
	})
}

// eachTrimmed runs body for tiles of one size.
func (k *winogradTiles) eachTrimmed(rows, columns sched.SizedTiles, body func(t winogradTile)) {
	none := loopir.C(0)
	t := winogradTile{rows: rows.Side, columns: columns.Side, sharedRows: none, sharedColumns: none}
	t.ofRows, t.ofColumns = trimmed(rows.Out, k.OutH, k.conv.KH, k.conv.SH), trimmed(columns.Out, k.OutW, k.conv.KW, k.conv.SW)
	k.For("down", loopir.C(rows.From), loopir.C(rows.To), 1, func(down loopir.Index) {
		k.For("across", loopir.C(columns.From), loopir.C(columns.To), 1, func(across loopir.Index) {
			t.number = func(tiles int) loopir.Index { return down.Mul(tiles).Add(across) }
			t.y, t.x = down.Mul(k.OutH), across.Mul(k.OutW)
			body(t)
		})
	})
}

// eachColumn runs body for every column of t's places, with the number that t has among the tiles which share them.
func (k *winogradTiles) eachColumn(t winogradTile, body func(c, number loopir.Index)) {
	for _, p := range k.across.Places() {
		if to := min(p.To, t.columns.In); p.From < to {
			k.For("c", loopir.C(p.From), loopir.C(to), 1, func(c loopir.Index) { body(c, t.number(p.Tiles)) })
		}
	}
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
		k.eachTile(func(t winogradTile) {
			top, lo, hi := t.y.Mul(k.conv.SH), loopir.C(0), loopir.C(t.rows.In) // top: the tile's first row of the padded image
			if k.conv.Top > 0 {
				lo = lo.Max(loopir.C(k.conv.Top).Sub(top))
			}
			if k.conv.Bottom() > 0 {
				hi = hi.Min(loopir.C(k.conv.In.H + k.conv.Top).Sub(top))
			}
			above, below := lo, hi
			if k.conv.Top > k.down.Last.In || k.conv.In.H+k.conv.Top < (k.conv.Used().H-1)*k.conv.SH { // some tile may see nothing of the image
				above, below = lo.Min(loopir.C(t.rows.In)), hi.Max(loopir.C(0))
			}
			k.clearRows(t, loopir.C(0), above, lane)
			k.For("r", lo, hi, 1, func(r loopir.Index) { k.transformRow(t, i, top.Add(r).AddC(-k.conv.Top), r, lane) })
			k.clearRows(t, below, loopir.C(t.rows.In), lane)
			k.transformColumns(t, v, i.Mul(sched.BlockChannels).Add(lane), lane)
		})
	})
}

// clearRows zeroes rows lo to hi of the half transformed tile.
func (k *winogradTiles) clearRows(t winogradTile, lo, hi, lane loopir.Index) {
	k.For("r", lo, hi, 1, func(r loopir.Index) {
		for c := range t.columns.In {
			k.Store(k.half, loopir.Num(k.vec(loopir.F32), 0), r, loopir.C(c), lane)
		}
	})
}

// transformRow transforms row r of a tile, which is row y of the image, along the row.
func (k *winogradTiles) transformRow(t winogradTile, block, y, r, lane loopir.Index) {
	d := make([]loopir.Expr, t.columns.In)
	for c := range d {
		d[c] = k.Let("d", k.load(k.in, k.n, block, y, k.inCol(t.x).AddC(c), lane))
	}
	for c, e := range k.times(t.ofColumns.bt, d) {
		k.Store(k.half, e, r, loopir.C(c), lane)
	}
}

// transformColumns transforms the rows of a tile in the other direction.
func (k *winogradTiles) transformColumns(t winogradTile, v winogradInput, channel, lane loopir.Index) {
	k.eachColumn(t, func(c, number loopir.Index) {
		d := make([]loopir.Expr, t.rows.In)
		for r := range d {
			d[r] = k.Let("d", loopir.LoadV(k.vec(loopir.F32), k.half, loopir.C(r), c, lane))
		}
		for r, e := range k.times(t.ofRows.bt, d) {
			k.Store(v.buf, e, v.at(c.AddC(r*k.InW), number, channel)...)
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
