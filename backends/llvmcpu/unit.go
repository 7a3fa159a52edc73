package llvmcpu

import (
	"fmt"
	"slices"
	"strings"

	"nncc/backends"
	"nncc/codegen/loopir"
)

// unit is a group of kernels compiled by one run of llc.
type unit struct {
	object *objectFile
	llvm   string
	asm    string // if asked for
}

// withCallees is funcs and then every kernel they call that is not among them. Names are symbols of the linker: two
// functions of one name are an error, such as two separately promoted copies of a callee.
func withCallees(funcs []*loopir.Func) ([]*loopir.Func, error) {
	byName := map[string]*loopir.Func{}
	var all []*loopir.Func
	var clash error
	add := func(f *loopir.Func) {
		switch g := byName[f.Name]; {
		case g == nil:
			byName[f.Name] = f
			all = append(all, f)
		case g != f:
			clash = fmt.Errorf("llvmcpu: two different functions are called %s", f.Name)
		}
	}
	for _, f := range funcs {
		add(f)
	}
	for _, f := range funcs {
		for _, g := range f.Callees() {
			add(g)
		}
	}
	return all, clash
}

// unitKernels is how many kernels share a process of llc: one takes longer to start than to compile a small kernel. All of a
// unit are compiled again for one that tries another tile, or was edited.
const unitKernels = 8

// fallbackFlags are further ways of compiling, tried on kernels whose code keeps vectors on the stack. Which of
// them spills depends on the kernel and on the release of LLVM: nothing but trying tells.
var fallbackFlags = [][]string{{"-enable-misched=false"}}

// source is what llc made code of.
type source struct {
	text  string
	flags []string
}

// compileUnit emits, compiles, and keeps the version of each kernel with the fewest spills.
func (b *Backend) compileUnit(funcs []*loopir.Func, t backends.Target, o backends.Options) (*unit, error) {
	text, err := emitModule(funcs, t)
	if err != nil {
		return nil, err
	}
	flags := targetFlags(t)
	u := &unit{llvm: text}
	if u.object, err = b.object(text, flags); err != nil {
		return nil, err
	}
	used := []source{{text, flags}}
	for _, extra := range fallbackFlags {
		spilling := slices.DeleteFunc(slices.Clone(funcs), func(f *loopir.Func) bool { return u.spills(f.Name) == 0 })
		if len(spilling) == 0 {
			break
		}
		if text, err = emitModule(spilling, t); err != nil {
			return nil, err
		}
		others := append(flags[:len(flags):len(flags)], extra...)
		other, err := b.object(text, others)
		if err != nil {
			return nil, err
		}
		if u.keepBetter(other) {
			used = append(used, source{text, others})
		}
	}
	if o.KeepAsm {
		u.asm, err = b.assembly(used)
	}
	return u, err
}

// assembly is the text form of all that kernels were taken from.
func (b *Backend) assembly(used []source) (string, error) {
	var all strings.Builder
	for _, s := range used {
		asm, err := b.llc.run(s.text, s.flags, "asm")
		if err != nil {
			return "", err
		}
		fmt.Fprintf(&all, "# llc %s\n%s", strings.Join(s.flags, " "), asm)
	}
	return all.String(), nil
}

// object compiles LLVM IR, or finds that it was compiled before.
func (b *Backend) object(text string, flags []string) (*objectFile, error) {
	key := b.cache.key(b.llc.version, strings.Join(flags, " "), text)
	if raw, ok := b.cache.get(key); ok {
		if o, err := parseObject(raw); err == nil { // otherwise the entry is damaged
			return o, nil
		}
	}
	raw, err := b.llc.run(text, flags, "obj")
	if err != nil {
		return nil, err
	}
	o, err := parseObject(raw)
	if err != nil {
		return nil, fmt.Errorf("%w (llc %s)", err, b.llc.version)
	}
	b.cache.put(key, raw)
	return o, nil
}

// spills counts the vectors that a kernel keeps on the stack.
func (u *unit) spills(name string) int { return spills(u.object.machine, u.object.funcs[name]) }

// keepBetter takes over the functions that spill less in other, and says whether there were any.
func (u *unit) keepBetter(other *objectFile) bool {
	better := false
	for name, s := range other.funcs {
		if spills(other.machine, s) < u.spills(name) {
			u.object.funcs[name] = s
			better = true
		}
	}
	return better
}
