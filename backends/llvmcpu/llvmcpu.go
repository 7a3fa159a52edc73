// Package llvmcpu compiles loop-IR kernels for CPUs through LLVM: it writes LLVM IR with llir/llvm, runs llc, and
// links the objects into position-independent code that needs no loader. LLVM's llc is a separate program;
// its middle end (opt) is not used, so what kernels need from it is done here or in loopir.Promote.
package llvmcpu

import (
	"runtime"
	"slices"
	"strings"
	"sync"

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
	groups := slices.Collect(slices.Chunk(all, unitKernels))
	units := make([]*unit, len(groups))
	errs := make([]error, len(groups))
	limit := make(chan struct{}, runtime.GOMAXPROCS(0))
	var wg sync.WaitGroup
	for i, g := range groups {
		wg.Go(func() {
			limit <- struct{}{}
			defer func() { <-limit }()
			units[i], errs[i] = b.compileUnit(g, t, o)
		})
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	b.cache.prune(cacheLimitBytes)
	return linkUnits(all, units, o)
}

// linkUnits joins the compiled groups.
func linkUnits(funcs []*loopir.Func, units []*unit, o backends.Options) (*backends.Object, error) {
	l := &linker{funcs: map[string]*section{}}
	var llvm, asm []string
	for _, u := range units {
		l.machine = u.object.machine
		for name, s := range u.object.funcs {
			l.funcs[name] = s
		}
		llvm, asm = append(llvm, u.llvm), append(asm, u.asm)
	}
	names := make([]string, len(funcs))
	for i, f := range funcs {
		names[i] = f.Name
	}
	out, err := l.link(names, o.Separate)
	if err != nil {
		return nil, err
	}
	out.Text = map[string]string{}
	if o.KeepLLVM {
		out.Text["llvm"] = strings.Join(llvm, "\n")
	}
	if o.KeepAsm {
		out.Text["asm"] = strings.Join(asm, "\n")
	}
	return out, nil
}
