package lower

import (
	"nncc/codegen/loopir"
	"nncc/codegen/sched"
	"nncc/ir"
)

// lowerReshape computes nothing: whoever reads the result sees the input's memory under other dimensions (view).
func lowerReshape(*lowerer, *ir.Node) error { return nil }

// view makes the result of a reshape readable in plain layout: in place, once its input is plain.
func (l *lowerer) view(v *ir.Value) error {
	from := v.Def.Inputs[0]
	src, err := l.readIf(from, sched.Layout{}, func(have sched.Layout) bool { return isRowMajor(from.Type, have) })
	if err != nil {
		return err
	}
	s, err := storageOf(v.Name, v.Type, sched.Layout{}, l.perSample[v])
	if err != nil {
		return err
	}
	s.Alias, s.Const = src, src.Const
	l.stored[v] = append(l.stored[v], s)
	return nil
}

// isRowMajor reports whether memory of a t in layout l has the order and size of plain memory.
func isRowMajor(t ir.Type, l sched.Layout) bool {
	if l.Left+l.Right > 0 {
		return false
	}
	m, ok := sched.ImageOf(t)
	return l.Kind == sched.Planar || ok && m.H*m.W == 1 && m.C%sched.BlockChannels == 0
}

// repack copies v into another layout.
func (l *lowerer) repack(v *ir.Value, from *Storage, want sched.Layout) (*Storage, error) {
	to, err := l.define(v, want)
	if err != nil {
		return nil, err
	}
	return to, l.emitRepack(from, to)
}

// emitRepack copies an image into another layout.
func (l *lowerer) emitRepack(from, to *Storage) error {
	m, _ := sched.ImageOf(to.Type)
	k := newKernel("repack", l.target)
	src, dst := k.in(from), k.out(to)
	n := k.samples(to)
	if from.Layout.Kind == to.Layout.Kind {
		k.copyRows(m, src, dst, from.Layout, to.Layout, n)
	} else {
		k.transposeChannels(m, src, dst, from.Layout, to.Layout, n)
	}
	return l.emit(k, nil, "repack", sched.Tile{})
}

// copyRows changes the halo and leaves the order.
func (k *kernel) copyRows(m sched.Image, src, dst *loopir.Buffer, from, to sched.Layout, n loopir.Index) {
	channels, width := m.C, m.W
	if to.Kind == sched.Blocked {
		channels, width = m.Blocks(), m.W*sched.BlockChannels
	}
	c, y := k.grid("c", channels), k.grid("y", m.H)
	at := func(l sched.Layout, x loopir.Index) []loopir.Index {
		if l.Kind == sched.Blocked {
			return []loopir.Index{n, c, y, loopir.C(l.Left), x}
		}
		return []loopir.Index{n, c, y, x.AddC(l.Left)}
	}
	k.vectors(width, func(x, count loopir.Index) {
		k.put(dst, count, k.get(src, count, at(from, x)...), at(to, x)...)
	})
	k.clearHalo(dst, to, m.W, n, c, y)
}

// transposeChannels moves single elements between the planar and the blocked order.
func (k *kernel) transposeChannels(m sched.Image, src, dst *loopir.Buffer, from, to sched.Layout, n loopir.Index) {
	const b = sched.BlockChannels
	c, y := k.grid("c", m.Blocks()), k.grid("y", m.H)
	k.each("x", m.W, func(x loopir.Index) {
		if to.Kind == sched.Blocked && m.C%b != 0 {
			k.Unroll("v", 0, b/k.target.Lanes, func(v loopir.Index) {
				k.Store(dst, loopir.Num(k.vec(dst.Elem), 0), n, c, y, x.AddC(to.Left), v.Mul(k.target.Lanes))
			})
		}
		k.For("lane", loopir.C(0), loopir.C(b).Min(loopir.C(m.C).Sub(c.Mul(b))), 1, func(lane loopir.Index) {
			planar := func(l sched.Layout) []loopir.Index {
				return []loopir.Index{n, c.Mul(b).Add(lane), y, x.AddC(l.Left)}
			}
			blocked := func(l sched.Layout) []loopir.Index { return []loopir.Index{n, c, y, x.AddC(l.Left), lane} }
			read, write := planar(from), blocked(to)
			if to.Kind == sched.Planar {
				read, write = blocked(from), planar(to)
			}
			k.Store(dst, loopir.LoadV(loopir.Scalar(src.Elem), src, read...), write...)
		})
	})
	switch {
	case to.Kind == sched.Blocked:
		k.clearHalo(dst, to, m.W, n, c, y)
	case to.Left+to.Right > 0:
		k.For("lane", loopir.C(0), loopir.C(b).Min(loopir.C(m.C).Sub(c.Mul(b))), 1, func(lane loopir.Index) {
			k.clearHalo(dst, to, m.W, n, c.Mul(b).Add(lane), y)
		})
	}
}

// copy duplicates plain memory, for outputs that may not share theirs.
func (l *lowerer) copy(v *ir.Value, from *Storage) (*Storage, error) {
	to, err := storageOf(v.Name, v.Type, sched.Layout{}, l.graph.Batched)
	if err != nil || v.Type.Elems() == 0 {
		return to, err
	}
	k := newKernel("copy", l.target)
	src, dst := k.flat(k.in, from), k.flat(k.out, to)
	n := k.samples(&Storage{Dims: dst.Dims})
	k.vectors(dst.Dims[1], func(x, count loopir.Index) {
		k.put(dst, count, k.get(src, count, k.sampleOf(src, n), x), n, x)
	})
	return to, l.emit(k, nil, "copy", sched.Tile{})
}
