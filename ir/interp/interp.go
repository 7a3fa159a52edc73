// Package interp evaluates graphs, slowly and plainly: it is the definition of what a graph means. Every backend is
// compared with it, and constants are folded with it.
//
// Floating-point ops take their inputs as they are stored, compute in float64, and round each result once to its
// dtype; with Options.Float64 results stay float64 throughout. Integer ops are exact and wrap around. A fused node
// means its body, each result rounded as if it stood alone. Not a number propagates through maxima and minima.
package interp

import (
	"fmt"

	"nncc/ir"
	"nncc/runtime/tensor"
)

// Options changes how a graph is evaluated.
type Options struct {
	// Float64 keeps floating-point results, also those Run returns, in float64 whatever their dtype.
	Float64 bool
	// BF16 rounds float32 to bf16 wherever a value begins: inputs, constants and results. That is as much as a program may
	// round that keeps numbers so.
	BF16 bool
	// Observe gets every node's results in order of evaluation, those inside fused nodes before those of the node.
	Observe func(v *ir.Value, t *tensor.Tensor)
}

// Run evaluates a verified graph, whose states hold their first values. inputs and the result are in the order of
// g.Inputs and g.Outputs. It fails where inputs do not fit their types, an index or a label is out of range, or an
// integer is divided by zero. With o.Float64 an input of any floating-point dtype may be f64.
func Run(g *ir.Graph, inputs []*tensor.Tensor, o Options) ([]*tensor.Tensor, error) {
	outputs, _, err := Step(g, inputs, InitialStates(g), o)
	return outputs, err
}

// InitialStates is what the states hold in the first run, in the order of g.States.
func InitialStates(g *ir.Graph) []*tensor.Tensor {
	out := make([]*tensor.Tensor, len(g.States))
	for i, s := range g.States {
		out[i] = s.Init
	}
	return out
}

// Step is Run for one of several runs: states is what the states hold when it begins, in the order of g.States, and next
// what they hold when the run after it begins.
func Step(g *ir.Graph, inputs, states []*tensor.Tensor, o Options) (outputs, next []*tensor.Tensor, err error) {
	if len(inputs) != len(g.Inputs) || len(states) != len(g.States) {
		return nil, nil, fmt.Errorf("%d inputs and %d states given, graph %s has %d and %d", len(inputs), len(states), g.Name, len(g.Inputs), len(g.States))
	}
	values := map[*ir.Value]array{}
	for i, t := range inputs {
		if values[g.Inputs[i]], err = given("input", g.Inputs[i], t, o); err != nil {
			return nil, nil, err
		}
	}
	for i, t := range states {
		if values[g.States[i].In], err = given("state", g.States[i].In, t, o); err != nil {
			return nil, nil, err
		}
	}
	results, err := run(g, values, o)
	if err != nil {
		return nil, nil, err
	}
	all := storeAll(results, o)
	return all[:len(g.Outputs)], all[len(g.Outputs):], nil
}

// given is a tensor that stands for v.
func given(kind string, v *ir.Value, t *tensor.Tensor, o Options) (array, error) {
	have, want := ir.T(t.DType, t.Shape...), v.Type
	if o.Float64 && want.DType.IsFloat() && have.DType == tensor.F64 {
		want.DType = tensor.F64
	}
	if !have.Equal(want) || len(t.Data) != want.Bytes() {
		return array{}, fmt.Errorf("%s %s is %v, the graph needs %v", kind, v.Name, have, want)
	}
	a := load(t)
	a.Type = v.Type
	return a.rounded(o), nil
}

// EvalNode evaluates one node that Complete accepted, whose Outputs need not be set yet. inputs are in the order of
// n.Inputs, nil for those the node does not have.
func EvalNode(n *ir.Node, inputs []*tensor.Tensor) ([]*tensor.Tensor, error) {
	arrays := make([]array, len(inputs))
	for i, t := range inputs {
		if t != nil {
			arrays[i] = load(t)
		}
	}
	results, err := eval(n, arrays, Options{})
	if err != nil {
		return nil, err
	}
	return storeAll(results, Options{}), nil
}

func storeAll(results []array, o Options) []*tensor.Tensor {
	out := make([]*tensor.Tensor, len(results))
	for i, r := range results {
		out[i] = r.store(o)
	}
	return out
}

// run evaluates the nodes, given what inputs and states hold, and returns the graph's results.
func run(g *ir.Graph, values map[*ir.Value]array, o Options) ([]array, error) {
	lookup := func(v *ir.Value) array {
		switch {
		case v == nil:
			return array{}
		case v.IsConst():
			return array{Type: v.Type, stored: v.Const}
		}
		return values[v]
	}
	left := usesLeft(g)
	for _, n := range g.Nodes {
		in := make([]array, len(n.Inputs))
		for i, v := range n.Inputs {
			in[i] = lookup(v)
			if left[v]--; left[v] == 0 {
				delete(values, v) // deep networks would not fit in memory otherwise
			}
		}
		results, err := eval(n, in, o)
		if err != nil {
			return nil, fmt.Errorf("%s %q: %w", n.Op.Name, n.Name, err)
		}
		for i, v := range n.Outputs {
			values[v] = results[i]
			if o.Observe != nil {
				o.Observe(v, results[i].store(o))
			}
		}
	}
	results := g.Results()
	out := make([]array, len(results))
	for i, v := range results {
		out[i] = lookup(v).read(o)
	}
	return out, nil
}

// usesLeft counts how often each value is read, by nodes and as a result.
func usesLeft(g *ir.Graph) map[*ir.Value]int {
	left := map[*ir.Value]int{}
	for v, users := range g.Users() {
		left[v] = len(users)
	}
	for _, v := range g.Results() {
		left[v]++
	}
	return left
}

// eval computes a node's results, rounded unless o keeps float64.
func eval(n *ir.Node, in []array, o Options) ([]array, error) {
	if n.Body != nil {
		values := map[*ir.Value]array{}
		for i, v := range n.Body.Inputs {
			values[v] = in[i]
		}
		return run(n.Body, values, o)
	}
	meanings, ok := table[n.Op.Name]
	if !ok {
		return nil, fmt.Errorf("the interpreter does not know the op")
	}
	types, err := n.Op.Infer(n)
	if err != nil {
		return nil, err
	}
	if o.BF16 || !readsStored[n.Op.Name] {
		for i, a := range in {
			in[i] = a.read(o)
		}
	}
	out := make([]array, len(meanings))
	for i, f := range meanings {
		if out[i], err = f(n, in, types[i]); err != nil {
			return nil, err
		}
		if !o.Float64 {
			out[i].round()
		}
		out[i] = out[i].rounded(o)
	}
	return out, nil
}
