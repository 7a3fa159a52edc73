package lower

import (
	"fmt"

	"nncc/codegen/loopir"
)

// derive returns memory that an init step fills from packed constants, once per form: what a kernel reads beside or
// instead of the constants, and what would make the program larger if it were stored.
func (l *lowerer) derive(from *Storage, form string, dims []int, fill func(k *kernel, from, to *loopir.Buffer)) *Storage {
	key := fmt.Sprintf("%p %s", from, form)
	if s, ok := l.derived[key]; ok {
		return s
	}
	s := &Storage{Name: from.Name + " " + form, Type: from.Type, Elem: from.Elem, Dims: dims, Derived: true}
	k := newKernel("derive", l.target)
	src, dst := k.in(from), k.out(s)
	fill(k, src, dst)
	l.init = append(l.init, Step{Func: k.Func(), Args: k.args, Family: "derive", Name: s.Name})
	l.derived[key] = s
	return s
}
