package llvmcpu

import (
	"fmt"
	"slices"
	"strings"

	"nncc/backends"
	"nncc/codegen/loopir"
	"nncc/runtime/parallel"
)

// job is a kernel on its way to machine code.
type job struct {
	ir   kernelIR    // empty if the code was found without
	key  string      // of the cache
	code *kernelCode // nil until it is found or made
}

// batchKernels is how many kernels share a process of llc: one takes longer to start than to compile a small kernel.
const batchKernels = 8

// keptForm changes with what is kept of a kernel, so that caches of other releases are not read.
const keptForm = 3

// fallbackFlags are further ways of compiling, tried on kernels whose code keeps vectors on the stack. Which of
// them spills depends on the kernel and on the release of LLVM: nothing but trying tells.
var fallbackFlags = [][]string{{"-enable-misched=false"}}

// flagSets are all ways of compiling for t, the usual one first. kernelCode.Flags is an index of it.
func flagSets(t backends.Target) [][]string {
	usual := targetFlags(t)
	sets := [][]string{usual}
	for _, extra := range fallbackFlags {
		sets = append(sets, append(usual[:len(usual):len(usual)], extra...))
	}
	return sets
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

// compile returns each kernel with its code: what was compiled before, and the rest in batches. Of several ways to
// compile a kernel that with the fewest spills is kept. keepIR asks for the LLVM IR of all of them.
func (b *Backend) compile(funcs []*loopir.Func, t backends.Target, keepIR bool) ([]*job, error) {
	sets := flagSets(t)
	tool := fmt.Sprint(keptForm, b.llc.version, sets)
	jobs := make([]*job, len(funcs))
	err := parallel.Each(len(funcs), func(i int) (err error) {
		jobs[i], err = b.find(funcs[i], t, tool, keepIR)
		return err
	})
	if err != nil {
		return nil, err
	}
	first := map[string]*job{} // of a key: kernels that differ in their names only are compiled, and laid out, once
	var missing []*job
	for _, j := range jobs {
		if first[j.key] == nil {
			first[j.key] = j
			if j.code == nil {
				missing = append(missing, j)
			}
		}
	}
	for pending, i := slices.Clone(missing), 0; i < len(sets) && len(pending) > 0; i++ {
		if err := b.compileBatches(pending, t, sets[i], i); err != nil {
			return nil, err
		}
		pending = slices.DeleteFunc(pending, func(j *job) bool { return j.code.spills(t.Arch) == 0 })
	}
	for _, j := range missing {
		b.cache.put(j.key, j.code)
	}
	for _, j := range jobs {
		j.code = first[j.key].code
	}
	return jobs, nil
}

// find looks for a kernel in the cache. Kernels that differ in their names only have the same code.
func (b *Backend) find(f *loopir.Func, t backends.Target, tool string, keepIR bool) (*job, error) {
	loop := b.cache.key(tool, f.Fingerprint())
	if key, known := b.cache.keys.Load(loop); known && !keepIR {
		if code := b.cache.get(key.(string)); code != nil {
			return &job{key: key.(string), code: code}, nil
		}
	}
	ir, err := emitKernel(f, t)
	if err != nil {
		return nil, err
	}
	key := b.cache.key(tool, strings.Replace(moduleText(t, ir), "@"+f.Name+"(", "@(", 1))
	b.cache.keys.Store(loop, key)
	return &job{ir: ir, key: key, code: b.cache.get(key)}, nil
}

// compileBatches compiles kernels with one of the flag sets, and keeps what spills less than their code so far.
func (b *Backend) compileBatches(jobs []*job, t backends.Target, flags []string, set int) error {
	batches := slices.Collect(slices.Chunk(jobs, batchKernels))
	return parallel.Each(len(batches), func(i int) error {
		codes, err := b.compileBatch(batches[i], t, flags)
		if err != nil {
			return err
		}
		for k, j := range batches[i] {
			codes[k].Flags = set
			if j.code == nil || codes[k].spills(t.Arch) < j.code.spills(t.Arch) {
				j.code = codes[k]
			}
		}
		return nil
	})
}

// compileBatch runs llc once. A kernel that cannot be told from the others of the batch runs alone.
func (b *Backend) compileBatch(batch []*job, t backends.Target, flags []string) ([]*kernelCode, error) {
	raw, err := b.llc.run(moduleText(t, irOf(batch)...), flags, "obj")
	if err != nil {
		return nil, err
	}
	object, err := parseObject(raw)
	if err != nil {
		return nil, fmt.Errorf("%w (llc %s)", err, b.llc.version)
	}
	codes := make([]*kernelCode, len(batch))
	for i, j := range batch {
		code, exact, err := object.kernel(j.ir.name)
		if err == nil && !exact && len(batch) > 1 {
			var alone []*kernelCode
			if alone, err = b.compileBatch(batch[i:i+1], t, flags); err == nil {
				code = alone[0]
			}
		}
		if err != nil {
			return nil, err
		}
		codes[i] = code
	}
	return codes, nil
}

func irOf(jobs []*job) []kernelIR {
	var list []kernelIR
	for _, j := range jobs {
		list = append(list, j.ir)
	}
	return list
}

// assembly is the text form of the code that kernels have.
func (b *Backend) assembly(jobs []*job, t backends.Target) (string, error) {
	var all strings.Builder
	for i, flags := range flagSets(t) {
		ours := slices.DeleteFunc(slices.Clone(jobs), func(j *job) bool { return j.code.Flags != i })
		if len(ours) == 0 {
			continue
		}
		asm, err := b.llc.run(moduleText(t, irOf(ours)...), flags, "asm")
		if err != nil {
			return "", err
		}
		fmt.Fprintf(&all, "# llc %s\n%s", strings.Join(flags, " "), asm)
	}
	return all.String(), nil
}
