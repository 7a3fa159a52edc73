package lower

import (
	"nncc/codegen/loopir"
	"nncc/codegen/sched"
)

// rowGroups is Winograd's filtering F(m, kernel rows) down the columns of an image, which m rows of the result have in
// common: their input rows are transformed, each transformed row is convolved with the kernel's rows, which are
// transformed too, and the products are transformed back. Along the row the convolution stays as it is.
type rowGroups struct {
	*convKernel
	transform
	places int
	first  loopir.Index // first of the m rows
	shared loopir.Index // how many of them the group before computes as well
}

// newRowGroups adds the grid dimension over groups of rows. The last group lies inside the image, over the one before.
func newRowGroups(ck *convKernel, w sched.Winograd) *rowGroups {
	c := ck.conv
	k := &rowGroups{convKernel: ck, transform: transformFor(w.OutH, c.KH, c.SH), places: w.InH}
	height := c.Used().H
	g := k.grid("y", (height+w.OutH-1)/w.OutH).Mul(w.OutH)
	k.first, k.shared = g, loopir.C(0)
	if height%w.OutH != 0 {
		k.first = g.Min(loopir.C(height - w.OutH))
		k.shared = g.Sub(k.first)
	}
	return k
}

// row loads count lanes of input row r of the group, from where at says that they are in a row of the image; none where the
// row is outside.
func (k *rowGroups) row(r int, count loopir.Index, at func(row loopir.Index) []loopir.Index) loopir.Expr {
	c := k.conv
	row := k.first.Mul(c.SH).AddC(r - c.Top)
	if lowest, highest := r-c.Top, (c.Used().H-len(k.at))*c.SH+r-c.Top; lowest >= 0 && highest < c.In.H {
		return k.get(k.in, count, at(row)...)
	}
	last := loopir.C(c.In.H - 1)
	inside := row.AddC(1).Min(last.AddC(1).Sub(row)).Min(loopir.C(1)) // 1, or less outside
	lanes, _ := count.IsConst()
	return k.get(k.in, inside.Mul(lanes), at(row.Max(loopir.C(0)).Min(last))...)
}

// winogradRows are rowGroups of a planar image with the transformed rows in memory.
type winogradRows struct {
	*rowGroups
	rows *loopir.Buffer // [place, channel, column in memory]
}

func newWinogradRows(ck *convKernel, w sched.Winograd) *winogradRows {
	k := &winogradRows{rowGroups: newRowGroups(ck, w)}
	lanes, width := k.target.Lanes, k.inLayout.Left+ck.conv.In.W+k.inLayout.Right
	k.rows = k.Temp("rows", loopir.F32, w.InH, ck.conv.In.C, (width+lanes-1)/lanes*lanes)
	return k
}

// transformRows computes rows for the whole width of the image. Rows outside it are zero.
func (k *winogradRows) transformRows() {
	width := k.inLayout.Left + k.conv.In.W + k.inLayout.Right
	k.each("i", k.conv.In.C, func(i loopir.Index) {
		k.vectors(width, func(x, count loopir.Index) {
			d := make([]loopir.Expr, k.places)
			for r := range d {
				d[r] = k.Let("d", k.row(r, count, func(row loopir.Index) []loopir.Index { return []loopir.Index{k.n, i, row, x} }))
			}
			for p, e := range k.times(k.bt, d) {
				k.Store(k.rows, e, loopir.C(p), i, x)
			}
		})
	})
}

// eachOwn runs body for each group of size neighbouring rows that this group of rows computes alone: q is the number of
// the group, y the row of the result it becomes.
func (k *rowGroups) eachOwn(size int, body func(q int, y loopir.Index)) {
	for q := range len(k.at) / size {
		y := k.first.Div(size).AddC(q)
		k.owned(k.owns(q*size), func() { body(q, y) })
	}
}

// owned runs body if own is 1, and not if it is 0 or less. It is a branch, as masked stores take some twelve cycles with AVX2.
func (k *kernel) owned(own loopir.Index, body func()) {
	if own.Equal(loopir.C(1)) {
		body()
		return
	}
	k.For("own", loopir.C(0), own, 1, func(loopir.Index) { body() })
}

// owns is 1 if this group of rows computes its row q alone, and 0 if the group before computes it as well.
func (k *rowGroups) owns(q int) loopir.Index {
	m := len(k.at)
	if most := (m - k.conv.Used().H%m) % m; q >= most {
		return loopir.C(1)
	}
	return loopir.C(1).Sub(k.shared.AddC(-q).Max(loopir.C(0)).Min(loopir.C(1)))
}

// deriveRows derives kernels transformed along their columns from packed ones, one vector of lanes channels after the
// other. each calls body for every vector, with its place in the packed memory given a kernel row, and its place in the
// derived memory given a place of the transform.
func (l *lowerer) deriveRows(packed *Storage, c sched.Conv, w sched.Winograd, dims []int, lanes int,
	each func(k *kernel, body func(from, to func(row loopir.Index) []loopir.Index))) *Storage {
	t := transformFor(w.OutH, c.KH, c.SH)
	return l.derive(packed, "rows "+w.Form(c), dims, func(k *kernel, from, to *loopir.Buffer) {
		each(k, func(source, target func(row loopir.Index) []loopir.Index) {
			g := make([]loopir.Expr, c.KH)
			for r := range g {
				g[r] = k.Let("g", loopir.LoadV(loopir.Vec(loopir.F32, lanes), from, source(loopir.C(r))...))
			}
			for p := range w.InH {
				k.Store(to, combine(t.g[p], g, 0, 1), target(loopir.C(p))...)
			}
		})
	})
}
