// Package llvmcpu compiles loop-IR kernels for CPUs through LLVM: it writes LLVM IR with llir/llvm, runs llc, and
// links the objects into position-independent code that needs no loader. LLVM's llc is a separate program;
// its middle end (opt) is not used, so what kernels need from it is done here or in loopir.Promote.
package llvmcpu

import (
	"nncc/backends"
	"nncc/codegen/loopir"
)

// Config says where tools and caches are. The zero value is the usual one.
type Config struct {
	LLC      string // path of llc; empty: $NNCC_LLC, then PATH
	CacheDir string // compile cache; empty: $NNCC_CACHE, then the user's cache folder; "off": none
}

// Backend implements backends.Backend. It may be used by several goroutines at once.
type Backend struct {
	llc   *llc
	cache cache
}

// New finds llc. The error wraps ErrNoLLC if there is none.
func New(c Config) (*Backend, error) {
	tool, err := findLLC(c.LLC)
	if err != nil {
		return nil, err
	}
	return &Backend{llc: tool, cache: openCache(c.CacheDir)}, nil
}

// Name implements backends.Backend.
func (b *Backend) Name() string { return "llvmcpu" }

// Caps implements backends.Backend.
func (b *Backend) Caps() backends.Caps {
	c := backends.Caps{Tool: "llc " + b.llc.version}
	for _, t := range backends.Targets() {
		if b.llc.makesCodeFor(t.Arch) {
			c.ISAs = append(c.ISAs, t.ISA)
		}
	}
	return c
}

// Compile implements backends.Backend.
func (b *Backend) Compile(funcs []*loopir.Func, t backends.Target, o backends.Options) (*backends.Object, error) {
	all, err := withCallees(funcs)
	if err != nil {
		return nil, err
	}
	jobs, err := b.compile(all, t, o.KeepLLVM || o.KeepAsm)
	if err != nil {
		return nil, err
	}
	b.cache.prune(cacheLimitBytes)
	l := &linker{arch: t.Arch, kernels: map[string]*kernelCode{}}
	names := make([]string, len(jobs))
	for i, j := range jobs {
		names[i], l.kernels[all[i].Name] = all[i].Name, j.code
	}
	out, err := l.link(names, o.Separate)
	if err != nil {
		return nil, err
	}
	out.Text = map[string]string{}
	if o.KeepLLVM {
		out.Text["llvm"] = moduleText(t, irOf(jobs)...)
	}
	if o.KeepAsm {
		out.Text["asm"], err = b.assembly(jobs, t)
	}
	return out, err
}
