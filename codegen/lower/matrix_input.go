package lower

import (
	"slices"

	"nncc/codegen/loopir"
	"nncc/codegen/sched"
	"nncc/ir"
)

// matrixBand is what the stages of a convolution by matrices share: how bands cover the image, and where packed rows lie.
type matrixBand struct {
	*convKernel
	sched.Matrix
	sched.MatrixShape
	tile                    sched.Tile
	folded                  *sched.Conv  // what conv was before it was folded; nil if the image is blocked
	depth                   int          // matrices of channels
	rowPhases, columnPhases []int        // of the stride
	first                   loopir.Index // row of the band
	firstUnit, shared       loopir.Index // first row of the band and rows it shares, as windows of a pool count them
}

func newMatrixBand(k *convKernel, choice sched.ConvChoice) *matrixBand {
	t := &matrixBand{convKernel: k, Matrix: choice.Matrix, tile: choice.Tiles[0], first: loopir.C(0), firstUnit: loopir.C(0), shared: loopir.C(0)}
	if choice.In == sched.Planar {
		c := k.conv
		t.folded, k.conv = &c, c.Folded()
	}
	t.MatrixShape = k.conv.ShapeFor(t.Band, t.tile.Pixels)
	t.depth = k.conv.In.Matrices()
	t.rowPhases, t.columnPhases = k.conv.MatrixPhases()
	return t
}

// eachBand adds the grid dimension over bands. The last one lies inside the image, and shares rows with the one before.
func (k *matrixBand) eachBand() {
	// In rows of windows, so that it is plain that those stay together.
	high := max(k.conv.PoolH, 1)
	height, band := k.conv.Used().H/high, k.Band/high
	at := k.grid("y", ceilDiv(height, band)).Mul(band)
	k.firstUnit, k.shared = at, loopir.C(0)
	if height%band != 0 {
		k.firstUnit = at.Min(loopir.C(height - band))
		k.shared = at.Sub(k.firstUnit)
	}
	k.first = k.firstUnit.Mul(high)
}

// matrixInput is packed input: [channels/32, term, phase, position, 32 channels].
type matrixInput struct {
	buf   *loopir.Buffer
	outer []loopir.Index // the sample, where the buffer holds all of them
}

func (v matrixInput) at(idx ...loopir.Index) []loopir.Index {
	return append(slices.Clone(v.outer), idx...)
}

func (k *matrixBand) inputDims() []int {
	return []int{k.depth, k.Terms, len(k.rowPhases) * len(k.columnPhases), k.Packed(), sched.MatrixDepth}
}

// phaseOf is the number of the phase that a kernel place reads.
func (k *matrixBand) phaseOf(kh loopir.Index, kw int) loopir.Index {
	column := slices.Index(k.columnPhases, kw*k.conv.DW%k.conv.SW)
	if len(k.rowPhases) == 1 {
		return loopir.C(column)
	}
	// With more than one row phase they come in the order of kernel rows, again and again.
	return kh.Mod(len(k.rowPhases)).Mul(len(k.columnPhases)).AddC(column)
}

// offsetOf is the distance of the position that a kernel place reads from that of the result.
func (k *matrixBand) offsetOf(kh loopir.Index, kw int) loopir.Index {
	return kh.Mul(k.conv.DH).Div(k.conv.SH).Mul(k.Pitch).AddC(kw * k.conv.DW / k.conv.SW)
}

// pack fills v with the rows of the band. Rows outside the image are zero, and so are channels that fill up a matrix.
func (k *matrixBand) pack(v matrixInput) {
	if k.folded != nil {
		for i := range k.depth { // each gathers other columns
			k.packPair(v, loopir.C(i), 2)
		}
		return
	}
	blocks := k.conv.In.Blocks()
	k.each("i", blocks/2, func(i loopir.Index) { k.packPair(v, i, 2) })
	if blocks%2 == 1 {
		k.packPair(v, loopir.C(k.depth-1), 1)
	}
}

// packPair fills in matrix i of channels, of which there are one or two blocks.
func (k *matrixBand) packPair(v matrixInput, i loopir.Index, blocks int) {
	c := k.conv
	for pr, rowPhase := range k.rowPhases {
		rows := k.Band + ((c.KH-1)*c.DH-rowPhase)/c.SH
		// Row r is row (first + r)*stride + phase of the padded image.
		lo := loopir.C(ceilDiv(max(c.Top-rowPhase, 0), c.SH)).Sub(k.first).Max(loopir.C(0)).Min(loopir.C(rows))
		hi := loopir.C((c.In.H - 1 + c.Top - rowPhase + c.SH) / c.SH).Sub(k.first).Max(loopir.C(0)).Min(loopir.C(rows))
		for pc, columnPhase := range k.columnPhases {
			width := c.Used().W + ((c.KW-1)*c.DW-columnPhase)/c.SW
			phase := loopir.C(pr*len(k.columnPhases) + pc)
			row := func(lo, hi loopir.Index, terms func(r, x loopir.Index) []loopir.Expr) {
				k.For("r", lo, hi, 1, func(r loopir.Index) {
					k.each("x", width, func(x loopir.Index) {
						for t, e := range terms(r, x) {
							k.Builder.Store(v.buf, e, v.at(i, loopir.C(t), phase, r.Mul(k.Pitch).Add(x), loopir.C(0))...)
						}
					})
				})
			}
			outside := func(loopir.Index, loopir.Index) []loopir.Expr { return k.zeros() }
			row(loopir.C(0), lo, outside)
			row(lo, hi, func(r, x loopir.Index) []loopir.Expr {
				y := k.first.Add(r).Mul(c.SH).AddC(rowPhase - c.Top)
				if k.folded != nil {
					return k.split(k.gather(i.Const, y, x))[:k.Terms]
				}
				return k.split(k.channels(i, blocks, y, k.inCol(x).AddC(columnPhase)))[:k.Terms]
			})
			row(hi, loopir.C(rows), outside)
		}
	}
}

