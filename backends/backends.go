// Package backends is the border between the loop IR and machines: what a backend is asked for, for which
// target, and what it hands back. Backends know kernels only; they have no notion of a graph or of an operator.
package backends

import (
	"nncc/codegen/loopir"
)

// Backend turns kernels into code for a machine.
type Backend interface {
	// Name is the backend's name on the command line and in messages, such as "llvmcpu".
	Name() string
	// Caps says what the backend can compile here and now.
	Caps() Caps
	// Compile compiles promoted kernels, together with the kernels they call. Kernels keep the order of funcs,
	// callees that funcs does not name follow. The result depends only on the arguments and on the tools' versions.
	Compile(funcs []*loopir.Func, t Target, o Options) (*Object, error)
}

// Caps is what a backend can do on this machine. Tests skip by it, saying so.
type Caps struct {
	ISAs []string // Target.ISA of every target it compiles for
	Tool string   // external tool and version, such as "llc 19.1.7"; empty if there is none
}

// Options of one compilation. The zero value is the usual one.
type Options struct {
	// Separate lays every kernel out with its own copies of the helpers and constants it uses, so that
	// Code[OffsetBytes:OffsetBytes+SizeBytes] of each symbol can be placed alone, at any multiple of 64.
	Separate bool
	// KeepLLVM and KeepAsm ask for Object.Text["llvm"] and Object.Text["asm"].
	KeepLLVM, KeepAsm bool
}

// Object is compiled code: position-independent, without relocations left, calling convention System V
// (AAPCS64 on arm64), to be placed at a multiple of 64 bytes.
type Object struct {
	Code    []byte
	Kernels []Symbol
	Text    map[string]string // what Options asked to keep, by format
}

// Symbol is one kernel in Object.Code: void k(void **args, i64 lo, i64 hi, void *scratch).
type Symbol struct {
	Name        string
	OffsetBytes int // of the entry point, from the start of Code
	SizeBytes   int // of the function; with Options.Separate also of the helpers and constants behind it
	StackBytes  int // upper bound on the stack a call needs, return address and called kernels included
	Spills      int // vector registers stored to or loaded from the stack, counted in the code
}

// Lookup finds a kernel by name.
func (o *Object) Lookup(name string) (Symbol, bool) {
	for _, s := range o.Kernels {
		if s.Name == name {
			return s, true
		}
	}
	return Symbol{}, false
}
