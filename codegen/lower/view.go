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
	if l.Left+l.Right > 0 || l.BF16 {
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

// copy duplicates plain memory, for outputs that may not share theirs.
func (l *lowerer) copy(v *ir.Value, from *Storage) (*Storage, error) {
	to, err := storageOf(v.Name, v.Type, sched.Layout{}, l.graph.Batched)
	if err != nil || v.Type.Elems() == 0 {
		return to, err
	}
	l.steps = append(l.steps, l.copying(from, to))
	return to, nil
}

// copying is a step that copies plain memory.
func (l *lowerer) copying(from, to *Storage) Step {
	k := newKernel("copy", l.target)
	src, dst := k.flat(k.in, from), k.flat(k.out, to)
	n := k.samples(&Storage{Dims: dst.Dims})
	k.vectors(dst.Dims[1], func(x, count loopir.Index) {
		k.put(dst, count, k.get(src, count, k.sampleOf(src, n), x), n, x)
	})
	return Step{Func: k.Func(), Args: k.args, Family: "copy", Name: to.Name}
}
