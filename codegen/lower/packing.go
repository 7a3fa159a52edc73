package lower

import (
	"fmt"
	"slices"

	"nncc/codegen/loopir"
	"nncc/codegen/sched"
	"nncc/ir"
	"nncc/runtime/tensor"
)

// packing is the order in which a kernel reads a tensor: axes of the packed memory, outermost first. The element at one
// place of every axis is that of the tensor whose index along each dimension is what its axes add up to; where that is
// beyond the tensor's end it is zero.
type packing struct {
	form  string // name of the order
	shape []int  // of the tensor
	axes  []packAxis
	dims  []int // of the packed memory as kernels see it; neighbouring axes may be one of its dimensions
}

// packAxis has size places, one after the other step elements further along dimension dim of the tensor.
type packAxis struct{ size, dim, step int }

// packKey is a value in one order.
type packKey struct {
	value *ir.Value
	form  string
}

// packed returns v in the order of p: packed at build time if it is known then, and by a step of its own if not.
func (l *lowerer) packed(v *ir.Value, p packing) (*Storage, error) {
	if v.IsConst() {
		return l.pack(v, p.form, p.dims, func(dst []float32) { p.fill(dst, v.Const.F32s()) }), nil
	}
	key := packKey{v, p.form}
	if s, ok := l.repacked[key]; ok {
		return s, nil
	}
	from, err := l.readPlain(v)
	if err != nil {
		return nil, err
	}
	to := &Storage{Name: v.Name + " " + p.form, Type: v.Type, Elem: loopir.F32, Dims: p.dims}
	l.repacked[key] = to
	return to, l.emitPacking(p, from, to)
}

// fill packs src into dst, which is zero.
func (p packing) fill(dst, src []float32) {
	strides, at := tensor.Strides(p.shape), make([]int, len(p.shape))
	last := len(p.axes) - 1
	var walk func(axis, to int)
	walk = func(axis, to int) {
		a := p.axes[axis]
		if axis == last {
			from := 0
			for d, i := range at {
				from += i * strides[d]
			}
			inside := min(a.size, ceilDiv(p.shape[a.dim]-at[a.dim], a.step))
			for i := range inside {
				dst[to+i] = src[from+i*a.step*strides[a.dim]]
			}
			return
		}
		for range a.size {
			if at[a.dim] < p.shape[a.dim] {
				walk(axis+1, to)
			}
			to += p.sizeBelow(axis)
			at[a.dim] += a.step
		}
		at[a.dim] -= a.size * a.step
	}
	walk(0, 0)
}

// sizeBelow is how many elements one place of an axis holds.
func (p packing) sizeBelow(axis int) int {
	size := 1
	for _, a := range p.axes[axis+1:] {
		size *= a.size
	}
	return size
}

// padded reports whether the packed memory has places that are beyond the tensor's end.
func (p packing) padded() bool { return ir.Type{Shape: p.shape}.Elems() != p.sizeBelow(-1) }

// emitPacking packs at run time: a chunk for each place of the first axis.
func (l *lowerer) emitPacking(p packing, from, to *Storage) error {
	k := newPackedPlaces("pack", l.target, p)
	src, dst := k.as(k.in, from, p.shape...), k.as(k.out, to, p.axes[0].size, p.sizeBelow(0))
	chunk := k.gridAxis(0)
	if p.padded() {
		k.vectors(p.sizeBelow(0), func(x, count loopir.Index) {
			k.put(dst, count, loopir.Num(k.vec(loopir.F32), 0), chunk, x)
		})
	}
	k.axesFrom(1, len(p.axes), loopir.C(0), func(packed loopir.Index) {
		k.Store(dst, loopir.LoadV(loopir.Scalar(loopir.F32), src, slices.Clone(k.at)...), chunk, packed)
	})
	return l.emit(k.kernel, nil, "pack", sched.Tile{})
}

// packedPlaces is a kernel that goes through a packed tensor.
type packedPlaces struct {
	*kernel
	packing
	at []loopir.Index // place in the tensor
}

func newPackedPlaces(name string, t sched.Target, p packing) *packedPlaces {
	return &packedPlaces{kernel: newKernel(name, t), packing: p, at: make([]loopir.Index, len(p.shape))}
}

// gridAxis makes an axis the grid's; all its places must lie inside the tensor.
func (k *packedPlaces) gridAxis(axis int) loopir.Index {
	a := k.axes[axis]
	place := k.grid(fmt.Sprint("a", axis), a.size)
	k.at[a.dim] = k.at[a.dim].Add(place.Mul(a.step))
	return place
}

// axesFrom goes through the places of axes first to last-1 that lie inside the tensor; packed is where those begin in the
// packed memory.
func (k *packedPlaces) axesFrom(first, last int, packed loopir.Index, body func(packed loopir.Index)) {
	if first == last {
		body(packed)
		return
	}
	a := k.axes[first]
	before := k.at[a.dim]
	k.For(fmt.Sprint("a", first), loopir.C(0), k.inside(first, before), 1, func(i loopir.Index) {
		k.at[a.dim] = before.Add(i.Mul(a.step))
		k.axesFrom(first+1, last, packed.Add(i.Mul(k.sizeBelow(first))), body)
	})
	k.at[a.dim] = before
}

// inside is how many places of an axis are inside the tensor where those above add up to index before.
func (p packing) inside(axis int, before loopir.Index) loopir.Index {
	a := p.axes[axis]
	if p.reach(axis) < p.shape[a.dim] {
		return loopir.C(a.size)
	}
	return loopir.C(a.size).Min(loopir.C(p.shape[a.dim] + a.step - 1).Sub(before).Div(a.step))
}

// reach is the largest index along the dimension of an axis that it and those above get to.
func (p packing) reach(axis int) int {
	index := 0
	for _, a := range p.axes[:axis+1] {
		if a.dim == p.axes[axis].dim {
			index += (a.size - 1) * a.step
		}
	}
	return index
}
