package main

import (
	"fmt"

	"nncc/codegen/sched"
	"nncc/ir"
	"nncc/ir/interp"
	"nncc/runtime/tensor"
)

// engine compares the kernels of a backend, one by one, and then the program that they make up.
func (d *differ) engine(o engineOptions) ([]finding, error) {
	observed := observable(d.session.graph)
	values, e, err := d.runOn(observed, o)
	if err != nil {
		return nil, err
	}
	kernels, err := compareNodes(observed, values, e.isa)
	if err != nil {
		return nil, err
	}
	kernels.Stage, kernels.Backend, kernels.ISA = "kernels", e.backend, e.isa
	if !kernels.OK {
		kernels.Cause = d.blame(observed, kernels.Value, values, o)
		return []finding{kernels}, nil
	}
	program, err := d.compareProgram(values, o, e.isa)
	program.Stage, program.Backend, program.ISA = "program", e.backend, e.isa
	return []finding{kernels, program}, err
}

// observable is g with every node's results as outputs, under the names of the values.
func observable(g *ir.Graph) *ir.Graph {
	c := g.Clone()
	c.Outputs = nil
	for _, n := range c.Nodes {
		for _, v := range n.Outputs {
			c.Outputs = append(c.Outputs, ir.Output{Name: v.Name, Value: v})
		}
	}
	if c.Batched {
		ir.MarkBatched(c) // a value that depends on no input has no samples
	}
	return c
}

// runOn runs a graph in the place of the session's own and returns its inputs and outputs by name.
func (d *differ) runOn(g *ir.Graph, o engineOptions) (map[string]*tensor.Tensor, *engine, error) {
	s := *d.session
	s.graph = g
	e, err := s.open(o, nil)
	if err != nil {
		return nil, nil, err
	}
	defer e.Close()
	values := map[string]*tensor.Tensor{}
	for i, t := range d.inputs() {
		copy(e.Input(i), t.Data)
		values[g.Inputs[i].Name] = t
	}
	if err := e.Run(1); err != nil {
		return nil, nil, err
	}
	for i, out := range g.Outputs {
		values[out.Name] = e.output(i, 1)
	}
	return values, e, nil
}

// compareNodes interprets each node on the inputs that the backend gave it, so that errors do not add up.
func compareNodes(g *ir.Graph, values map[string]*tensor.Tensor, isa string) (finding, error) {
	f := finding{OK: true}
	for _, n := range g.Nodes {
		inputs := make([]*tensor.Tensor, len(n.Inputs))
		for i, v := range n.Inputs {
			switch {
			case v == nil:
			case v.IsConst():
				inputs[i] = v.Const
			default:
				inputs[i] = values[v.Name]
			}
		}
		want, err := interp.EvalNode(n, inputs)
		if err != nil {
			return f, err
		}
		for i, v := range n.Outputs {
			diff, err := compare(want[i], values[v.Name])
			if err != nil {
				return f, fmt.Errorf("value %q: %w", v.Name, err)
			}
			f.add(v.Name, n.Name, opNames(n), diff, nodeTolerance(n, isa))
		}
	}
	return f, nil
}

// opNames is the node's op, or those of its body.
func opNames(n *ir.Node) string {
	text := ""
	for i, m := range sched.Members(n) {
		if i > 0 {
			text += " "
		}
		text += m.Op.Name
	}
	return text
}

// compareProgram compares the outputs of the whole program, where memory is shared and small kernels are joined, with
// those of the single kernels.
func (d *differ) compareProgram(values map[string]*tensor.Tensor, o engineOptions, isa string) (finding, error) {
	f := finding{OK: true}
	outputs, _, err := d.runOn(d.session.graph, o)
	if err != nil {
		return f, err
	}
	tolerances := pathTolerances(d.session.graph, isa)
	for _, out := range d.session.graph.Outputs {
		want, ok := values[out.Value.Name]
		if out.Value.IsConst() {
			want, ok = out.Value.Const, true
		}
		if !ok {
			return f, fmt.Errorf("output %q has no value to compare with", out.Name)
		}
		diff, err := compare(want, outputs[out.Name])
		if err != nil {
			return f, fmt.Errorf("output %q: %w", out.Name, err)
		}
		f.add(out.Name, "the whole program", "output", diff, tolerances[out.Value.Name])
	}
	return f, nil
}

// blame says whether a wrong value comes from the lowering or from the backend: it interprets the loop IR of its node
// for the same instruction set, on the same inputs.
func (d *differ) blame(g *ir.Graph, value string, values map[string]*tensor.Tensor, o engineOptions) string {
	if o.backend == backendLoop {
		return "this is the loop IR itself: its lowering or schedule is wrong"
	}
	for _, n := range g.Nodes {
		if n.Out().Name != value {
			continue
		}
		single, inputs := isolate(n)
		s := session{path: d.session.path, loaded: single, graph: single, precision: d.session.precision}
		isa := o.isa
		if isa == "" {
			isa = backendPortable
		}
		e, err := s.openLoop(engineOptions{isa: isa, batch: 1})
		if err != nil {
			return fmt.Sprintf("its loop IR cannot be interpreted alone: %v", err)
		}
		for i, v := range inputs {
			copy(e.Input(i), values[v.Name].Data)
		}
		if err := e.Run(1); err != nil {
			return fmt.Sprintf("its loop IR alone fails: %v", err)
		}
		f, err := compareNodes(single, withOutput(values, value, e.output(0, 1)), isa)
		switch {
		case err != nil:
			return fmt.Sprintf("its loop IR alone fails: %v", err)
		case f.OK:
			return "its loop IR alone is right: the backend is wrong, or the layout that the node has in the network"
		}
		return "its loop IR alone is wrong as well: the lowering or the schedule is"
	}
	return ""
}

// isolate makes a graph of one node; its inputs are the values that the node reads and that are not constant.
func isolate(n *ir.Node) (*ir.Graph, []*ir.Value) {
	m := *n
	m.Inputs = append([]*ir.Value{}, n.Inputs...)
	g := &ir.Graph{Name: "node", Nodes: []*ir.Node{&m}}
	inputs := map[*ir.Value]*ir.Value{}
	var read []*ir.Value
	for i, v := range n.Inputs {
		if v == nil || v.IsConst() {
			continue
		}
		if inputs[v] == nil {
			inputs[v] = &ir.Value{Name: v.Name, Type: v.Type, Pos: v.Pos}
			g.Inputs, read = append(g.Inputs, inputs[v]), append(read, v)
		}
		m.Inputs[i] = inputs[v]
	}
	m.Outputs = nil
	for _, v := range n.Outputs {
		w := &ir.Value{Name: v.Name, Type: v.Type, Def: &m, Pos: v.Pos}
		m.Outputs = append(m.Outputs, w)
		g.Outputs = append(g.Outputs, ir.Output{Name: v.Name, Value: w})
	}
	return g, read
}

// withOutput is values with one of them replaced.
func withOutput(values map[string]*tensor.Tensor, name string, t *tensor.Tensor) map[string]*tensor.Tensor {
	out := map[string]*tensor.Tensor{name: t}
	for k, v := range values {
		if k != name {
			out[k] = v
		}
	}
	return out
}
