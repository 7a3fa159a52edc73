package lower

import (
	"fmt"

	"nncc/codegen/loopir"
)

// derive returns memory that is filled from packed weights, once per form: what a kernel reads beside or instead of
// them. That of constants is filled by an init step, and would make the program larger if it were stored.
func (l *lowerer) derive(from *Storage, form string, dims []int, fill func(k *kernel, from, to *loopir.Buffer)) *Storage {
	return l.deriveAs(from.Elem, from, form, dims, fill)
}

// deriveAs is derive for numbers of another kind.
func (l *lowerer) deriveAs(elem loopir.Kind, from *Storage, form string, dims []int, fill func(k *kernel, from, to *loopir.Buffer)) *Storage {
	key := fmt.Sprintf("%p %s", from, form)
	if s, ok := l.derived[key]; ok {
		return s
	}
	s := &Storage{Name: from.Name + " " + form, Type: from.Type, Elem: elem, Dims: dims, Derived: from.Const != nil}
	k := newKernel("derive", l.target)
	src, dst := k.in(from), k.out(s)
	fill(k, src, dst)
	steps := &l.steps
	if s.Derived {
		steps = &l.init
	}
	*steps = append(*steps, Step{Func: k.Func(), Args: k.args, Family: "derive", Name: s.Name})
	l.derived[key] = s
	return s
}
