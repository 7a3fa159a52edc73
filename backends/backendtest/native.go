package backendtest

import (
	"fmt"
	"runtime"
	"testing"

	"nncc/backends"
	"nncc/codegen"
	"nncc/codegen/sched"
	"nncc/ir"
	"nncc/runtime/exec"
	"nncc/runtime/parallel"
	"nncc/runtime/program"
	"nncc/runtime/tensor"
)

// maxBatch is the largest batch that instances are opened for.
const maxBatch = 23

// Native runs machine code of an instruction set through runtime/exec.
type Native struct {
	ISA     string
	Backend backends.Backend // nil if there is none on this machine
	Why     error            // then, the reason
}

// Name implements Executor.
func (e Native) Name() string { return e.ISA }

// Slow implements Executor.
func (e Native) Slow() bool { return false }

// Rounds implements Executor.
func (e Native) Rounds() bool { return rounds(e.ISA) }

// rounds reports whether kernels for isa round float32 to bf16.
func rounds(isa string) bool {
	t, _ := sched.LookupTarget(isa)
	return t.BF16
}

// precisionOf is what programs for isa are allowed to do.
func precisionOf(isa string) sched.Precision {
	if rounds(isa) {
		return sched.BF16
	}
	return sched.F32
}

// Missing implements Executor.
func (e Native) Missing() error {
	if e.Backend == nil {
		return e.Why
	}
	target, ok := backends.TargetFor(e.ISA)
	if !ok {
		return fmt.Errorf("no machine target %q", e.ISA)
	}
	if target.Arch != runtime.GOARCH {
		return fmt.Errorf("%s is for %s, this is %s", e.ISA, target.Arch, runtime.GOARCH)
	}
	if !exec.Supported(target.Features) {
		return fmt.Errorf("this processor cannot run %s code: it has %v", e.ISA, exec.Features())
	}
	return nil
}

// Prepare implements Executor.
func (e Native) Prepare(t testing.TB, graphs []*ir.Graph) []Run {
	return prepareAll(graphs, func(_ int, g *ir.Graph) (Run, error) {
		p, v, err := e.compile(t, g)
		if err != nil {
			return nil, err
		}
		r := &nativeRun{graph: g, program: p, variant: v, instances: map[int]*exec.Instance{}}
		t.Cleanup(r.close)
		return r.run, nil
	})
}

// prepareAll makes the runs of all graphs, several at a time. A graph that fails gets a run that says so.
func prepareAll(graphs []*ir.Graph, prepare func(i int, g *ir.Graph) (Run, error)) []Run {
	runs := make([]Run, len(graphs))
	_ = parallel.Each(len(graphs), func(i int) error {
		run, err := recovered(func() (Run, error) { return prepare(i, graphs[i]) })
		if err != nil {
			run = func([]*tensor.Tensor, Mode) ([]*tensor.Tensor, error) { return nil, err }
		}
		runs[i] = run
		return nil
	})
	return runs
}

// recovered turns a panic of the compiler into the failure of one graph.
func recovered(prepare func() (Run, error)) (run Run, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v\n%s", r, parallel.StackOf(r))
		}
	}()
	return prepare()
}

// compile makes executable code of g; its memory is freed when the test ends.
func (e Native) compile(t testing.TB, g *ir.Graph) (*program.Program, *exec.Variant, error) {
	g, err := optimised(g)
	if err != nil {
		return nil, nil, err
	}
	p, err := codegen.Compile(g, codegen.Options{ISAs: []string{e.ISA}, Precision: precisionOf(e.ISA), Backends: []backends.Backend{e.Backend}, Verify: true})
	if err != nil {
		return nil, nil, err
	}
	v, err := p.Native(&p.Variants[0])
	if err != nil {
		return nil, nil, err
	}
	t.Cleanup(func() {
		if err := v.Code.Close(); err != nil {
			t.Error(err)
		}
	})
	return p, v, nil
}

// nativeRun keeps an instance for each number of threads, so that runs find what earlier ones left in memory.
type nativeRun struct {
	graph     *ir.Graph
	program   *program.Program
	variant   *exec.Variant
	instances map[int]*exec.Instance
}

func (r *nativeRun) run(inputs []*tensor.Tensor, m Mode) ([]*tensor.Tensor, error) {
	in, ok := r.instances[m.Threads]
	if !ok {
		var err error
		if in, err = exec.Open(r.variant, r.program.ConstData(), exec.Options{MaxBatch: maxBatch, Threads: m.Threads}); err != nil {
			return nil, err
		}
		r.instances[m.Threads] = in
	}
	for i, x := range inputs {
		copy(in.Input(i), x.Data)
	}
	if err := in.Run(m.Batch); err != nil {
		return nil, err
	}
	return results(r.graph, m.Batch, in.Output), nil
}

func (r *nativeRun) close() {
	for _, in := range r.instances {
		in.Close()
	}
}
