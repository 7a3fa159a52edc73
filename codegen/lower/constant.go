package lower

import (
	"fmt"
	"sync"

	"nncc/codegen/loopir"
	"nncc/codegen/sched"
	"nncc/ir"
	"nncc/runtime/tensor"
)

// Packs remembers packed constants, so that all users of a value and all variants of a program share them. The zero
// value is empty; several goroutines may use it at once.
type Packs struct {
	mu       sync.Mutex
	storages map[constKey]func() *Storage
}

// constKey identifies packed data by its source and its form.
type constKey struct {
	value *ir.Value
	form  string
}

// of returns what build makes, once per key.
func (p *Packs) of(v *ir.Value, form string, build func() *Storage) *Storage {
	key := constKey{v, form}
	p.mu.Lock()
	storage, ok := p.storages[key]
	if !ok {
		if p.storages == nil {
			p.storages = map[constKey]func() *Storage{}
		}
		storage = sync.OnceValue(build)
		p.storages[key] = storage
	}
	p.mu.Unlock()
	return storage()
}

// pack returns the constant storage that fill makes of v, once per form. dims are its dimensions in memory.
func (l *lowerer) pack(v *ir.Value, form string, dims []int, fill func(dst []float32)) *Storage {
	return l.packs.of(v, form, func() *Storage {
		t := tensor.New(tensor.F32, dims...)
		fill(t.F32s())
		return &Storage{Name: v.Name, Type: ir.Type{DType: tensor.F32, Shape: dims}, Elem: loopir.F32, Dims: dims, Const: &Const{v.Name, fmt.Sprint(form, dims), t.Data}}
	})
}

// constant returns v, seen as type t of as many elements, in layout want.
func (l *lowerer) constant(v *ir.Value, t ir.Type, want sched.Layout) (*Storage, error) {
	s, err := storageOf(v.Name, t, want, false)
	if err != nil {
		return nil, err
	}
	form := fmt.Sprint(t, want)
	return l.packs.of(v, form, func() *Storage {
		data := v.Const
		if want.BF16 {
			data = tensor.FromFloat64s(tensor.BF16, data.Float64s(), data.Shape...)
		}
		s.Const = &Const{v.Name, form, data.Data}
		if (want != sched.Layout{}) {
			s.Const.Data = relayout(data.Data, ir.Type{DType: data.DType, Shape: t.Shape}, s)
		}
		return s
	}), nil
}

// relayout copies row-major data of type t into the layout of s.
func relayout(data []byte, t ir.Type, s *Storage) []byte {
	m, _ := sched.ImageOf(t)
	size := t.DType.Bytes()
	out := make([]byte, s.Bytes())
	row := s.Layout.Left + m.W + s.Layout.Right
	for n := range m.N {
		for c := range m.C {
			for y := range m.H {
				for x := range m.W {
					from := ((n*m.C+c)*m.H+y)*m.W + x
					to := ((n*m.C+c)*m.H+y)*row + s.Layout.Left + x
					if s.Layout.Kind == sched.Blocked {
						const b = sched.BlockChannels
						to = (((n*m.Blocks()+c/b)*m.H+y)*row+s.Layout.Left+x)*b + c%b
					}
					copy(out[to*size:(to+1)*size], data[from*size:])
				}
			}
		}
	}
	return out
}
