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
	apart, err := l.partsApart(n)
	if err != nil || len(apart) == 0 {
		return err
	}
	k := newKernel("concat", l.target)
	memory, base := to, 0 // what is copied inside one memory has one parameter, all of it
	for _, part := range apart {
		if part.from.Root() == to.Root() {
			memory, base = to.Root(), to.FirstBlock
		} else {
			k.in(part.from)
		}
	}
	dst, lay := k.out(memory), to.Layout
	m, _ := sched.ImageOf(n.Out().Type)
	s, y := k.samples(to), k.grid("y", m.H)
	for _, part := range apart {
		src, first := k.bound[part.from], 0
		if src == nil {
			src, first = dst, part.from.FirstBlock
		}
		k.each("c", part.blocks, func(c loopir.Index) {
			k.vectors(m.W*sched.BlockChannels, func(x, count loopir.Index) {
				value := k.get(src, count, k.sampleOf(src, s), c.AddC(first), y, loopir.C(part.from.Layout.Left), x)
				k.put(dst, count, value, s, c.AddC(base+part.block), y, loopir.C(lay.Left), x)
			})
			k.clearHalo(dst, lay, m.W, s, c.AddC(base+part.block), y)
		})
	}
	return l.emit(k, n, "concat", sched.Tile{})
}

// partApart is an input of a concat that has to be copied.
type partApart struct {
	from          *Storage
	block, blocks int // in the result
}

// partsApart lists the inputs of n that were not computed in its result.
func (l *lowerer) partsApart(n *ir.Node) ([]partApart, error) {
	var apart []partApart
	placed, block := l.placedBlocks(n.Out()), 0
	for _, v := range n.Inputs {
		m, _ := sched.ImageOf(v.Type)
		if !placed[block] {
			from, err := l.read(v, sched.Layout{Kind: sched.Blocked})
			if err != nil {
				return nil, err
			}
			apart = append(apart, partApart{from, block, m.Blocks()})
		}
		block += m.Blocks()
	}
	return apart, nil
}

// placedBlocks finds the blocks of channels of a concat's result that have been computed there.
func (l *lowerer) placedBlocks(whole *ir.Value) map[int]bool {
	placed := map[int]bool{}
	for v := range l.plan.Within {
		if part, ok := l.within(v); ok && part.Whole == whole {
			m, _ := sched.ImageOf(v.Type)
			for b := range m.Blocks() {
				placed[part.Block+b] = true
			}
		}
	}
	return placed
}
