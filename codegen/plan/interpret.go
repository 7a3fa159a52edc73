package plan

import (
	"fmt"
	"slices"

	"nncc/codegen/loopir"
	"nncc/runtime/exec"
)

// Interpreter runs a plan's launches with the loop-IR interpreter: slow, but on any machine, and with every address
// checked.
type Interpreter struct {
	plan           *Plan
	arena, derived []byte
	batch          int
}

// Interpret runs the plan once for the given batch. Inputs and results are the bytes of batch samples, as in
// exec.Instance.
func (p *Plan) Interpret(inputs [][]byte, batch int) ([][]byte, error) {
	in, err := p.Open(batch)
	if err != nil {
		return nil, err
	}
	return in.Run(inputs)
}

// Open runs the init launches.
func (p *Plan) Open(batch int) (*Interpreter, error) {
	in := &Interpreter{p, make([]byte, p.Variant.ArenaBytes*batch), make([]byte, p.Variant.DerivedBytes), batch}
	return in, in.launch(p.Variant.Init)
}

// Run runs the step launches.
func (in *Interpreter) Run(inputs [][]byte) ([][]byte, error) {
	v := &in.plan.Variant
	for i, x := range inputs {
		copy(in.port(v.Inputs[i]), x)
	}
	if err := in.launch(v.Step); err != nil {
		return nil, err
	}
	var out [][]byte
	for _, q := range v.Outputs {
		out = append(out, slices.Clone(in.port(q)))
	}
	return out, nil
}

// State is the memory of state i.
func (in *Interpreter) State(i int) []byte {
	q := in.plan.Variant.States[i]
	return in.derived[q.OffsetBytes:][:q.Elems*q.ElemBytes]
}

func (in *Interpreter) port(q exec.Port) []byte {
	n := q.Elems * q.ElemBytes
	if q.Batched {
		n *= in.batch
	}
	return in.arena[q.OffsetBytes*in.batch:][:n]
}

func (in *Interpreter) launch(launches []exec.Launch) error {
	for _, l := range launches {
		f := in.plan.Funcs[l.Kernel]
		args := make([][]byte, len(l.Args))
		for i, a := range l.Args {
			args[i] = in.argument(f.Params[i], a)
		}
		if err := loopir.Interpret(f, args, in.batch); err != nil {
			return fmt.Errorf("%s: %w", l.Name, err)
		}
	}
	return nil
}

func (in *Interpreter) argument(b *loopir.Buffer, a exec.Arg) []byte {
	if a.Space == exec.SpaceConst {
		return in.plan.Consts[a.Index].Data[a.OffsetBytes+a.WithinBytes:]
	}
	n := b.Bytes()
	if a.Space == exec.SpaceDerived {
		return in.derived[a.OffsetBytes:][a.WithinBytes:n]
	}
	if b.Batched() {
		n *= in.batch
	}
	return in.arena[a.OffsetBytes*in.batch:][a.WithinBytes:n]
}
