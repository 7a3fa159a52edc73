package backendtest

import (
	"fmt"
	"testing"

	"nncc/codegen"
	"nncc/codegen/lower"
	"nncc/codegen/plan"
	"nncc/codegen/sched"
	"nncc/ir"
	"nncc/runtime/tensor"
)

// Interpreted runs the kernels of a target with the loop-IR interpreter: on any machine, every address checked.
type Interpreted struct{ ISA string }

// Name implements Executor.
func (e Interpreted) Name() string { return e.ISA + "-interpreted" }

// Slow implements Executor.
func (e Interpreted) Slow() bool { return true }

// Rounds implements Executor.
func (e Interpreted) Rounds() bool { return rounds(e.ISA) }

// Missing implements Executor.
func (e Interpreted) Missing() error {
	if _, ok := sched.LookupTarget(e.ISA); !ok {
		return fmt.Errorf("no schedules for %q", e.ISA)
	}
	return nil
}

// Prepare implements Executor.
func (e Interpreted) Prepare(_ testing.TB, graphs []*ir.Graph) []Run {
	return prepareAll(graphs, func(_ int, g *ir.Graph) (Run, error) {
		p, err := lowered(g, e.ISA)
		if err != nil {
			return nil, err
		}
		return func(inputs []*tensor.Tensor, m Mode) ([]*tensor.Tensor, error) {
			var data [][]byte
			for _, x := range inputs {
				data = append(data, x.Data)
			}
			out, err := p.Interpret(data, m.Batch)
			if err != nil {
				return nil, err
			}
			return results(g, m.Batch, func(i int) []byte { return out[i] }), nil
		}, nil
	})
}

// lowered is the plan of g for an instruction set.
func lowered(g *ir.Graph, isa string) (*plan.Plan, error) {
	g, err := optimised(g)
	if err != nil {
		return nil, err
	}
	target, _ := sched.LookupTarget(isa)
	return codegen.Lower(g, target, new(lower.Packs), codegen.Options{Verify: true})
}
