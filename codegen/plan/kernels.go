package plan

import (
	"fmt"
	"strings"

	"nncc/codegen/loopir"
	"nncc/codegen/lower"
	"nncc/ir"
)

// kernelTable keeps each distinct function once: repeated blocks of a network share code.
type kernelTable struct {
	prefix string // of the kernels' names
	known  map[string]*loopir.Func
	funcs  []*loopir.Func
	nodes  [][]*ir.Node // what each one computes, wherever it is used
	number map[string]int
}

func newKernelTable(o Options) *kernelTable {
	return &kernelTable{prefix: o.Prefix, known: o.Known, number: map[string]int{}}
}

// add returns the number of a function equal to that of s but for its name, adding it under a name of its own if there is none.
func (t *kernelTable) add(s lower.Step) int {
	text := s.Func.Fingerprint()
	i, ok := t.number[text]
	if !ok {
		i = len(t.funcs)
		f := t.canonical(text, s.Func)
		f.Name = fmt.Sprintf("%sk%02d_%s", t.prefix, i, identifier(s.Func.Name))
		t.funcs, t.nodes, t.number[text] = append(t.funcs, f), append(t.nodes, nil), i
	}
	t.nodes[i] = append(t.nodes[i], s.Nodes...)
	return i
}

// canonical is the function of that fingerprint that an earlier plan had, or else f, for later ones.
func (t *kernelTable) canonical(text string, f *loopir.Func) *loopir.Func {
	if t.known == nil {
		return f
	}
	if before := t.known[text]; before != nil {
		return before
	}
	t.known[text] = f
	return f
}

// identifier keeps letters and digits.
func identifier(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return '_'
	}, s)
}
