package sched

import (
	"slices"

	"nncc/ir"
)

// Plan holds the decisions for a graph: the layout each value is produced in, the schedule of each convolution, and which
// values lie within others.
type Plan struct {
	Target Target
	Layout map[*ir.Value]Layout
	Conv   map[*ir.Node]ConvChoice
	Within map[*ir.Value]Part
	Short  map[*ir.Node]Short // the form of a dense layer's weights
	Views  map[*ir.Value]int  // slices that are seen in the memory of what they are cut from, with their first channel block

	Considered map[*ir.Node][]Candidate // the choice in Conv and what it was compared with, for each convolution

	ranked   map[*ir.Node][]Tile // all tiles of nodes for which UseTile chose one
	resident bool                // the weights stay in the shared cache between runs
}

// Assign decides layouts from producers to consumers, then halos from consumers back to producers.
func Assign(g *ir.Graph, t Target) *Plan {
	p := &Plan{
		Target: t, Layout: map[*ir.Value]Layout{}, Conv: map[*ir.Node]ConvChoice{}, Within: map[*ir.Value]Part{}, Views: map[*ir.Value]int{}, Short: map[*ir.Node]Short{},
		Considered: map[*ir.Node][]Candidate{},
		ranked:     map[*ir.Node][]Tile{}, resident: 2*weightBytes(g) <= t.SharedCacheBytes,
	}
	for _, n := range g.Nodes {
		kind := p.kind(n)
		for _, v := range n.Outputs {
			if m, ok := ImageOf(v.Type); !ok || m.H*m.W == 0 {
				kind = Planar
			}
			p.Layout[v] = Layout{Kind: kind}.Kept(t, v.Type.DType)
		}
	}
	derivedBytes := p.fitDerived(g)
	for _, n := range g.Nodes {
		p.widen(n)
	}
	p.place(g)
	p.roundForDense(g)
	p.shorten(g, derivedBytes)
	users := g.Users()
	for _, n := range g.Nodes {
		p.flatten(n, users)
	}
	for _, v := range g.Results() { // a port is plain memory
		if !v.IsConst() && p.Layout[v].Kind == Planar {
			p.Layout[v] = Layout{}
		}
	}
	return p
}

// weightBytes is the size of all constants.
func weightBytes(g *ir.Graph) int64 {
	bytes := int64(0)
	for _, v := range g.Constants() {
		bytes += int64(v.Type.Bytes())
	}
	return bytes
}

// UseTile makes n's kernel take the tile that is number i in the ranking, and reports whether there is one.
func (p *Plan) UseTile(n *ir.Node, i int) bool {
	if p.ranked[n] == nil {
		p.ranked[n] = p.Conv[n].Tiles
	}
	if i >= len(p.ranked[n]) {
		return false
	}
	c := p.Conv[n]
	c.Tiles = p.ranked[n][i:]
	p.Conv[n] = c
	return true
}

// kind decides the layout kind of n's results, and the schedule if n is a convolution.
func (p *Plan) kind(n *ir.Node) Kind {
	if c, ok := FusedConv(n); ok {
		c.Resident = p.resident
		all := pinned(Candidates(c, p.Target), c, p.Target)
		p.Considered[n], p.Conv[n] = all, all[0].ConvChoice
		return all[0].Out
	}
	if Follows(n) && slices.ContainsFunc(n.Inputs, func(v *ir.Value) bool { return p.leads(n, v) }) {
		return Blocked
	}
	if Follows(n) && p.poolsBetter(n) {
		return Blocked
	}
	return Planar
}

// poolsBetter reports whether it pays to change the layout of planar images in order to pool vectors of channels, not
// numbers. Planar images have vectors too where windows are as large as the image, or move by one place or two.
func (p *Plan) poolsBetter(n *ir.Node) bool {
	anchor := Anchor(n)
	if anchor == nil || anchor.Op.Class != ir.Window {
		return false
	}
	in, _ := ImageOf(anchor.Inputs[0].Type)
	const worth = 3 // vectors saved for each that is computed
	w := WindowOf(anchor, anchor.Ints("kernel"))
	return !w.Whole() && w.Stride[len(w.Stride)-1] > 2 && worth*in.Blocks()*BlockChannels/p.Target.Lanes <= in.C
}

// leads reports whether input v of n makes n's result blocked: v is, and n reads it
// at the place it writes, as windows, or moves it.
func (p *Plan) leads(n *ir.Node, v *ir.Value) bool {
	if v == nil || p.Layout[v].Kind != Blocked {
		return false
	}
	anchor := Anchor(n)
	return anchor != nil && (anchor.Op.Class == ir.Window || anchor.Op.Class == ir.Layout) || v.Type.Equal(n.Out().Type)
}

