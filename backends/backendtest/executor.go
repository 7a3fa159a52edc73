// Package backendtest is the one conformance suite: every way to run a graph is compared with the reference
// interpreter on the ONNX project's node tests, on random graphs and on random convolutions. A backend is done when
// RunAll is green for it.
package backendtest

import (
	"bytes"
	"fmt"

	"nncc/backends"
	"nncc/codegen"
	"nncc/codegen/plan"
	"nncc/codegen/sched"
	"nncc/ir"
	"nncc/ir/passes"
	"nncc/runtime/exec"
	"nncc/runtime/program"
	"nncc/runtime/tensor"
)

// Executor is one way to run a graph.
type Executor interface {
	// Name is what tests call it, such as avx512 or avx512-interpreted.
	Name() string
	// Prepare compiles graphs, all at once where that is cheaper, and returns a function to run each of them.
	Prepare(graphs []*ir.Graph) ([]Run, error)
}

// Run computes the outputs of a graph. It fails where the graph cannot be compiled or run.
type Run func(inputs []*tensor.Tensor) ([]*tensor.Tensor, error)

// Native runs code of an instruction set through runtime/exec.
type Native struct {
	ISA     string
	Backend backends.Backend
	Threads int
}

// Name implements Executor.
func (e Native) Name() string { return e.ISA }

// Prepare implements Executor.
func (e Native) Prepare(graphs []*ir.Graph) ([]Run, error) {
	runs := make([]Run, len(graphs))
	for i, g := range graphs {
		runs[i] = func(inputs []*tensor.Tensor) ([]*tensor.Tensor, error) { return e.run(g, inputs) }
	}
	return runs, nil
}

func (e Native) run(g *ir.Graph, inputs []*tensor.Tensor) ([]*tensor.Tensor, error) {
	optimised := g.Clone()
	if _, err := passes.Run(optimised, codegen.PassOptions(passes.Options{Verify: true})); err != nil {
		return nil, err
	}
	p, err := codegen.Compile(optimised, codegen.Options{ISAs: []string{e.ISA}, Backends: []backends.Backend{e.Backend}, Verify: true})
	if err != nil {
		return nil, err
	}
	v, err := p.Native(&p.Variants[0])
	if err != nil {
		return nil, err
	}
	defer v.Code.Close()
	in, err := exec.Open(v, p.ConstData(), exec.Options{MaxBatch: 1, Threads: e.Threads})
	if err != nil {
		return nil, err
	}
	defer in.Close()
	for i, x := range inputs {
		copy(in.Input(i), x.Data)
	}
	if err := in.Run(1); err != nil {
		return nil, err
	}
	return results(p, in.Output), nil
}

func results(p *program.Program, output func(int) []byte) []*tensor.Tensor {
	out := make([]*tensor.Tensor, len(p.Signature.Outputs))
	for i, q := range p.Signature.Outputs {
		out[i] = &tensor.Tensor{DType: q.DType, Shape: q.Shape, Data: bytes.Clone(output(i))}
	}
	return out
}

// Interpreted runs the kernels of a target with the loop-IR interpreter: on any machine, every address checked.
type Interpreted struct{ ISA string }

// Name implements Executor.
func (e Interpreted) Name() string { return e.ISA + "-interpreted" }

// Prepare implements Executor.
func (e Interpreted) Prepare(graphs []*ir.Graph) ([]Run, error) {
	target, ok := sched.LookupTarget(e.ISA)
	if !ok {
		return nil, fmt.Errorf("no target %q", e.ISA)
	}
	runs := make([]Run, len(graphs))
	for i, g := range graphs {
		runs[i] = func(inputs []*tensor.Tensor) ([]*tensor.Tensor, error) { return interpret(g, target, inputs) }
	}
	return runs, nil
}

func interpret(g *ir.Graph, t sched.Target, inputs []*tensor.Tensor) ([]*tensor.Tensor, error) {
	optimised := g.Clone()
	if _, err := passes.Run(optimised, codegen.PassOptions(passes.Options{Verify: true})); err != nil {
		return nil, err
	}
	var consts plan.Constants
	p, err := codegen.Lower(optimised, t, &consts, codegen.Options{Verify: true})
	if err != nil {
		return nil, err
	}
	var data [][]byte
	for _, x := range inputs {
		data = append(data, x.Data)
	}
	got, err := p.Interpret(&consts, data, 1)
	if err != nil {
		return nil, err
	}
	out := make([]*tensor.Tensor, len(g.Outputs))
	for i, o := range g.Outputs {
		out[i] = &tensor.Tensor{DType: o.Value.Type.DType, Shape: o.Value.Type.Shape, Data: got[i]}
	}
	return out, nil
}
