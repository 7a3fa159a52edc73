package sched

import (
	"math"

	"nncc/ir"
)

// DerivedBytes is the size of the weights that a choice for c makes of the packed ones when the program is opened.
func (choice ConvChoice) DerivedBytes(c Conv) int64 {
	places := choice.Winograd.Places()
	if choice.Family == ConvMatrix && choice.In == Planar {
		c = c.Folded()
	}
	switch choice.Family {
	case ConvWinograd:
		return 4 * int64(places*c.In.Blocks()*c.Out.Blocks()) * BlockChannels * BlockChannels
	case ConvPlanarWinograd:
		return 4 * int64(places*c.In.C*c.Out.Blocks()) * BlockChannels
	case ConvDepthwiseWinograd:
		return 4 * int64(places*c.Out.Blocks()) * BlockChannels
	case ConvMatrix:
		return 2 * int64(choice.Matrix.Terms*c.In.Matrices()*MatrixDepth*c.KH*c.KW*c.Out.Blocks()) * BlockChannels
	case ConvThinWinograd:
		return 4 * int64(places*c.In.C*c.Out.C)
	}
	return 0
}

// fitDerived gives up transformed weights until those of all layers take no more than the target allows: first those
// that save least time for their size. It returns how many bytes they take.
func (p *Plan) fitDerived(g *ir.Graph) int64 {
	limit := p.Target.MaxDerivedBytes
	for {
		total, least := int64(0), math.Inf(1)
		var worst *ir.Node
		for _, n := range g.Nodes {
			all := p.Considered[n]
			if len(all) == 0 {
				continue
			}
			c, _ := FusedConv(n)
			bytes := all[0].DerivedBytes(c)
			if total += bytes; bytes == 0 {
				continue
			}
			if saves := (cyclesWithin(all, c, bytes-1) - all[0].Cycles()) / float64(bytes); saves < least {
				least, worst = saves, n
			}
		}
		if limit == nil || total <= *limit || worst == nil {
			return total
		}
		all := p.Considered[worst]
		all[0].veto("its transformed weights exceed what --max-bytes leaves for them")
		p.Considered[worst] = decide(all)
		p.Conv[worst] = all[0].ConvChoice
	}
}

// cyclesWithin predicts the fastest candidate whose transformed weights take up to so many bytes.
func cyclesWithin(all []Candidate, c Conv, bytes int64) float64 {
	best := math.Inf(1)
	for _, other := range all {
		if !other.Vetoed() && other.DerivedBytes(c) <= bytes {
			best = min(best, other.Cycles())
		}
	}
	return best
}
