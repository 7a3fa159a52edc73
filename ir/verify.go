package ir

import (
	"fmt"
	"reflect"
	"slices"

	"nncc/ir/diag"
)

// Verify checks the invariants of a graph and returns every violation:
//
//   - A value is defined once: as an input, as what a state holds, as a constant, or by a node that has it among its outputs. Names of values
//     are unique and not empty. A node reads constants and values defined before it.
//   - A constant's tensor has the value's type and as many bytes as that needs.
//   - A node has the number of inputs (absent ones at the end left out), the attributes (all of them, with the types of the op table) and the result
//     types that Complete gives it.
//   - A graph has at least one output; names of outputs are unique and not empty.
//   - A state's first and next value have its type; names of states are unique and not empty.
//   - A graph marked batched keeps samples apart and changes no state, see MarkBatched.
//   - The body of a fused node is a chain: see verifyBody.
func Verify(g *Graph) error {
	v := &verifier{}
	v.graph(g)
	if v.errs.Len() == 0 && g.Batched {
		v.errs.AddErr(diag.Pos{}, checkBatched(g))
	}
	return v.errs.Err()
}

type verifier struct{ errs diag.List }

func (v *verifier) graph(g *Graph) {
	names, defined := map[string]bool{}, map[*Value]bool{}
	define := func(val *Value) {
		if val.Name == "" {
			v.errs.Add(val.Pos, "a value has no name")
		}
		if names[val.Name] {
			v.errs.Add(val.Pos, "%s is defined twice", quoteName(val.Name))
		}
		names[val.Name] = true
		defined[val] = true
		if err := val.Type.Check(); err != nil {
			v.errs.Add(val.Pos, "%s: %v", quoteName(val.Name), err)
		}
	}
	for _, in := range g.Inputs {
		if in.Def != nil || in.Const != nil {
			v.errs.Add(in.Pos, "input %s is computed or constant", quoteName(in.Name))
		}
		define(in)
	}
	for _, s := range g.States {
		if s.In.Def != nil || s.In.Const != nil {
			v.errs.Add(s.In.Pos, "state %s is computed or constant", quoteName(s.In.Name))
		}
		define(s.In)
	}
	for _, c := range g.Constants() {
		define(c)
		v.constant(c)
	}
	for _, n := range g.Nodes {
		for i, in := range n.Inputs {
			if in != nil && !defined[in] {
				v.nodeErr(n, "input %d, %s, is not defined before", i, quoteName(in.Name))
			}
		}
		for _, out := range n.Outputs {
			if out.Def != n || out.Const != nil {
				v.nodeErr(n, "result %s does not name the node as its definition", quoteName(out.Name))
			}
			define(out)
		}
		v.node(n)
	}
	v.outputs(g, defined)
	v.states(g, defined)
}

func (v *verifier) states(g *Graph, defined map[*Value]bool) {
	names := map[string]bool{}
	for _, s := range g.States {
		pos := s.In.Pos
		if s.Name == "" || names[s.Name] {
			v.errs.Add(pos, "state name %q is empty or used twice", s.Name)
		}
		names[s.Name] = true
		if t := s.Init; !T(t.DType, t.Shape...).Equal(s.In.Type) || len(t.Data) != s.In.Type.Bytes() {
			v.errs.Add(pos, "state %q: tensor of %v%v with %d bytes for %v", s.Name, t.DType, t.Shape, len(t.Data), s.In.Type)
		}
		if !defined[s.Out] {
			v.errs.Add(pos, "state %q: its next value is not defined", s.Name)
		} else if !s.Out.Type.Equal(s.In.Type) {
			v.errs.Add(pos, "state %q is %v, its next value is %v", s.Name, s.In.Type, s.Out.Type)
		}
	}
}

func (v *verifier) outputs(g *Graph, defined map[*Value]bool) {
	if len(g.Outputs) == 0 {
		v.errs.Add(diag.Pos{}, "graph %q has no output", g.Name)
	}
	names := map[string]bool{}
	for _, o := range g.Outputs {
		if o.Name == "" || names[o.Name] {
			v.errs.Add(o.Value.Pos, "output name %q is empty or used twice", o.Name)
		}
		names[o.Name] = true
		if !defined[o.Value] {
			v.errs.Add(o.Value.Pos, "output %q, %s, is not defined", o.Name, quoteName(o.Value.Name))
		}
	}
}

