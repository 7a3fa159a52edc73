package tune

import (
	"cmp"
	"slices"

	"nncc/codegen/sched"
	"nncc/ir"
)

// Layer is a convolution that occurs in a network, and the ways to compute it that are worth a try.
type Layer struct {
	Conv    sched.Conv
	Values  []string // that the layers of this kind compute
	Options []Option // the first one is what cost models choose
}

// Option is one way to compute a layer.
type Option struct {
	Kernel string
	Tile   string
	Cycles float64 // predicted for one layer of the kind
	Ratio  float64 // measured, of the first option's time; 0 if it was not
	Ns     float64 // measured, of all layers of the kind
}

// Bounds on what is worth a try.
const (
	mostTiles  = 4 // of one kernel
	mostCycles = 2 // of those predicted for the option that cost models choose
)

// layersOf lists the convolutions of g that leave a choice, in the order of their first occurrence.
func layersOf(g *ir.Graph, t sched.Target) []Layer {
	plan := sched.Assign(g, t)
	var layers []Layer
	for _, n := range g.Nodes {
		c, ok := sched.FusedConv(n)
		if !ok || len(plan.Considered[n]) == 0 {
			continue
		}
		i := slices.IndexFunc(layers, func(l Layer) bool { return l.Conv.String() == c.String() })
		if i < 0 {
			i = len(layers)
			layers = append(layers, Layer{Conv: c, Options: optionsOf(c, plan.Considered[n])})
		}
		layers[i].Values = append(layers[i].Values, n.Out().Name)
	}
	return slices.DeleteFunc(layers, func(l Layer) bool { return len(l.Options) < 2 })
}

// optionsOf lists tiles of the candidates that read and write the layouts of the first one: others would change the
// kernels of their neighbours too.
func optionsOf(c sched.Conv, all []sched.Candidate) []Option {
	var out []Option
	for _, other := range all {
		if other.Vetoed() || other.In != all[0].In || other.Out != all[0].Out {
			continue
		}
		for _, tile := range other.Tiles[:min(mostTiles, len(other.Tiles))] {
			if tile.Cycles <= mostCycles*all[0].Cycles() {
				out = append(out, Option{Kernel: other.Kernel(c), Tile: tile.String(), Cycles: tile.Cycles})
			}
		}
	}
	if len(out) > 0 {
		slices.SortStableFunc(out[1:], func(a, b Option) int { return cmp.Compare(a.Cycles, b.Cycles) })
	}
	return out
}

// pin is the wish for option i of the layer.
func (l Layer) pin(isa string, i int) sched.Pin {
	return sched.Pin{ISA: isa, Conv: l.Conv.String(), Kernel: l.Options[i].Kernel, Tile: l.Options[i].Tile}
}
