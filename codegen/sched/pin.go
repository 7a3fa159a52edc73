package sched

import (
	"slices"

	"nncc/ir"
)

// Pin is the kernel that was measured to be the best one for a convolution, instead of what cost models predict.
type Pin struct {
	ISA    string `json:"isa"`
	Conv   string `json:"conv"`   // Conv.String
	Kernel string `json:"kernel"` // ConvChoice.Kernel
	Tile   string `json:"tile"`
}

// pin finds what t pins c to.
func (t Target) pin(c Conv) (Pin, bool) {
	i := slices.IndexFunc(t.Pins, func(p Pin) bool { return p.ISA == t.ISA && p.Conv == c.String() })
	if i < 0 {
		return Pin{}, false
	}
	return t.Pins[i], true
}

// pinned puts the candidate and the tile that t pins c to first, if they are there and allowed.
func pinned(all []Candidate, c Conv, t Target) []Candidate {
	pin, ok := t.pin(c)
	if !ok {
		return all
	}
	for i, other := range all {
		j := slices.IndexFunc(other.Tiles, func(t Tile) bool { return t.String() == pin.Tile })
		if other.Vetoed() || other.Kernel(c) != pin.Kernel || j < 0 {
			continue
		}
		best := other
		best.Tiles = slices.Concat(other.Tiles[j:j+1], other.Tiles[:j], other.Tiles[j+1:])
		best.Verdict = "measured to be fastest"
		all = slices.Delete(slices.Clone(all), i, i+1)
		if i > 0 {
			all[0].Verdict = "predicted to be fastest, measured to be slower"
		}
		return slices.Insert(all, 0, best)
	}
	return all
}

// Unmet lists the pins of convolutions in g that none of them could follow.
func (p *Plan) Unmet(g *ir.Graph) []Pin {
	met := map[Pin]bool{}
	for _, n := range g.Nodes {
		choice, ok := p.Conv[n]
		if !ok {
			continue
		}
		c, _ := FusedConv(n)
		if pin, ok := p.Target.pin(c); ok {
			met[pin] = met[pin] || choice.Kernel(c) == pin.Kernel && choice.Tiles[0].String() == pin.Tile
		}
	}
	var unmet []Pin
	for _, pin := range p.Target.Pins {
		if follows, there := met[pin]; there && !follows {
			unmet = append(unmet, pin)
		}
	}
	return unmet
}