func (v *verifier) nodeErr(n *Node, format string, args ...any) {
	v.errs.Add(n.Pos, "%s %q: %s", n.Op.Name, n.Name, fmt.Sprintf(format, args...))
}

func (v *verifier) constant(c *Value) {
	t := c.Const
	if c.Def != nil || !(Type{t.DType, t.Shape}).Equal(c.Type) || len(t.Data) != c.Type.Bytes() {
		v.errs.Add(c.Pos, "constant %s: tensor of %v%v with %d bytes for %v", quoteName(c.Name), t.DType, t.Shape, len(t.Data), c.Type)
	}
}

func (v *verifier) node(n *Node) {
	if n.Body != nil {
		before := v.errs.Len()
		if v.verifyBody(n); v.errs.Len() > before {
			return
		}
	}
	again := *n
	again.Attrs = n.Attrs.Clone()
	types, err := Complete(&again)
	if err != nil {
		v.errs.AddErr(n.Pos, err)
		return
	}
	if len(n.Attrs) != len(again.Attrs) || len(n.Attrs) > 0 && !reflect.DeepEqual(n.Attrs, again.Attrs) {
		v.nodeErr(n, "attributes %v should be %v", n.Attrs, again.Attrs)
	}
	if len(n.Inputs) != len(again.Inputs) {
		v.nodeErr(n, "absent inputs at the end should be left out")
	}
	if len(types) != len(n.Outputs) {
		v.nodeErr(n, "has %d results, should have %d", len(n.Outputs), len(types))
		return
	}
	for i, t := range types {
		if !t.Equal(n.Outputs[i].Type) {
			v.nodeErr(n, "result %d is %v, should be %v", i, n.Outputs[i].Type, t)
		}
	}
}

// verifyBody checks the body of a fused node: a graph without constants, fused nodes or attributes of its own whose
// one output is the last node's result. Its first node is a contraction, a window or elementwise, the others are
// elementwise and keep the shape of the first one's result, and the last may be a window of the one before. Nodes read
// inputs and results before, and each result but the last is read.
func (v *verifier) verifyBody(n *Node) {
	b := n.Body
	before := v.errs.Len()
	if v.graph(b); v.errs.Len() > before {
		return
	}
	if len(b.Constants()) > 0 || len(b.States) > 0 || b.Batched {
		v.nodeErr(n, "the body has constants or states, or is marked batched")
	}
	if len(b.Nodes) == 0 || len(b.Outputs) != 1 || b.Outputs[0].Value.Def != b.Nodes[len(b.Nodes)-1] {
		v.nodeErr(n, "the body's output is not its last node's result")
		return
	}
	for i, inner := range b.Nodes {
		first, last := i == 0, i == len(b.Nodes)-1
		switch c := inner.Op.Class; {
		case c == Elementwise, inner.Op.TakesEpilogue() && first, c == Window && last:
		default:
			v.nodeErr(n, "%s cannot be node %d of %d of a body", inner.Op.Name, i, len(b.Nodes))
			return
		}
		if !first {
			v.link(n, b.Nodes[:i], inner)
		}
		if !last && !slices.ContainsFunc(b.Nodes[i+1:], func(m *Node) bool { return slices.Contains(m.Inputs, inner.Out()) }) {
			v.nodeErr(n, "no body node reads the result of %s", inner.Op.Name)
		}
	}
}

// link checks a node of a body and those before it.
func (v *verifier) link(n *Node, before []*Node, inner *Node) {
	last := before[len(before)-1]
	for _, in := range inner.Inputs {
		if in == nil || in.Def == nil {
			continue
		}
		if !slices.Contains(before, in.Def) || inner.Op.Class == Window && in.Def != last {
			v.nodeErr(n, "body node %s reads %s, which is neither an input nor a result before", inner.Op.Name, quoteName(in.Name))
		}
	}
	if inner.Op.Class == Elementwise && !slices.Equal(inner.Out().Type.Shape, last.Out().Type.Shape) {
		v.nodeErr(n, "body node %s changes the shape to %v", inner.Op.Name, inner.Out().Type)
	}
}
