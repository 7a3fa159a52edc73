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
	// Observe gets every node's results in order of evaluation, those inside fused nodes before those of the node.
	Observe func(v *ir.Value, t *tensor.Tensor)
}

// Run evaluates a verified graph. inputs and the result are in the order of g.Inputs and g.Outputs. It fails where
// inputs do not fit their types, an index is out of range, or an integer is divided by zero.
func Run(g *ir.Graph, inputs []*tensor.Tensor, o Options) ([]*tensor.Tensor, error) {
	if len(inputs) != len(g.Inputs) {
		return nil, fmt.Errorf("%d inputs given, graph %s has %d", len(inputs), g.Name, len(g.Inputs))
	}
	arrays := make([]array, len(inputs))
	for i, t := range inputs {
		v := g.Inputs[i]
		if have := ir.T(t.DType, t.Shape...); !have.Equal(v.Type) || len(t.Data) != v.Type.Bytes() {
			return nil, fmt.Errorf("input %s is %v, the graph needs %v", v.Name, have, v.Type)
		}
		arrays[i] = load(t)
	}
	results, err := run(g, arrays, o)
	if err != nil {
		return nil, err
	}
	return storeAll(results, o), nil
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

func run(g *ir.Graph, inputs []array, o Options) ([]array, error) {
	values := map[*ir.Value]array{}
	for i, v := range g.Inputs {
		values[v] = inputs[i]
	}
	lookup := func(v *ir.Value) array {
		switch {
		case v == nil:
			return array{}
		case v.IsConst():
			return load(v.Const)
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
	out := make([]array, len(g.Outputs))
	for i, output := range g.Outputs {
		out[i] = lookup(output.Value)
	}
	return out, nil
}

// usesLeft counts how often each value is read, by nodes and as an output.
func usesLeft(g *ir.Graph) map[*ir.Value]int {
	left := map[*ir.Value]int{}
	for v, users := range g.Users() {
		left[v] = len(users)
	}
	for _, o := range g.Outputs {
		left[o.Value]++
	}
	return left
}

// eval computes a node's results, rounded unless o keeps float64.
func eval(n *ir.Node, in []array, o Options) ([]array, error) {
	if n.Body != nil {
		return run(n.Body, in, o)
	}
	f, ok := table[n.Op.Name]
	if !ok {
		return nil, fmt.Errorf("the interpreter does not know the op")
	}
	types, err := n.Op.Infer(n)
	if err != nil {
		return nil, err
	}
	out, err := f(n, in, types[0])
	if err != nil {
		return nil, err
	}
	if !o.Float64 {
		out.round()
	}
	return []array{out}, nil
}
