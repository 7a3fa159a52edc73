package lower

import (
	"nncc/codegen/loopir"
	"nncc/codegen/sched"
)

// winogradRows is Winograd's filtering F(m, kernel rows) down the columns of a planar image, which m rows of the result
// have in common: their input rows are transformed, each transformed row is convolved with the kernel's rows, which are
// transformed too, and the products are transformed back. Along the row the convolution stays as it is.
type winogradRows struct {
	*convKernel
	transform
	places int
	first  loopir.Index   // first of the m rows
	shared loopir.Index   // how many of them the group before computes as well
	rows   *loopir.Buffer // transformed input rows [place, channel, column in memory]
}

// newWinogradRows adds the grid dimension over groups of rows. The last group lies inside the image, over the one before.
func newWinogradRows(ck *convKernel, w sched.Winograd) *winogradRows {
	c := ck.conv
	k := &winogradRows{convKernel: ck, transform: transformFor(w.Out, c.KH, c.SH), places: w.In}
	height := c.Used().H
	g := k.grid("y", (height+w.Out-1)/w.Out).Mul(w.Out)
	k.first, k.shared = g, loopir.C(0)
	if height%w.Out != 0 {
		k.first = g.Min(loopir.C(height - w.Out))
		k.shared = g.Sub(k.first)
	}
	lanes, width := k.target.Lanes, k.inLayout.Left+c.In.W+k.inLayout.Right
	k.rows = k.Temp("rows", loopir.F32, w.In, c.In.C, (width+lanes-1)/lanes*lanes)
	return k
}

// transformRows computes rows for the whole width of the image. Rows outside it are zero.
func (k *winogradRows) transformRows() {
	c, width := k.conv, k.inLayout.Left+k.conv.In.W+k.inLayout.Right
	k.each("i", c.In.C, func(i loopir.Index) {
		k.vectors(width, func(x, count loopir.Index) {
			d := make([]loopir.Expr, k.places)
			for r := range d {
				d[r] = k.Let("d", k.rowOf(i, k.first.Mul(c.SH).AddC(r-c.Top), x, count))
			}
			for p, e := range k.times(k.bt, d) {
				k.Store(k.rows, e, loopir.C(p), i, x)
			}
		})
	})
}

// rowOf loads count lanes of a row, none where it is outside the image.
func (k *winogradRows) rowOf(i, row, x, count loopir.Index) loopir.Expr {
	if !k.conv.PadsRows() {
		return k.get(k.in, count, k.n, i, row, x)
	}
	last := loopir.C(k.conv.In.H - 1)
	inside := row.AddC(1).Min(last.AddC(1).Sub(row)).Min(loopir.C(1)) // 1, or less outside
	lanes, _ := count.IsConst()
	return loopir.LoadN(k.vec(loopir.F32), k.in, inside.Mul(lanes), k.n, i, row.Max(loopir.C(0)).Min(last), x)
}

// eachOwn runs body for each group of size neighbouring rows that this group of rows computes alone: q is the number of
// the group, y the row of the result it becomes.
func (k *winogradRows) eachOwn(size int, body func(q int, y loopir.Index)) {
	for q := range len(k.at) / size {
		y := k.first.Div(size).AddC(q)
		if n, known := k.shared.IsConst(); known && n == 0 {
			body(q, y)
			continue
		}
		k.For("own", k.shared.AddC(-q*size).Max(loopir.C(0)).Min(loopir.C(1)), loopir.C(1), 1, func(loopir.Index) { body(q, y) })
	}
}

// deriveRows derives kernels transformed along their columns from packed ones, one vector of lanes channels after the
// other. each calls body for every vector, with its place in the packed memory given a kernel row, and its place in the
// derived memory given a place of the transform.
func (l *lowerer) deriveRows(packed *Storage, c sched.Conv, w sched.Winograd, dims []int, lanes int,
	each func(k *kernel, body func(from, to func(row loopir.Index) []loopir.Index))) *Storage {
	t := transformFor(w.Out, c.KH, c.SH)
	return l.derive(packed, "rows "+w.Form(c), dims, func(k *kernel, from, to *loopir.Buffer) {
		each(k, func(source, target func(row loopir.Index) []loopir.Index) {
			g := make([]loopir.Expr, c.KH)
			for r := range g {
				g[r] = k.Let("g", loopir.LoadV(loopir.Vec(loopir.F32, lanes), from, source(loopir.C(r))...))
			}
			for p := range w.In {
				k.Store(to, combine(t.g[p], g, 0, 1), target(loopir.C(p))...)
			}
		})
	})
}
