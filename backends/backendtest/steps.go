package backendtest

import (
	"testing"

	"nncc/backends"
	"nncc/backends/gohost"
	"nncc/codegen"
	"nncc/codegen/plan"
	"nncc/ir"
	"nncc/runtime/exec"
	"nncc/runtime/tensor"
)

// stepper is an executor that can run a graph again and again, its states going from one run to the next.
type stepper interface {
	Executor
	// open compiles g, which is not batched, and returns an instance of it. It is closed when the test ends.
	open(t testing.TB, g *ir.Graph, threads int) (instance, error)
}

// instance is a graph in memory.
type instance interface {
	step(inputs []*tensor.Tensor) ([]*tensor.Tensor, error)
	state(i int) []byte
}

// ports is what instances of compiled programs have in common.
type ports interface {
	Input(i int) []byte
	Output(i int) []byte
	State(i int) []byte
	Run(batch int) error
}

type compiledInstance struct {
	ports
	graph *ir.Graph
}

func (in compiledInstance) step(inputs []*tensor.Tensor) ([]*tensor.Tensor, error) {
	for i, x := range inputs {
		copy(in.Input(i), x.Data)
	}
	if err := in.Run(1); err != nil {
		return nil, err
	}
	return results(in.graph, 1, in.Output), nil
}

func (in compiledInstance) state(i int) []byte { return in.State(i) }

func (e Native) open(t testing.TB, g *ir.Graph, threads int) (instance, error) {
	p, v, err := e.compile(t, g)
	if err != nil {
		return nil, err
	}
	in, err := exec.Open(v, p.ConstData(), exec.Options{MaxBatch: 1, Threads: threads})
	if err != nil {
		return nil, err
	}
	t.Cleanup(in.Close)
	return compiledInstance{in, g}, nil
}

func (Portable) open(t testing.TB, g *ir.Graph, threads int) (instance, error) {
	optimised, err := optimised(g)
	if err != nil {
		return nil, err
	}
	p, err := codegen.Compile(optimised, codegen.Options{Backends: []backends.Backend{gohost.New()}, Verify: true})
	if err != nil {
		return nil, err
	}
	process, err := gohost.Start(gohost.Config{}, p)
	if err != nil {
		return nil, err
	}
	t.Cleanup(func() {
		if err := process.Close(); err != nil {
			t.Error(err)
		}
	})
	in, err := process.Open(0, exec.Options{MaxBatch: 1, Threads: threads})
	if err != nil {
		return nil, err
	}
	return compiledInstance{in, g}, nil
}

func (e Interpreted) open(_ testing.TB, g *ir.Graph, _ int) (instance, error) {
	p, err := lowered(g, e.ISA)
	if err != nil {
		return nil, err
	}
	in, err := p.Open(1)
	if err != nil {
		return nil, err
	}
	return interpretedInstance{in, g}, nil
}

type interpretedInstance struct {
	*plan.Interpreter
	graph *ir.Graph
}

func (in interpretedInstance) step(inputs []*tensor.Tensor) ([]*tensor.Tensor, error) {
	var data [][]byte
	for _, x := range inputs {
		data = append(data, x.Data)
	}
	out, err := in.Run(data)
	if err != nil {
		return nil, err
	}
	return results(in.graph, 1, func(i int) []byte { return out[i] }), nil
}

func (in interpretedInstance) state(i int) []byte { return in.State(i) }
