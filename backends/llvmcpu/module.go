package llvmcpu

import (
	"fmt"
	"strings"

	ll "github.com/llir/llvm/ir"
	"github.com/llir/llvm/ir/types"
	"github.com/llir/llvm/ir/value"

	"nncc/backends"
	"nncc/codegen/loopir"
)

// module is the LLVM module of one kernel under construction: the kernel, and declarations of what it calls.
type module struct {
	ll     *ll.Module
	target backends.Target
	decls  map[string]*ll.Func // intrinsics and kernels by name
	tiles  *ll.Global          // configuration of matrix registers, if the kernel uses them
}

// kernelIR is a kernel in LLVM IR, to be printed alone or with others.
type kernelIR struct {
	name    string
	globals []string
	callees []callee
	body    string
}

// callee is a function that a kernel calls.
type callee struct{ name, declaration string }

// emitKernel writes f in LLVM IR.
func emitKernel(f *loopir.Func, t backends.Target) (kernelIR, error) {
	m := &module{ll: ll.NewModule(), target: t, decls: map[string]*ll.Func{}}
	if err := emitFunc(m, f); err != nil {
		return kernelIR{}, err
	}
	return m.print(f.Name)
}

// print guards against llir's panics on malformed modules.
func (m *module) print(name string) (k kernelIR, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("llvmcpu: printing LLVM IR: %v", r)
		}
	}()
	k.name = name
	for _, g := range m.ll.Globals {
		k.globals = append(k.globals, g.LLString())
	}
	for _, f := range m.ll.Funcs {
		if len(f.Blocks) > 0 {
			k.body = f.LLString()
		} else {
			k.callees = append(k.callees, callee{f.Name(), f.LLString()})
		}
	}
	return k, nil
}

// moduleText joins kernels to a module. Those they call may live in other modules.
func moduleText(t backends.Target, kernels ...kernelIR) string {
	known := map[string]bool{} // defined here or declared
	for _, k := range kernels {
		known[k.name] = true
	}
	globals := map[string]bool{}
	var heads, bodies strings.Builder
	fmt.Fprintf(&heads, "target triple = %q\n\n", t.Triple)
	for _, k := range kernels {
		for _, g := range k.globals {
			if !globals[g] {
				globals[g] = true
				fmt.Fprintln(&heads, g)
			}
		}
		for _, c := range k.callees {
			if !known[c.name] {
				known[c.name] = true
				fmt.Fprintln(&heads, c.declaration)
			}
		}
		fmt.Fprintf(&bodies, "\n%s\n", k.body)
	}
	return heads.String() + bodies.String()
}

// kernel declares a function with the signature of all kernels.
func (m *module) kernel(name string) *ll.Func {
	if f, ok := m.decls[name]; ok {
		return f
	}
	args := ll.NewParam("args", types.NewPointer(types.I8Ptr))
	scratch := ll.NewParam("scratch", types.I8Ptr)
	f := m.ll.NewFunc(name, types.Void, args, ll.NewParam("lo", types.I64), ll.NewParam("hi", types.I64), scratch)
	m.decls[name] = f
	return f
}

// intrinsic declares an LLVM intrinsic, whose signature follows from its operands.
func (m *module) intrinsic(name string, result types.Type, args []value.Value) *ll.Func {
	if f, ok := m.decls[name]; ok {
		return f
	}
	params := make([]*ll.Param, len(args))
	for i, a := range args {
		params[i] = ll.NewParam("", a.Type())
	}
	f := m.ll.NewFunc(name, result, params...)
	m.decls[name] = f
	return f
}

// mangle is the suffix of an overloaded intrinsic's name for a type: v16f32, i32, p0v8i16.
func mangle(t types.Type) string {
	switch t := t.(type) {
	case *types.VectorType:
		return fmt.Sprintf("v%d%s", t.Len, mangle(t.ElemType))
	case *types.IntType:
		return fmt.Sprintf("i%d", t.BitSize)
	case *types.PointerType:
		return "p0" + mangle(t.ElemType)
	case *types.FloatType:
		return map[types.FloatKind]string{types.FloatKindHalf: "f16", types.FloatKindFloat: "f32", types.FloatKindDouble: "f64"}[t.Kind]
	}
	panic(fmt.Sprintf("no intrinsic suffix for %v", t))
}

// call emits a call of the intrinsic "llvm.<base>" overloaded on the types over.
func (e *emitter) intrinsic(base string, result types.Type, over []types.Type, args ...value.Value) value.Value {
	name := []string{"llvm." + base}
	for _, t := range over {
		name = append(name, mangle(t))
	}
	return e.b.NewCall(e.mod.intrinsic(strings.Join(name, "."), result, args), args...)
}
