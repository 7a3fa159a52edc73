package ir

// Clone copies a graph so that changing the copy leaves the original as it is. Tensors are shared.
func (g *Graph) Clone() *Graph {
	c := *g
	copies := map[*Value]*Value{nil: nil}
	value := func(v *Value) *Value {
		if _, ok := copies[v]; !ok {
			w := *v
			copies[v] = &w
		}
		return copies[v]
	}
	values := func(list []*Value) []*Value {
		out := make([]*Value, len(list))
		for i, v := range list {
			out[i] = value(v)
		}
		return out
	}
	c.Inputs = values(g.Inputs)
	c.Nodes = make([]*Node, len(g.Nodes))
	for i, n := range g.Nodes {
		m := *n
		m.Inputs, m.Outputs, m.Attrs = values(n.Inputs), values(n.Outputs), n.Attrs.Clone()
		for _, v := range m.Outputs {
			v.Def = &m
		}
		if n.Body != nil {
			m.Body = n.Body.Clone()
		}
		c.Nodes[i] = &m
	}
	c.Outputs = make([]Output, len(g.Outputs))
	for i, o := range g.Outputs {
		c.Outputs[i] = Output{o.Name, value(o.Value)}
	}
	c.States = make([]State, len(g.States))
	for i, s := range g.States {
		c.States[i] = State{s.Name, value(s.In), value(s.Out), s.Init}
	}
	return &c
}
