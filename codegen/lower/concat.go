package lower

import (
	"nncc/codegen/loopir"
	"nncc/codegen/sched"
	"nncc/ir"
)

// lowerConcat copies each input behind the one before along the axis.
func lowerConcat(l *lowerer, n *ir.Node) error {
	if l.plan.Layout[n.Out()].Kind == sched.Blocked {
		return l.concatBlocked(n)
	}
	axis := n.Int("axis")
	k := newKernel("concat", l.target)
	var in []*loopir.Buffer
	for _, v := range n.Inputs {
		b, err := k.plainIn(l, v)
		if err != nil {
			return err
		}
		in = append(in, b)
	}
	dst, err := k.plainOut(l, n)
	if err != nil {
		return err
	}
	// Everything behind the axis is contiguous in inputs and output alike.
	outer := dst.Dims[:axis]
	idx := make([]loopir.Index, axis)
	for d := range outer {
		idx[d] = k.grid("d", outer[d])
	}
	at := func(buf *loopir.Buffer, x loopir.Index) []loopir.Index {
		full := append([]loopir.Index{}, idx...)
		for range len(buf.Dims) - axis {
			full = append(full, loopir.C(0))
		}
		full[0], full[len(full)-1] = k.sampleOf(buf, full[0]), x
		return full
	}
	done := 0
	for i, src := range in {
		size := ir.Type{Shape: n.Inputs[i].Type.Shape[axis:]}.Elems()
		start := loopir.C(done)
		k.vectors(size, func(x, count loopir.Index) {
			k.put(dst, count, k.get(src, count, at(src, x)...), at(dst, x.Add(start))...)
		})
		done += size
	}
	return l.emit(k, n, "concat", sched.Tile{})
}

// concatBlocked joins images by channels; all inputs but the last fill their blocks. Parts that lie in the result already
// stay there.
func (l *lowerer) concatBlocked(n *ir.Node) error {
	to, err := l.whole(n.Out())
	if err != nil {
		return err
	}
	k, apart := newKernel("concat", l.target), map[*ir.Value]*Storage{}
	for _, v := range n.Inputs {
		if _, within := l.within(v); within {
			continue
		}
		if apart[v], err = l.read(v, sched.Layout{Kind: sched.Blocked}); err != nil {
			return err
		}
		k.in(apart[v])
	}
	if len(apart) == 0 {
		return nil
	}
	dst, lay := k.out(to), to.Layout
	m, _ := sched.ImageOf(n.Out().Type)
	s, y := k.samples(to), k.grid("y", m.H)
	done := 0
	for _, v := range n.Inputs {
		part, _ := sched.ImageOf(v.Type)
		if from := apart[v]; from != nil {
			first := loopir.C(done)
			k.each("c", part.Blocks(), func(c loopir.Index) {
				k.vectors(m.W*sched.BlockChannels, func(x, count loopir.Index) {
					src := k.bound[from]
					value := k.get(src, count, k.sampleOf(src, s), c, y, loopir.C(from.Layout.Left), x)
					k.put(dst, count, value, s, c.Add(first), y, loopir.C(lay.Left), x)
				})
				k.clearHalo(dst, lay, m.W, s, c.Add(first), y)
			})
		}
		done += part.Blocks()
	}
	return l.emit(k, n, "concat", sched.Tile{})
}
