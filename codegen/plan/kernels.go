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
	funcs  []*loopir.Func
	nodes  [][]*ir.Node // what each one computes, wherever it is used
	number map[string]int
}

func newKernelTable(prefix string) *kernelTable {
	return &kernelTable{prefix: prefix, number: map[string]int{}}
}

// add returns the number of a function equal to that of s but for its name, adding it under a name of its own if there is none.
func (t *kernelTable) add(s lower.Step) int {
	f := s.Func
	text := f.Fingerprint()
	i, ok := t.number[text]
	if !ok {
		i = len(t.funcs)
		f.Name = fmt.Sprintf("%sk%02d_%s", t.prefix, i, identifier(f.Name))
		t.funcs, t.nodes, t.number[text] = append(t.funcs, f), append(t.nodes, nil), i
	}
	t.nodes[i] = append(t.nodes[i], s.Nodes...)
	return i
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
