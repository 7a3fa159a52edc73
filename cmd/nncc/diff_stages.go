package main

import (
	"fmt"

	"nncc/codegen"
	"nncc/codegen/sched"
	"nncc/ir"
	"nncc/ir/interp"
	"nncc/ir/passes"
	"nncc/runtime/tensor"
)

// differ compares the stages of one model on one random input.
type differ struct {
	session *session
	fuel    int
	seed    uint64
}

// backend compares what one backend does, for each instruction set if it has several.
func (d *differ) backend(name string, isas []string) ([]finding, error) {
	switch name {
	case backendInterp:
		f, err := d.passes()
		return []finding{f}, err
	case backendPortable:
		return d.engine(engineOptions{backend: name, isa: backendPortable})
	}
	if len(isas) == 0 {
		isas = supportedISAs(d.session.precision)
		if name == backendLoop {
			isas = []string{backendPortable}
		}
	}
	var all []finding
	for _, isa := range isas {
		found, err := d.engine(engineOptions{backend: name, isa: isa})
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	return all, nil
}

func (d *differ) inputs() []*tensor.Tensor {
	sig := codegen.SignatureOf(d.session.loaded)
	set := randomInputs(sig, d.seed, 1)
	var out []*tensor.Tensor
	for i, p := range sig.Inputs {
		out = append(out, &tensor.Tensor{DType: p.DType, Shape: p.Shape, Data: set.data[i]})
	}
	return out
}

// observe interprets g without rounding in between, and returns every value by name.
func (d *differ) observe(g *ir.Graph) (map[string]*tensor.Tensor, error) {
	values := map[string]*tensor.Tensor{}
	_, err := interp.Run(g, d.inputs(), interp.Options{Float64: true, Observe: func(v *ir.Value, t *tensor.Tensor) { values[v.Name] = t }})
	return values, err
}

// passes compares the graph before and after the graph passes: a pass keeps the names of the values that it keeps.
func (d *differ) passes() (finding, error) {
	want, err := d.observe(d.session.loaded)
	if err != nil {
		return finding{}, err
	}
	f, err := d.comparePasses(want, d.session.graph)
	if err != nil || f.OK {
		return f, err
	}
	where, err := d.session.findRewrite(d.fuel, func(fuel int) (bool, error) {
		g, err := d.session.optimise(passes.Options{}, fuel)
		if err != nil {
			return false, err
		}
		f, err := d.comparePasses(want, g)
		return !f.OK, err
	})
	f.Cause = where.String()
	return f, err
}

func (d *differ) comparePasses(want map[string]*tensor.Tensor, g *ir.Graph) (finding, error) {
	f := finding{Stage: "passes", Backend: backendInterp, ISA: backendInterp, OK: true}
	got, err := d.observe(g)
	if err != nil {
		return f, err
	}
	tolerances := pathTolerances(g, "")
	for _, n := range g.Nodes {
		for _, m := range sched.Members(n) { // the last member's result has the name of the fused node's
			v := m.Out()
			w, known := want[v.Name]
			if !known {
				continue
			}
			diff, err := compare(w, got[v.Name])
			if err != nil {
				return f, fmt.Errorf("value %q after the passes: %w", v.Name, err)
			}
			f.add(v.Name, m.Name, m.Op.Name, diff, tolerances[v.Name])
		}
	}
	return f, nil
}
