package gohost

import (
	"fmt"
	"go/token"
	"go/types"
	"strings"

	"nncc/backends"
	"nncc/codegen/loopir"
	"nncc/runtime/parallel"
)

// ISA is the name of the portable target.
const ISA = "portable"

// helperPrefix begins the names of the functions that kernels call besides each other.
const helperPrefix = "nncc"

// Backend implements backends.Backend: the object's Text["go"] holds Go functions
//
//	func name(args []unsafe.Pointer, lo, hi int, scratch unsafe.Pointer)
//
// one per kernel, and the helpers they need, without a package clause. They import math, math/bits and unsafe. There is
// no machine code, so symbols have a name only. It may be used by several goroutines at once.
type Backend struct{}

// New returns the backend. It needs no tool: Go source is its output.
func New() *Backend { return &Backend{} }

// Name implements backends.Backend.
func (*Backend) Name() string { return "gohost" }

// Caps implements backends.Backend.
func (*Backend) Caps() backends.Caps { return backends.Caps{ISAs: []string{ISA}} }

// Compile implements backends.Backend. Options do not matter.
func (*Backend) Compile(funcs []*loopir.Func, t backends.Target, _ backends.Options) (*backends.Object, error) {
	if t.ISA != ISA {
		return nil, fmt.Errorf("gohost: no kernels for %s", t.ISA)
	}
	all, err := withCallees(funcs)
	if err != nil {
		return nil, err
	}
	texts, err := emitAll(all)
	if err != nil {
		return nil, err
	}
	o := &backends.Object{Text: map[string]string{"go": strings.Join(texts, "\n\n") + "\n"}}
	for _, f := range all {
		o.Kernels = append(o.Kernels, backends.Symbol{Name: f.Name})
	}
	return o, nil
}

// emitAll emits the functions, several at a time.
func emitAll(funcs []*loopir.Func) ([]string, error) {
	texts := make([]string, len(funcs))
	err := parallel.Each(len(funcs), func(i int) (err error) {
		texts[i], err = emitFunc(funcs[i])
		return err
	})
	return texts, err
}

// withCallees is funcs and then every kernel they call that is not among them. Names become those of Go functions.
func withCallees(funcs []*loopir.Func) ([]*loopir.Func, error) {
	all := append([]*loopir.Func(nil), funcs...)
	for _, f := range funcs {
		all = append(all, f.Callees()...)
	}
	byName := map[string]*loopir.Func{}
	var distinct []*loopir.Func
	for _, f := range all {
		switch g := byName[f.Name]; {
		case g == f:
			continue
		case g != nil:
			return nil, fmt.Errorf("gohost: two different functions are called %s", f.Name)
		case !usableName(f.Name):
			return nil, fmt.Errorf("gohost: %q cannot be the name of a Go function here", f.Name)
		}
		byName[f.Name] = f
		distinct = append(distinct, f)
	}
	return distinct, nil
}

// usableName excludes what is no identifier, is predeclared, or could be taken in a generated package.
func usableName(name string) bool {
	return token.IsIdentifier(name) && !token.IsExported(name) && types.Universe.Lookup(name) == nil &&
		!strings.HasPrefix(name, helperPrefix) && !reserved[name] && name != "init" && name != "main" && name != "_"
}

// reserved are the names that kernels need for other things: packages, parameters.
var reserved = map[string]bool{
	"math": true, "bits": true, "unsafe": true, "args": true, "lo": true, "hi": true, "scratch": true, "chunk": true,
}
