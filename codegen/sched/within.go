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

// placer decides which images of blocked channels lie within others.
type placer struct {
	*Plan
	users   map[*ir.Value][]*ir.Node
	concats []*ir.Node // those before, in order
}

// place lets whoever computes the inputs of concats write them into the results, and whoever reads slices see them in what
// they are cut from.
func (p *Plan) place(g *ir.Graph) {
	at := placer{Plan: p, users: g.Users()}
	for _, n := range g.Nodes {
		if n.Op.Name == "concat" && p.Layout[n.Out()].Kind == Blocked {
			at.placeInputs(n)
			at.concats = append(at.concats, n)
		}
	}
	at.placeViews(g)
}

// placeInputs places what n joins, as far as it may lie in n's result. The rest is copied.
func (p *placer) placeInputs(n *ir.Node) {
	block := 0
	for i := 0; i < len(n.Inputs); {
		count := 1
		for _, r := range p.runs(n.Inputs[i:]) {
			if p.mayLieIn(r.all, n) {
				lay := p.Layout[n.Out()].covering(p.Layout[r.all])
				p.setLayout(n.Out(), lay)
				p.setLayout(r.all, lay)
				p.Within[r.all] = Part{n.Out(), block}
				count = r.inputs
				break
			}
		}
		for _, v := range n.Inputs[i : i+count] {
			m, _ := ImageOf(v.Type)
			block += m.Blocks()
		}
		i += count
	}
}

// run is a value that holds the first so many inputs of a concat, one behind the other.
type run struct {
	all    *ir.Value
	inputs int
}

// runs lists what holds the first of inputs, the longest first: concats that join the same values, as the layers of a DenseNet
// do with all that came before; what slices were cut from and are now put together again; the first one itself.
func (p *placer) runs(inputs []*ir.Value) []run {
	var all []run
	for _, c := range p.concats {
		if k := len(c.Inputs); k > 1 && k <= len(inputs) && slices.Equal(c.Inputs, inputs[:k]) {
			all = append(all, run{c.Out(), k})
		}
	}
	if r, ok := cutFrom(inputs); ok {
		all = append(all, r)
	}
	slices.SortStableFunc(all, func(a, b run) int { return b.inputs - a.inputs })
	return append(all, run{inputs[0], 1})
}

// cutFrom finds the value that the first of inputs are slices of: all of it, in order.
func cutFrom(inputs []*ir.Value) (run, bool) {
	var whole *ir.Value
	next := 0 // channel
	for i, v := range inputs {
		n := v.Def
		if n == nil || n.Op.Name != "slice" || !cutsBlocks(n) || i > 0 && n.Inputs[0] != whole || n.Ints("start")[1] != next || n.Ints("step")[1] != 1 {
			break
		}
		whole, next = n.Inputs[0], next+n.Ints("size")[1]
		if next == whole.Type.Shape[1] {
			return run{whole, i + 1}, true
		}
	}
	return run{}, false
}

// mayLieIn reports whether v can be computed in the result of concat n: it lies in no other, and nobody minds the halo that
// the two have then. Single pixels look like plain memory to other readers, which has to be whole.
func (p *placer) mayLieIn(v *ir.Value, n *ir.Node) bool {
	whole := n.Out()
	if _, placed := p.Within[v]; placed || v.Def == nil || p.Layout[v].Kind != Blocked || v.Type.DType != whole.Type.DType {
		return false
	}
	others := slices.ContainsFunc(p.users[v], func(u *ir.Node) bool { return u != n })
	if m, _ := ImageOf(v.Type); m.H*m.W == 1 && others {
		return false
	}
	lay := p.Layout[whole].covering(p.Layout[v])
	return p.mayHave(v, lay) && p.mayHave(whole, lay)
}

// mayHave reports whether nobody minds the halo of lay: v has it already, or no convolution wants to see v or its parts as one row.
func (p *placer) mayHave(v *ir.Value, lay Layout) bool {
	if p.Layout[v] == lay {
		return true
	}
	for _, part := range append(p.parts(v), v) {
		if slices.ContainsFunc(p.users[part], func(u *ir.Node) bool { return u.Inputs[0] == part && p.wantsFlat(u) }) {
			return false
		}
	}
	return true
}

// setLayout gives v and its parts, which have v's, layout lay.
func (p *placer) setLayout(v *ir.Value, lay Layout) {
	if p.Layout[v] == lay {
		return
	}
	for _, part := range append(p.parts(v), v) {
		p.Layout[part] = lay
	}
}

// root is the value that v lies in and that lies in no other.
func (p *placer) root(v *ir.Value) *ir.Value {
	for {
		part, ok := p.Within[v]
		if !ok {
			return v
		}
		v = part.Whole
	}
}

// parts lists what lies within v, and within its parts.
func (p *placer) parts(v *ir.Value) []*ir.Value {
	var all []*ir.Value
	for part, at := range p.Within {
		if at.Whole == v {
			all = append(append(all, part), p.parts(part)...)
		}
	}
	return all
}

// placeViews finds slices of whole channel blocks that need no memory of their own. What they are cut from, another slice
// perhaps, gets the halo that is asked of any of them, if it may have it. Slices that are written into a concat are better
// copied there at once.
func (p *placer) placeViews(g *ir.Graph) {
	for _, n := range slices.Backward(g.Nodes) {
		if n.Op.Name != "slice" || p.Layout[n.Out()].Kind != Blocked || !cutsBlocks(n) {
			continue
		}
		whole := n.Inputs[0]
		_, copied := p.Within[n.Out()]
		lay := p.Layout[whole].covering(p.Layout[n.Out()])
		if copied || p.Layout[whole].Kind != Blocked || !p.mayHave(p.root(whole), lay) {
			continue
		}
		p.Views[n.Out()] = n.Ints("start")[1] / BlockChannels
		p.setLayout(p.root(whole), lay)
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
