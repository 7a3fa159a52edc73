package ir

import (
	"fmt"
	"slices"

	"nncc/ir/diag"
	"nncc/runtime/tensor"
)

// Builder makes a graph node by node. Problems are collected in Errs with the place the caller gave; the value that a
// failed call returns is nil, and calls with a nil required input return nil without another message.
type Builder struct {
	Errs  diag.List
	graph *Graph
	names map[string]int
}

// NewBuilder starts an empty graph.
func NewBuilder(name string) *Builder {
	return &Builder{graph: &Graph{Name: name}, names: map[string]int{}}
}

// Extend goes on with a graph, which it changes.
func Extend(g *Graph) *Builder {
	b := &Builder{graph: g, names: map[string]int{}}
	use := func(v *Value) { b.names[v.Name] = max(b.names[v.Name], 1) }
	for _, v := range slices.Concat(g.Inputs, g.Constants()) {
		use(v)
	}
	for _, s := range g.States {
		use(s.In)
	}
	for _, n := range g.Nodes {
		for _, v := range n.Outputs {
			use(v)
		}
	}
	return b
}

// Input declares a graph input.
func (b *Builder) Input(pos diag.Pos, name string, t Type) *Value {
	v := &Value{Name: b.unique(name), Type: t, Pos: pos}
	b.graph.Inputs = append(b.graph.Inputs, v)
	return v
}

// State declares memory that outlasts a run, called name among states; the graph only reads it until Next is called.
// The bytes of init are not copied.
func (b *Builder) State(pos diag.Pos, name string, init *tensor.Tensor) *Value {
	v := &Value{Name: b.unique(name), Type: T(init.DType, init.Shape...), Pos: pos}
	b.graph.States = append(b.graph.States, State{Name: name, In: v, Out: v, Init: init})
	return v
}

// Next says what the state that is read as in holds when the next run begins.
func (b *Builder) Next(in, next *Value) {
	if i := b.graph.stateOf(in); i >= 0 && next != nil {
		b.graph.States[i].Out = next
	}
}

// Const makes a constant; its bytes are not copied.
func (b *Builder) Const(pos diag.Pos, name string, t *tensor.Tensor) *Value {
	return &Value{Name: b.unique(name), Type: Type{t.DType, t.Shape}, Const: t, Pos: pos}
}

// Node applies an op and returns its first result, named name, or nil after recording what is wrong.
func (b *Builder) Node(pos diag.Pos, op, name string, attrs Attrs, inputs ...*Value) *Value {
	outs := b.Nodes(pos, op, name, attrs, nil, inputs...)
	if outs == nil {
		return nil
	}
	return outs[0]
}

// Nodes is Node for ops with several results, or with a body.
func (b *Builder) Nodes(pos diag.Pos, op, name string, attrs Attrs, body *Graph, inputs ...*Value) []*Value {
	o := LookupOp(op)
	if o == nil {
		b.Errs.Add(pos, "unknown op %q", op)
		return nil
	}
	for i, v := range inputs {
		if v == nil && i < o.Inputs.Min {
			return nil
		}
	}
	n := &Node{Op: o, Name: name, Inputs: slices.Clone(inputs), Attrs: attrs.Clone(), Body: body, Pos: pos}
	types, err := Complete(n)
	if err != nil {
		b.Errs.AddErr(pos, err)
		return nil
	}
	for i, t := range types {
		result := name
		if i > 0 {
			result = fmt.Sprintf("%s.%d", name, i)
		}
		n.Outputs = append(n.Outputs, &Value{Name: b.unique(result), Type: t, Def: n, Pos: pos})
	}
	b.graph.Nodes = append(b.graph.Nodes, n)
	return n.Outputs
}

// Made lists the nodes so far, in topological order.
func (b *Builder) Made() []*Node { return b.graph.Nodes }

// Output makes v leave the graph as name.
func (b *Builder) Output(name string, v *Value) {
	if v != nil {
		b.graph.Outputs = append(b.graph.Outputs, Output{name, v})
	}
}

// Graph returns the finished graph, or every problem met. The caller may still set Meta and Batched.
func (b *Builder) Graph() (*Graph, error) {
	if err := b.Errs.Err(); err != nil {
		return nil, err
	}
	return b.graph, nil
}

func (b *Builder) unique(name string) string {
	for {
		n := b.names[name]
		b.names[name]++
		if n == 0 {
			return name
		}
		name = fmt.Sprintf("%s.%d", name, n)
	}
}
