package sched

import "nncc/ir"

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
