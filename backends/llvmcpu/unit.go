package llvmcpu

import (
	"fmt"
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

// group cuts the list of kernels into units: a large kernel is one of its own, so that an edit elsewhere leaves its cache
// entry valid; small ones share a process. It depends on nothing but the kernels.
func group(funcs []*loopir.Func) [][]*loopir.Func {
	const unitStatements = 64
	var groups [][]*loopir.Func
	size := unitStatements
	for _, f := range funcs {
		n := 0
		loopir.Walk(f.Body, func(loopir.Stmt) { n++ })
		if size+n > unitStatements {
			groups = append(groups, nil)
			size = 0
		}
		last := len(groups) - 1
		groups[last] = append(groups[last], f)
		size += n
	}
	return groups
}

// fallbackFlags are further ways of compiling, tried on units whose code keeps vectors on the stack. Which of
// them spills depends on the kernel and on the release of LLVM: nothing but trying tells.
var fallbackFlags = [][]string{{"-enable-misched=false"}}

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
	used := [][]string{flags}
	for _, extra := range fallbackFlags {
		if !u.spills() {
			break
		}
		others := append(flags[:len(flags):len(flags)], extra...)
		other, err := b.object(text, others)
		if err != nil {
			return nil, err
		}
		if u.keepBetter(other) {
			used = append(used, others)
		}
	}
	if o.KeepAsm {
		u.asm, err = b.assembly(text, used)
	}
	return u, err
}

// assembly is the text form for each list of flags from which kernels were taken.
func (b *Backend) assembly(text string, used [][]string) (string, error) {
	var all strings.Builder
	for _, flags := range used {
		asm, err := b.llc.run(text, flags, "asm")
		if err != nil {
			return "", err
		}
		fmt.Fprintf(&all, "# llc %s\n%s", strings.Join(flags, " "), asm)
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

func (u *unit) spills() bool {
	for _, s := range u.object.funcs {
		if spills(u.object.machine, s) > 0 {
			return true
		}
	}
	return false
}

// keepBetter takes over the functions that spill less in other, and says whether there were any.
func (u *unit) keepBetter(other *objectFile) bool {
	better := false
	for name, s := range other.funcs {
		if spills(other.machine, s) < spills(u.object.machine, u.object.funcs[name]) {
			u.object.funcs[name] = s
			better = true
		}
	}
	return better
}
