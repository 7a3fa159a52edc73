package plan

import (
	"fmt"
	"slices"

	"nncc/codegen/loopir"
	"nncc/codegen/lower"
	"nncc/runtime/exec"
)

// Interpret runs the plan's launches with the loop-IR interpreter for the given batch: slow, but on any machine, and
// with every address checked. Inputs and results are the bytes of batch samples, as in exec.Instance.
func (p *Plan) Interpret(inputs [][]byte, batch int) ([][]byte, error) {
	v := &p.Variant
	arena, derived := make([]byte, v.ArenaBytes*batch), make([]byte, v.DerivedBytes)
	port := func(q exec.Port) []byte {
		n := q.Elems * q.ElemBytes
		if q.Batched {
			n *= batch
		}
		return arena[q.OffsetBytes*batch:][:n]
	}
	for i, in := range inputs {
		copy(port(v.Inputs[i]), in)
	}
	for _, l := range append(slices.Clone(v.Init), v.Step...) {
		f := p.Funcs[l.Kernel]
		args := make([][]byte, len(l.Args))
		for i, a := range l.Args {
			args[i] = argumentBytes(f.Params[i], a, arena, derived, p.Consts, batch)
		}
		if err := loopir.Interpret(f, args, batch); err != nil {
			return nil, fmt.Errorf("%s: %w", l.Name, err)
		}
	}
	var out [][]byte
	for _, q := range v.Outputs {
		out = append(out, append([]byte{}, port(q)...))
	}
	return out, nil
}

func argumentBytes(b *loopir.Buffer, a exec.Arg, arena, derived []byte, consts []*lower.Const, batch int) []byte {
	if a.Space == exec.SpaceConst {
		return consts[a.Index].Data[a.OffsetBytes:]
	}
	n := b.Bytes()
	if a.Space == exec.SpaceDerived {
		return derived[a.OffsetBytes:][:n]
	}
	if b.Batched() {
		n *= batch
	}
	return arena[a.OffsetBytes*batch:][:n]
}
