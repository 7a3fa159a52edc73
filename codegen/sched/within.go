package sched

import (
	"slices"

	"nncc/ir"
)

// Part says that a value is computed in the place that a concat of channels gives it.
type Part struct {
	Whole *ir.Value // the concat's result
	Block int       // first channel block of the part
}

// placeParts lets whoever computes the inputs of a concat of blocked channels write them into its result, where nobody
// else reads them.
func (p *Plan) placeParts(g *ir.Graph) {
	readers := map[*ir.Value]int{}
	for _, n := range g.Nodes {
		for _, v := range n.Inputs {
			readers[v]++
		}
	}
	for _, v := range g.Results() {
		readers[v]++
	}
	for _, n := range g.Nodes {
		if n.Op.Name != "concat" || p.Layout[n.Out()].Kind != Blocked {
			continue
		}
		block := 0
		for _, v := range n.Inputs {
			if own := v.Def != nil && v.Def.Op.Name != "concat"; own && readers[v] == 1 && p.Layout[v].Kind == Blocked && v.Type.DType == n.Out().Type.DType {
				p.Within[v] = Part{n.Out(), block}
				p.Layout[v] = p.Layout[n.Out()]
			}
			m, _ := ImageOf(v.Type)
			block += m.Blocks()
		}
	}
}

// placeViews finds slices of whole channel blocks that need no memory of their own. What they are cut from, another slice
// perhaps, gets the halo that is asked of any of them. Slices that are written into a concat are better copied there at once.
func (p *Plan) placeViews(g *ir.Graph) {
	for _, n := range slices.Backward(g.Nodes) {
		if n.Op.Name != "slice" || p.Layout[n.Out()].Kind != Blocked || !cutsBlocks(n) {
			continue
		}
		whole := n.Inputs[0]
		_, copied := p.Within[n.Out()]
		_, bound := p.Within[whole] // its halo is the concat's
		if copied || bound || p.Layout[whole].Kind != Blocked {
			continue
		}
		p.Views[n.Out()] = n.Ints("start")[1] / BlockChannels
		p.Layout[whole] = p.Layout[whole].covering(p.Layout[n.Out()])
	}
	for _, n := range g.Nodes {
		if _, view := p.Views[n.Out()]; view {
			p.Layout[n.Out()] = p.Layout[n.Inputs[0]]
		}
	}
}

// cutsBlocks reports whether a slice of blocked images keeps all but some blocks of channels.
func cutsBlocks(n *ir.Node) bool {
	for d, size := range n.Inputs[0].Type.Shape {
		if d != 1 && (n.Ints("start")[d] != 0 || n.Ints("size")[d] != size) {
			return false
		}
	}
	m, ok := ImageOf(n.Out().Type)
	return ok && m.H*m.W > 1
}
