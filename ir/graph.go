package ir

import (
	"nncc/ir/diag"
	"nncc/runtime/tensor"
)

// Graph is a network, or the body of a fused node. Nodes are in topological order.
type Graph struct {
	Name    string
	Inputs  []*Value
	Outputs []Output
	Nodes   []*Node
	Batched bool // see the package comment
	Meta    Meta
}

// Output is a value that leaves the graph under a name of its own.
type Output struct {
	Name  string
	Value *Value
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
	Def   *Node          // the node that computes it; nil for inputs and constants
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

// Constants lists the constants that nodes or outputs use, each once, in order of first use.
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
	for _, o := range g.Outputs {
		add(o.Value)
	}
	return out
}