// Follows reports whether n can be computed in the Blocked layout if its inputs are.
func Follows(n *ir.Node) bool {
	if n.Body != nil {
		return !slices.ContainsFunc(n.Body.Nodes, func(m *ir.Node) bool { return !Follows(m) })
	}
	first := n.Inputs[0].Type
	if first.Rank() < 3 || first.Rank() > 4 {
		return false
	}
	switch n.Op.Class {
	case ir.Window:
		return true
	case ir.Elementwise:
		return n.Out().Type.Shape[1]%BlockChannels == 0 || finiteAtZero(n)
	case ir.Layout:
		return movesBlocks(n)
	}
	return false
}

// finiteAtZero reports whether an elementwise op keeps padding lanes finite: those hold what earlier ops made of zeros.
func finiteAtZero(n *ir.Node) bool {
	switch n.Op.Name {
	case "div": // by a parameter that all channels share
		d := n.Inputs[1]
		return d.IsConst() && d.Type.Elems() == 1 && d.Const.Float64s()[0] != 0
	case "batchnorm":
		return n.Float("epsilon") > 0
	case "cast", "exp", "log", "sqrt", "pow":
		return false
	}
	return true
}

// movesBlocks reports whether a layout op has a kernel for blocked images: the padding lanes of its result stay zero.
func movesBlocks(n *ir.Node) bool {
	switch n.Op.Name {
	case "slice": // whole blocks of channels
		channels := n.Out().Type.Shape[1]
		return n.Inputs[0].Type.Rank() == 4 && n.Ints("step")[1] == 1 && n.Ints("start")[1]%BlockChannels == 0 &&
			(channels%BlockChannels == 0 || n.Ints("start")[1]+channels == n.Inputs[0].Type.Shape[1])
	case "pad":
		pad := n.Ints("pad")
		return n.Inputs[0].Type.Rank() == 4 && n.Str("mode") == "constant" && n.Float("value") == 0 &&
			pad[0] == 0 && pad[4] == 0 && pad[1] >= 0 && pad[5] >= 0
	case "gather":
		return resizes(n)
	case "concat":
		last := len(n.Inputs) - 1
		return n.Int("axis") == 1 &&
			!slices.ContainsFunc(n.Inputs[:last], func(v *ir.Value) bool { return v.Type.Shape[1]%BlockChannels != 0 })
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
	p.Layout[v] = l.covering(Layout{Left: c.Left, Right: c.Right()})
}

// flatten lets n's convolution see its image as one row, if that has no halo, or is repacked without one, and it suits its tiles better.
// Where another convolution has it repacked with a halo, both read that.
func (p *Plan) flatten(n *ir.Node, users map[*ir.Value][]*ir.Node) {
	if _, ok := p.Conv[n]; !ok {
		return
	}
	v := n.Inputs[0]
	lay := p.Layout[v]
	if lay.Left+lay.Right > 0 || slices.ContainsFunc(users[v], func(u *ir.Node) bool { return p.readsHalo(u, v) }) {
		return
	}
	if all := p.withFlat(n); all != nil {
		p.Considered[n], p.Conv[n] = all, all[0].ConvChoice
	}
}

// readsHalo reports whether n's convolution reads blocked images of v with columns beside them.
func (p *Plan) readsHalo(n *ir.Node, v *ir.Value) bool {
	choice, ok := p.Conv[n]
	if !ok || choice.In != Blocked || n.Inputs[0] != v {
		return false
	}
	c, _ := FusedConv(n)
	return c.Left+c.Right() > 0
}

// wantsFlat reports whether n's convolution would rather see its image as one row.
func (p *Plan) wantsFlat(n *ir.Node) bool {
	all := p.withFlat(n)
	return all != nil && all[0].Flat
}

// withFlat decides between what n's convolution has been compared with and a kernel that sees an image as one row:
// it looks at single pixels. Channels alone are then shared between threads. It is nil for other nodes.
func (p *Plan) withFlat(n *ir.Node) []Candidate {
	if choice, ok := p.Conv[n]; !ok || choice.Family != ConvBlocked {
		return nil
	}
	c, _ := FusedConv(n)
	if c.KH*c.KW*c.SH*c.SW != 1 || c.PoolH > 0 || c.PadsRows() || c.Left+c.Right() > 0 {
		return nil
	}
	c.Resident = p.resident
	flat := Candidate{ConvChoice: directChoice(c.flat(), p.Target)}
	flat.Flat = true
	flat.Cost = flat.Cycles()
	flat.sharePieces(c, p.Target)
	all := append(slices.Clone(p.Considered[n]), flat)
	if _, tuned := p.Target.pin(c); tuned {
		return pinned(all, c, p.Target)
	}
	return decide(all)
}
