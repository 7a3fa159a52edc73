package main

import (
	"bytes"

	"nncc/codegen"
	"nncc/codegen/lower"
	"nncc/codegen/sched"
	"nncc/ir/interp"
	"nncc/runtime/program"
	"nncc/runtime/tensor"
)

// hostRunner keeps inputs, outputs and states in Go memory around a function that computes a batch.
type hostRunner struct {
	inputs, outputs [][]byte
	states          [][]byte
	sampleBytes     []int // of each input, for one sample
	compute         func(inputs [][]byte, batch int) ([][]byte, error)
}

func newHostRunner(sig program.Signature, maxBatch int, compute func(inputs [][]byte, batch int) ([][]byte, error)) *hostRunner {
	r := &hostRunner{compute: compute}
	for _, p := range sig.Inputs {
		n := p.Elems() * p.DType.Bytes()
		r.inputs, r.sampleBytes = append(r.inputs, make([]byte, n*maxBatch)), append(r.sampleBytes, n)
	}
	for _, p := range sig.Outputs {
		r.outputs = append(r.outputs, make([]byte, p.Elems()*p.DType.Bytes()*maxBatch))
	}
	return r
}

func (r *hostRunner) Input(i int) []byte  { return r.inputs[i] }
func (r *hostRunner) Output(i int) []byte { return r.outputs[i] }
func (r *hostRunner) State(i int) []byte  { return r.states[i] }
func (r *hostRunner) Close()              {}

func (r *hostRunner) Run(batch int) error {
	in := make([][]byte, len(r.inputs))
	for i, b := range r.inputs {
		in[i] = b[:batch*r.sampleBytes[i]]
	}
	out, err := r.compute(in, batch)
	for i, b := range out {
		copy(r.outputs[i], b)
	}
	return err
}

// openInterp runs the graph as it was loaded, sample by sample.
func (s *session) openInterp(o engineOptions) *engine {
	sig := codegen.SignatureOf(s.loaded)
	var states []*tensor.Tensor
	for _, t := range interp.InitialStates(s.loaded) {
		states = append(states, &tensor.Tensor{DType: t.DType, Shape: t.Shape, Data: bytes.Clone(t.Data)})
	}
	compute := func(inputs [][]byte, batch int) ([][]byte, error) {
		outputs := make([][]byte, len(sig.Outputs))
		for n := range batch {
			one := make([]*tensor.Tensor, len(inputs))
			for i, p := range sig.Inputs {
				size := len(inputs[i]) / batch
				one[i] = &tensor.Tensor{DType: p.DType, Shape: p.Shape, Data: inputs[i][n*size : (n+1)*size]}
			}
			results, next, err := interp.Step(s.loaded, one, states, interp.Options{})
			if err != nil {
				return nil, err
			}
			for i, t := range next {
				copy(states[i].Data, t.Data)
			}
			for i, t := range results {
				outputs[i] = append(outputs[i], t.Data...)
			}
		}
		return outputs, nil
	}
	r := newHostRunner(sig, o.batch, compute)
	for _, t := range states {
		r.states = append(r.states, t.Data)
	}
	return &engine{runner: r, backend: backendInterp, isa: backendInterp, threads: 1, maxBatch: o.batch, signature: sig}
}

// openLoop interprets the kernels of a target: those of the portable variant unless o names another.
func (s *session) openLoop(o engineOptions) (*engine, error) {
	isa := o.isa
	if isa == "" {
		isa = backendPortable
	}
	target, _ := sched.LookupTarget(isa)
	p, err := codegen.Lower(s.graph, target, new(lower.Packs), s.options(codegen.Options{Layers: o.layers}))
	if err != nil {
		return nil, err
	}
	sig := codegen.SignatureOf(s.graph)
	r := newHostRunner(sig, o.batch, p.Interpret)
	if len(sig.States) > 0 { // batches are a part of the graph then
		in, err := p.Open(1)
		if err != nil {
			return nil, err
		}
		r.compute = func(inputs [][]byte, _ int) ([][]byte, error) { return in.Run(inputs) }
		for i := range sig.States {
			r.states = append(r.states, in.State(i))
		}
	}
	return &engine{runner: r, backend: backendLoop, isa: isa, threads: 1, maxBatch: o.batch, signature: sig}, nil
}
