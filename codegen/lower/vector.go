package lower

import (
	"slices"

	"nncc/codegen/loopir"
)

// vectors runs body over n contiguous elements, a vector at a time; count is how many lanes are in use: all, but for the
// last. Where n is the batch, each sample has one element.
func (k *kernel) vectors(n int, body func(x, count loopir.Index)) {
	if n == loopir.Batch {
		body(k.Grid("n", n), loopir.C(1))
		return
	}
	lanes := k.target.Lanes
	full := n / lanes * lanes
	if full == lanes {
		body(loopir.C(0), loopir.C(lanes))
	} else if full > 0 {
		k.For("x", loopir.C(0), loopir.C(full), lanes, func(x loopir.Index) { body(x, loopir.C(lanes)) })
	}
	if n > full {
		body(loopir.C(full), loopir.C(n-full))
	}
}

// get loads count lanes of a vector.
func (k *kernel) get(buf *loopir.Buffer, count loopir.Index, idx ...loopir.Index) loopir.Expr {
	if count.Equal(loopir.C(k.target.Lanes)) {
		return k.load(buf, idx...)
	}
	return narrow(loopir.LoadN(k.vec(buf.Elem), buf, count, idx...), k.elem(buf))
}

// pick is get where pick is added to the index in dimension dim, of which there are extent.
func (k *kernel) pick(buf *loopir.Buffer, count loopir.Index, pick loopir.Expr, dim, extent int, idx ...loopir.Index) loopir.Expr {
	l := &loopir.Load{T: k.vec(buf.Elem), Buf: buf, Idx: idx, Pick: pick, Dim: dim, Extent: extent}
	if !count.Equal(loopir.C(k.target.Lanes)) {
		l.Count = &count
	}
	return narrow(l, k.elem(buf))
}

// put stores count lanes of a vector.
func (k *kernel) put(buf *loopir.Buffer, count loopir.Index, x loopir.Expr, idx ...loopir.Index) {
	if count.Equal(loopir.C(k.target.Lanes)) {
		k.Store(buf, x, idx...)
		return
	}
	k.StoreN(buf, count, x, idx...)
}

// flat declares s as a parameter of two dimensions: samples (1 if there is no batch) and elements.
func (k *kernel) flat(declare func(*Storage) *loopir.Buffer, s *Storage) *loopir.Buffer {
	return k.as(declare, s, s.samples(), s.sampleElems())
}

// as declares s as a parameter under other dimensions: one of its own, as a kernel may see s in several ways.
func (k *kernel) as(declare func(*Storage) *loopir.Buffer, s *Storage, dims ...int) *loopir.Buffer {
	if slices.Equal(s.Dims, dims) {
		return declare(s)
	}
	return declare(&Storage{Name: s.Name, Type: s.Type, Layout: s.Layout, Elem: s.Elem, Dims: dims, Const: s.Const, Alias: s, FirstBlock: s.FirstBlock})
}

func (s *Storage) samples() int { return s.samplesOr(1) }

// samplesOr is the first dimension under which a kernel sees s: the batch, or rows where there is none.
func (s *Storage) samplesOr(rows int) int {
	if s.Batched() {
		return loopir.Batch
	}
	return rows
}

func (s *Storage) sampleElems() int { return s.Bytes() / s.Elem.Bytes() }

// sampleOf is the index of the sample in buf: n, or 0 where buf has but one.
func (k *kernel) sampleOf(buf *loopir.Buffer, n loopir.Index) loopir.Index {
	if buf.Dims[0] == 1 {
		return loopir.C(0)
	}
	return n
}
