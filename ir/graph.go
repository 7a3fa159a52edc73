package ir

import (
	"slices"

	"nncc/ir/diag"
	"nncc/runtime/tensor"
)

// Graph is a network, or the body of a fused node. Nodes are in topological order.
type Graph struct {
	Name    string
	Inputs  []*Value
	Outputs []Output
	States  []State
	Nodes   []*Node
	Batched bool // see the package comment
	Meta    Meta
}

// Output is a value that leaves the graph under a name of its own.
type Output struct {
	Name  string
	Value *Value
}

// State is memory that outlasts a run of the graph: a parameter under training, a running statistic, a moment of an
// optimizer.
type State struct {
	Name string         // in checkpoints, where a parameter has the name that its model file gives it; unique among states
	In   *Value         // what it holds when a run begins; like an input, no node computes it
	Out  *Value         // what it holds when the next run begins; In itself where the graph only reads it
	Init *tensor.Tensor // what it holds when the first run begins
}

// Meta is what a model file says about the network beyond its arithmetic; passes carry it along.
type Meta struct {
	License    string
	Provenance string
	Classes    []string    // label of each class, by index
	Preprocess *Preprocess // how a picture becomes the first input; nil if the model does not say
}

// Preprocess turns an 8-bit picture into the input: y = (x*Scale - Mean[c]) / Std[c].
type Preprocess struct {
	Scale float64   // 1/255 for most networks
	Mean  []float64 // per channel, or empty for 0
	Std   []float64 // per channel, or empty for 1
	Order string    // "rgb" or "bgr"
}

// Value is the result of a node, an input, or a constant. Identity is the pointer; names are unique within a graph.
type Value struct {
	Name  string
	Type  Type
	Def   *Node          // the node that computes it; nil for inputs, states and constants
	Const *tensor.Tensor // the value of a constant; nil otherwise
	Pos   diag.Pos
}

// IsConst reports whether the value is known at compile time.
func (v *Value) IsConst() bool { return v.Const != nil }

// Node applies an op to values. Inputs that an op declares optional may be nil, or left out at the end.
type Node struct {
	Op      *Op
	Name    string // where it came from, for messages and profiles; need not be unique
	Inputs  []*Value
	Outputs []*Value
	Attrs   Attrs
	Body    *Graph // of a fused node: its Inputs correspond to the node's, its Outputs to the node's
	Pos     diag.Pos
}

// Out is the node's first result.
func (n *Node) Out() *Value { return n.Outputs[0] }

// Input returns input i, or nil if the node has none there.
func (n *Node) Input(i int) *Value {
	if i >= len(n.Inputs) {
		return nil
	}
	return n.Inputs[i]
}

// Users returns the nodes of the graph that read each value, in order, a node once per use.
func (g *Graph) Users() map[*Value][]*Node {
	users := map[*Value][]*Node{}
	for _, n := range g.Nodes {
		for _, v := range n.Inputs {
			if v != nil {
				users[v] = append(users[v], n)
			}
		}
	}
	return users
}

// IsOutput reports whether v leaves the graph.
func (g *Graph) IsOutput(v *Value) bool {
	for _, o := range g.Outputs {
		if o.Value == v {
			return true
		}
	}
	return false
}

// stateOf finds the state that is read as v, or returns -1.
func (g *Graph) stateOf(v *Value) int {
	return slices.IndexFunc(g.States, func(s State) bool { return s.In == v })
}

// Results lists what outlasts a run: the values of the outputs, then what each state holds next.
func (g *Graph) Results() []*Value {
	out := make([]*Value, 0, len(g.Outputs)+len(g.States))
	for _, o := range g.Outputs {
		out = append(out, o.Value)
	}
	for _, s := range g.States {
		out = append(out, s.Out)
	}
	return out
}

// Constants lists the constants that nodes or results use, each once, in order of first use.
func (g *Graph) Constants() []*Value {
	var out []*Value
	seen := map[*Value]bool{}
	add := func(v *Value) {
		if v != nil && v.IsConst() && !seen[v] {
			seen[v] = true
			out = append(out, v)
		}
	}
	for _, n := range g.Nodes {
		for _, v := range n.Inputs {
			add(v)
		}
	}
	for _, v := range g.Results() {
		add(v)
	}
	return out
}
