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

// module is one LLVM module under construction: kernels, and declarations of what they call.
type module struct {
	ll     *ll.Module
	target backends.Target
	decls  map[string]*ll.Func // intrinsics and kernels by name
	tiles  *ll.Global          // configuration of matrix registers, if kernels use them
}

// emitModule prints the LLVM IR of funcs. Kernels they call may live in other modules.
func emitModule(funcs []*loopir.Func, t backends.Target) (string, error) {
	m := &module{ll: ll.NewModule(), target: t, decls: map[string]*ll.Func{}}
	m.ll.TargetTriple = t.Triple
	for _, f := range funcs { // define in this order, whatever calls what
		m.kernel(f.Name)
	}
	for _, f := range funcs {
		if err := emitFunc(m, f); err != nil {
			return "", err
		}
	}
	return m.print()
}

// print guards against llir's panics on malformed modules.
func (m *module) print() (text string, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("llvmcpu: printing LLVM IR: %v", r)
		}
	}()
	return m.ll.String(), nil
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
