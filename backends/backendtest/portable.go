package backendtest

import (
	"fmt"
	osexec "os/exec"
	"testing"

	"nncc/backends"
	"nncc/backends/gohost"
	"nncc/codegen"
	"nncc/ir"
	"nncc/runtime/exec"
	"nncc/runtime/program"
	"nncc/runtime/tensor"
)

// Portable runs the Go functions of the portable variant in a process that is built of those of all graphs.
type Portable struct{}

// Name implements Executor.
func (Portable) Name() string { return gohost.ISA }

// Rounds implements Executor.
func (Portable) Rounds() bool { return false }

// Slow implements Executor: the Go compiler needs its time.
func (Portable) Slow() bool { return true }

// Missing implements Executor.
func (Portable) Missing() error {
	if _, err := osexec.LookPath("go"); err != nil {
		return fmt.Errorf("%w: %w", gohost.ErrNoGo, err)
	}
	return nil
}

// Prepare implements Executor.
func (Portable) Prepare(t testing.TB, graphs []*ir.Graph) []Run {
	programs := make([]*program.Program, len(graphs))
	runs := prepareAll(graphs, func(i int, g *ir.Graph) (Run, error) {
		g, err := optimised(g)
		if err != nil {
			return nil, err
		}
		programs[i], err = codegen.Compile(g, codegen.Options{Backends: []backends.Backend{gohost.New()}, Verify: true})
		return nil, err
	})
	var compiled []*program.Program
	for _, p := range programs {
		if p != nil {
			compiled = append(compiled, p)
		}
	}
	process, err := gohost.Start(gohost.Config{}, compiled...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := process.Close(); err != nil {
			t.Error(err)
		}
	})
	number := 0
	for i, g := range graphs {
		if programs[i] != nil {
			runs[i] = portableRun(process, number, g)
			number++
		}
	}
	return runs
}

// portableRun runs program number i of the process, made of g.
func portableRun(process *gohost.Process, i int, g *ir.Graph) Run {
	return func(inputs []*tensor.Tensor, m Mode) ([]*tensor.Tensor, error) {
		in, err := process.Open(i, exec.Options{MaxBatch: maxBatch, Threads: m.Threads})
		if err != nil {
			return nil, err
		}
		defer in.Close()
		for j, x := range inputs {
			copy(in.Input(j), x.Data)
		}
		if err := in.Run(m.Batch); err != nil {
			return nil, err
		}
		return results(g, m.Batch, in.Output), nil
	}
}
