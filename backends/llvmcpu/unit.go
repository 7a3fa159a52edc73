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

// withCallees is funcs and then every kernel they call that is not among them.
func withCallees(funcs []*loopir.Func) []*loopir.Func {
	seen := map[*loopir.Func]bool{}
	var all []*loopir.Func
	add := func(f *loopir.Func) {
		if !seen[f] {
			seen[f] = true
			all = append(all, f)
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
	return all
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
	for _, extra := range fallbackFlags {
		if !u.spills() {
			break
		}
		other, err := b.object(text, append(flags[:len(flags):len(flags)], extra...))
		if err != nil {
			return nil, err
		}
		u.keepBetter(other)
	}
	if o.KeepAsm {
		asm, err := b.llc.run(text, flags, "asm")
		if err != nil {
			return nil, err
		}
		u.asm = string(asm)
	}
	return u, nil
}

// object compiles LLVM IR, or finds that it was compiled before.
func (b *Backend) object(text string, flags []string) (*objectFile, error) {
	key := b.cache.key(b.llc.version, strings.Join(flags, " "), text)
	raw, hit := b.cache.get(key)
	if !hit {
		var err error
		if raw, err = b.llc.run(text, flags, "obj"); err != nil {
			return nil, err
		}
	}
	o, err := parseObject(raw)
	if err != nil {
		return nil, fmt.Errorf("%w (llc %s)", err, b.llc.version)
	}
	if !hit {
		b.cache.put(key, raw)
	}
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

// keepBetter takes over the functions that spill less in other.
func (u *unit) keepBetter(other *objectFile) {
	for name, s := range other.funcs {
		if spills(other.machine, s) < spills(u.object.machine, u.object.funcs[name]) {
			u.object.funcs[name] = s
		}
	}
}