// channels reads those of one pixel that a matrix holds.
func (k *matrixBand) channels(i loopir.Index, blocks int, y, x loopir.Index) loopir.Expr {
	t := loopir.Vec(k.in.Elem, sched.BlockChannels)
	load := func(block loopir.Index) loopir.Expr { return loopir.LoadV(t, k.in, k.n, block, y, x, loopir.C(0)) }
	upper := loopir.Num(t, 0)
	if blocks == 2 {
		upper = load(i.Mul(2).AddC(1))
	}
	return sideBySide(load(i.Mul(2)), upper)
}

// gather reads what a kernel row sees of row y of a planar image for column x of the result: the part that matrix i holds.
func (k *matrixBand) gather(i int, y, x loopir.Index) loopir.Expr {
	c, lanes := k.folded, sched.FoldLanes
	t, parts := loopir.Vec(loopir.F32, lanes), ceilDiv(c.KW, lanes)
	var groups []loopir.Expr
	for g := range sched.MatrixDepth / lanes {
		number := i*sched.MatrixDepth/lanes + g
		channel, column := number/parts, number%parts*lanes
		if channel >= c.In.C {
			groups = append(groups, loopir.Num(t, 0))
			continue
		}
		at := []loopir.Index{k.n, loopir.C(channel), y, x.Mul(c.SW).AddC(k.inLayout.Left - c.Left + column)}
		groups = append(groups, loopir.LoadN(t, k.in, loopir.C(min(lanes, c.KW-column)), at...))
	}
	for len(groups) > 1 {
		joined := len(groups) / 2
		for g := range joined {
			groups[g] = sideBySide(groups[2*g], groups[2*g+1])
		}
		groups = groups[:joined]
	}
	return groups[0]
}

// sideBySide is the lanes of two vectors of one type, one after the other.
func sideBySide(low, high loopir.Expr) loopir.Expr {
	mask := make([]int, 2*low.Type().Lanes)
	for i := range mask {
		mask[i] = i
	}
	return loopir.ShuffleOf(low, high, mask...)
}

// zeros stand for zero.
func (k *matrixBand) zeros() []loopir.Expr {
	zero := loopir.Num(loopir.Vec(loopir.BF16, sched.MatrixDepth), 0)
	return []loopir.Expr{zero, zero}[:k.Terms]
}

// split returns the bf16 that stand for the numbers of x: themselves, or what is left of f32 after rounding too.
func (k *kernel) split(x loopir.Expr) []loopir.Expr {
	if x.Type().Elem == loopir.BF16 {
		return []loopir.Expr{x}
	}
	x = k.Let("x", x)
	upper := k.Let("upper", loopir.NarrowOf(x))
	return []loopir.Expr{upper, loopir.NarrowOf(loopir.Sub.Of(x, loopir.ConvertTo(loopir.F32, upper)))}
}

// packedImage tells packed images apart, and images of picked pixels, which have no shape of matrices.
type packedImage struct {
	in     *Storage
	shape  sched.MatrixShape
	window [8]int // kernel, stride, dilation, padding
}

// matrixInput emits the first stage as a step of its own and returns its result, [N, channels/32, term, phase, position, 32].
// Convolutions that see an image alike share it.
func (l *lowerer) matrixInput(n *ir.Node, c sched.Conv, in *Storage, choice sched.ConvChoice) (*Storage, error) {
	k := newKernel("matrix-input", l.target)
	ck := &convKernel{kernel: k, conv: c, in: k.in(in), inLayout: in.Layout}
	band := newMatrixBand(ck, choice)
	out := &Storage{Name: in.Name + " packed", Elem: loopir.BF16, Dims: append([]int{in.Dims[0]}, band.inputDims()...)}
	key := packedImage{in, band.MatrixShape, [8]int{c.KH, c.KW, c.SH, c.SW, c.DH, c.DW, c.Top, c.Left}}
	if s, ok := l.images[key]; ok {
		return s, nil
	}
	l.images[key] = out
	buf := k.out(out)
	ck.n = k.samples(out)
	v := matrixInput{buf, []loopir.Index{ck.n}}
	i, pairs := k.grid("i", band.depth), c.In.Blocks()/2
	k.For("pair", i, i.AddC(1).Min(loopir.C(pairs)), 1, func(i loopir.Index) { band.packPair(v, i, 2) })
	if pairs < band.depth {
		k.For("last", loopir.C(pairs), i.AddC(1), 1, func(i loopir.Index) { band.packPair(v, i, 1) })
	}
	return out, l.emitInput(k, n, "matrix-input")
}
