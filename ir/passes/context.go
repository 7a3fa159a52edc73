package passes

import (
	"fmt"
	"strings"

	"nncc/ir"
	"nncc/runtime/tensor"
)

// context is the state of one Run: the graph, the fuel, and what a rule makes before its rewrite is accepted.
type context struct {
	g        *ir.Graph
	o        Options
	rewrites int
	names    map[string]bool
	uses     map[*ir.Value]int // readers of each value, an output and the next run's state counting as one; kept up to date by sweep
	pending  []*ir.Node        // made by the rule that is running
}

func newContext(g *ir.Graph, o Options) *context {
	c := &context{g: g, o: o, names: map[string]bool{}}
	for _, v := range g.Inputs {
		c.names[v.Name] = true
	}
	for _, s := range g.States {
		c.names[s.In.Name] = true
	}
	for _, v := range g.Constants() {
		c.names[v.Name] = true
	}
	for _, n := range g.Nodes {
		for _, v := range n.Outputs {
			c.names[v.Name] = true
		}
	}
	return c
}

// fuel reports whether another rewrite is allowed.
func (c *context) fuel() bool { return c.o.Fuel == 0 || c.rewrites < c.o.Fuel }

func (c *context) countUses() {
	c.uses = map[*ir.Value]int{}
	for v, users := range c.g.Users() {
		c.uses[v] = len(users)
	}
	for _, v := range c.g.Results() {
		c.uses[v]++
	}
}

// A rule looks at a node whose inputs are rewritten already, and returns the value that shall replace its result, or
// nil to leave it. What it needs it makes with replace, extra and constant.
type rule func(c *context, n *ir.Node) (*ir.Value, error)

// sweep offers every node with one result to the rule, in order.
func (c *context) sweep(r rule) error {
	c.countUses()
	replaced := map[*ir.Value]*ir.Value{}
	var kept []*ir.Node
	for _, n := range c.g.Nodes {
		for i, v := range n.Inputs {
			if w, ok := replaced[v]; ok {
				n.Inputs[i] = w
			}
		}
		if len(n.Outputs) == 1 && n.Body == nil && c.fuel() {
			c.pending = nil
			v, err := r(c, n)
			if err != nil {
				return err
			}
			if v != nil {
				c.accept(n, v)
				replaced[n.Out()] = v
				kept = append(kept, c.pending...)
				continue
			}
		}
		kept = append(kept, n)
	}
	c.g.Nodes = kept
	for i, o := range c.g.Outputs {
		if w, ok := replaced[o.Value]; ok {
			c.g.Outputs[i].Value = w
		}
	}
	for i, s := range c.g.States {
		if w, ok := replaced[s.Out]; ok {
			c.g.States[i].Out = w
		}
	}
	return nil
}

// accept counts a rewrite, and moves the uses of n's result to v.
func (c *context) accept(n *ir.Node, v *ir.Value) {
	c.rewrites++
	c.uses[v] += c.uses[n.Out()]
	for _, in := range n.Inputs {
		c.uses[in]--
	}
	for _, m := range c.pending {
		for _, in := range m.Inputs {
			c.uses[in]++
		}
	}
}

// replace makes a node that takes the place and the name of n.
func (c *context) replace(n *ir.Node, op string, attrs ir.Attrs, inputs ...*ir.Value) (*ir.Value, error) {
	return c.node(n, n.Out().Name, op, attrs, inputs)
}

// extra makes a node beside the one that replaces n; its name gets the suffix.
func (c *context) extra(n *ir.Node, suffix, op string, attrs ir.Attrs, inputs ...*ir.Value) (*ir.Value, error) {
	return c.node(n, c.unique(n.Out().Name+"."+suffix), op, attrs, inputs)
}

// node makes a node, or evaluates it where all its inputs are constant.
func (c *context) node(from *ir.Node, name, op string, attrs ir.Attrs, inputs []*ir.Value) (*ir.Value, error) {
	n := &ir.Node{Op: ir.LookupOp(op), Name: from.Name, Inputs: inputs, Attrs: attrs, Pos: from.Pos}
	types, err := ir.Complete(n)
	if err != nil {
		return nil, err
	}
	v := &ir.Value{Name: name, Type: types[0], Def: n, Pos: n.Pos}
	n.Outputs = []*ir.Value{v}
	if folded, err := evaluate(n); folded != nil || err != nil {
		return folded, err
	}
	c.pending = append(c.pending, n)
	return v, nil
}

// constant makes a constant named after another value; the suffix is not repeated.
func (c *context) constant(like *ir.Value, suffix string, t *tensor.Tensor) *ir.Value {
	name := like.Name
	if base, ok := strings.CutSuffix(strings.TrimRight(name, "0123456789"), "."+suffix); ok {
		name = base
	}
	return &ir.Value{Name: c.unique(name + "." + suffix), Type: ir.T(t.DType, t.Shape...), Const: t, Pos: like.Pos}
}

func (c *context) unique(name string) string {
	for base, i := name, 1; c.names[name]; i++ {
		name = fmt.Sprintf("%s%d", base, i)
	}
	c.names[name] = true
	return name
}
