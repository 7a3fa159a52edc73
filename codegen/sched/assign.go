package sched

import (
	"slices"

	"nncc/ir"
)

// Plan holds the decisions for a graph: the layout each value is produced in, and the schedule of each convolution.
type Plan struct {
	Target Target
	Layout map[*ir.Value]Layout
	Conv   map[*ir.Node]ConvChoice
}

// Assign decides layouts from producers to consumers, then halos from consumers back to producers.
func Assign(g *ir.Graph, t Target) *Plan {
	p := &Plan{t, map[*ir.Value]Layout{}, map[*ir.Node]ConvChoice{}}
	for _, n := range g.Nodes {
		kind := p.kind(n)
		for _, v := range n.Outputs {
			if m, ok := ImageOf(v.Type); !ok || m.H*m.W == 0 {
				kind = Planar
			}
			p.Layout[v] = Layout{Kind: kind}
		}
	}
	for _, n := range g.Nodes {
		p.widen(n)
	}
	for _, o := range g.Outputs { // a port is plain memory
		if !o.Value.IsConst() && p.Layout[o.Value].Kind == Planar {
			p.Layout[o.Value] = Layout{}
		}
	}
	return p
}

// kind decides the layout kind of n's results, and the schedule if n is a convolution.
func (p *Plan) kind(n *ir.Node) Kind {
	if c, ok := FusedConv(n); ok {
		choice := ChooseConv(c, p.Target)
		p.Conv[n] = choice
		return choice.Out
	}
	if Follows(n) && slices.ContainsFunc(n.Inputs, func(v *ir.Value) bool { return p.leads(n, v) }) {
		return Blocked
	}
	return Planar
}

// leads reports whether input v of n makes n's result blocked: v is, and n reads it at the place it writes, or as windows.
func (p *Plan) leads(n *ir.Node, v *ir.Value) bool {
	if v == nil || p.Layout[v].Kind != Blocked {
		return false
	}
	anchor := Anchor(n)
	window := anchor != nil && anchor.Op.Class == ir.Window
	return window || v.Type.Equal(n.Out().Type)
}

// Follows reports whether n can be computed in the Blocked layout if its inputs are.
func Follows(n *ir.Node) bool {
	if n.Body != nil {
		return !slices.ContainsFunc(n.Body.Nodes, func(m *ir.Node) bool { return !Follows(m) })
	}
	switch n.Op.Class {
	case ir.Window:
		m, ok := ImageOf(n.Inputs[0].Type)
		return ok && n.Inputs[0].Type.Rank() >= 3 && m.N > 0
	case ir.Elementwise:
		return n.Op.Name != "div" && n.Op.Name != "cast" && n.Op.Name != "batchnorm" // padding lanes must stay finite
	}
	return false
}

// widen adds the halo that n's convolution reads to the layout of its input, where the producer can write it.
func (p *Plan) widen(n *ir.Node) {
	choice, ok := p.Conv[n]
	if !ok || choice.Family == ConvPlain {
		return
	}
	c, _ := FusedConv(n)
	v := n.Inputs[0]
	l, produced := p.Layout[v]
	if !produced || l.Kind != choice.In {
		return // an input of the graph, or a layout change: repacked with its halo on the way
	}
	l.Left, l.Right = max(l.Left, c.Left), max(l.Right, c.Right())
	p.Layout[v] = l
}
