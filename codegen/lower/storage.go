package lower

import (
	"fmt"

	"nncc/codegen/loopir"
	"nncc/codegen/sched"
	"nncc/ir"
	"nncc/runtime/tensor"
)

// Storage is the memory of one value, or of one constant, as kernels see it.
type Storage struct {
	Name   string
	Type   ir.Type      // the logical value
	Layout sched.Layout // how it is stored
	Elem   loopir.Kind
	Dims   []int    // in memory; the first is loopir.Batch for activations of a batched graph
	Const  *Const   // what it holds, if it is known at build time
	Alias  *Storage // same memory under other dimensions, or nil

	Derived    bool // filled by an init step, and kept: a form of weights, or a state
	FirstBlock int  // of a part of the blocked image Alias: where the part's channels begin. Kernels count from there
	Overwrites bool // what Alias holds: the kernel that computes it reads it there
}

// placeIn makes s the part of a blocked image that begins at a block of channels.
func (s *Storage) placeIn(whole *Storage, block int) {
	s.Alias, s.Dims, s.FirstBlock = whole, whole.Dims, whole.FirstBlock+block
}

// WithinBytes is where a part begins in each sample of the whole.
func (s *Storage) WithinBytes() int {
	if s.FirstBlock == 0 {
		return 0
	}
	whole := loopir.Buffer{Elem: s.Elem, Dims: s.Alias.Dims}
	return s.FirstBlock * whole.Stride(1) * s.Elem.Bytes()
}

// Root is the storage that owns the memory.
func (s *Storage) Root() *Storage {
	for s.Alias != nil {
		s = s.Alias
	}
	return s
}

// Bytes is the size of one sample, or of the whole where there is no batch.
func (s *Storage) Bytes() int {
	b := loopir.Buffer{Elem: s.Elem, Dims: s.Dims}
	return b.Bytes()
}

// Batched reports whether the storage holds one copy per sample.
func (s *Storage) Batched() bool { return len(s.Dims) > 0 && s.Dims[0] == loopir.Batch }

// Const is packed data that kernels read in place.
type Const struct {
	Name string // of the parameters it was packed from
	Form string // how: constants of the same name and form are laid out alike, whatever their values
	Data []byte
}

// storageOf describes the memory of a value of type t under l. Planar without halo is plain row-major memory.
func storageOf(name string, t ir.Type, l sched.Layout, batched bool) (*Storage, error) {
	elem, err := kindOf(t.DType)
	if err != nil {
		return nil, err
	}
	if l.BF16 {
		elem = loopir.BF16
	}
	s := &Storage{Name: name, Type: t, Layout: l, Elem: elem}
	if m, ok := sched.ImageOf(t); ok && (t.Rank() >= 3 || l.Kind == sched.Blocked) {
		s.Dims = m.Dims(l)
	} else {
		s.Dims = append([]int{}, t.Shape...)
	}
	if len(s.Dims) == 0 {
		s.Dims = []int{1}
	}
	if batched {
		s.Dims[0] = loopir.Batch
	}
	return s, nil
}

func kindOf(d tensor.DType) (loopir.Kind, error) {
	kinds := map[tensor.DType]loopir.Kind{
		tensor.F32: loopir.F32, tensor.F64: loopir.F64, tensor.F16: loopir.F16, tensor.BF16: loopir.BF16,
		tensor.I8: loopir.I8, tensor.U8: loopir.U8, tensor.I16: loopir.I16, tensor.U16: loopir.U16,
		tensor.I32: loopir.I32, tensor.U32: loopir.U32, tensor.I64: loopir.I64, tensor.U64: loopir.U64, tensor.Bool: loopir.U8,
	}
	if k, ok := kinds[d]; ok {
		return k, nil
	}
	return loopir.Invalid, fmt.Errorf("no kernels for values of type %v", d)
}
