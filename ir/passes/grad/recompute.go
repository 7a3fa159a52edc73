package grad

import (
	"cmp"
	"slices"

	"nncc/ir"
)

// recompute lets the backward pass compute results of forward nodes anew, of up to most of them, so that they need not be
// kept from one pass to the other: those first that cost least for each byte. What is computed anew is made of what is
// kept, by elementwise ops but for its last one.
func recompute(g *ir.Graph, forward map[*ir.Node]bool, most int) {
	r := &recomputation{graph: g, forward: forward, kept: map[*ir.Value]bool{}, anew: map[*ir.Value]*ir.Value{}}
	r.find()
	chosen := map[*ir.Value]bool{}
	for _, v := range r.ranked() {
		if len(chosen) == most {
			break
		}
		var leaves []*ir.Value
		if !r.pinned[v] && r.madeOf(v.Def, chosen, &leaves) {
			chosen[v] = true
			for _, leaf := range leaves {
				r.pinned[leaf] = true
			}
		}
	}
	r.rewrite(chosen)
}

type recomputation struct {
	graph   *ir.Graph
	forward map[*ir.Node]bool
	kept    map[*ir.Value]bool // results of forward nodes that the backward pass reads
	pinned  map[*ir.Value]bool // of those, what others are made of anew
	anew    map[*ir.Value]*ir.Value
	nodes   []*ir.Node // of the new graph
}

// find lists what is kept.
func (r *recomputation) find() {
	r.pinned = map[*ir.Value]bool{}
	for _, n := range r.graph.Nodes {
		for _, v := range n.Inputs {
			if v != nil && v.Def != nil && r.forward[v.Def] && !r.forward[n] {
				r.kept[v] = true
			}
		}
	}
	for _, v := range r.graph.Results() {
		r.pinned[v] = true
	}
}

// ranked lists what may be worth to be computed anew, the cheapest for its size first.
func (r *recomputation) ranked() []*ir.Value {
	const leastBytes = 1 << 12
	var out []*ir.Value
	for _, n := range r.graph.Nodes {
		if v := n.Out(); r.kept[v] && len(n.Outputs) == 1 && v.Type.Bytes() >= leastBytes {
			out = append(out, v)
		}
	}
	cost := func(v *ir.Value) float64 {
		if v.Def.Op.FLOPs == nil {
			return 0
		}
		return float64(v.Def.Op.FLOPs(v.Def)) / float64(v.Type.Bytes())
	}
	slices.SortStableFunc(out, func(a, b *ir.Value) int { return cmp.Compare(cost(a), cost(b)) })
	return out
}

// madeOf reports whether n can be computed anew of values that are there, and adds those to leaves.
func (r *recomputation) madeOf(n *ir.Node, chosen map[*ir.Value]bool, leaves *[]*ir.Value) bool {
	for _, v := range n.Inputs {
		switch {
		case v == nil || v.Def == nil:
		case chosen[v]:
			return false
		case r.kept[v]:
			*leaves = append(*leaves, v)
		case len(v.Def.Outputs) > 1 || v.Def.Op.Class != ir.Elementwise || !r.madeOf(v.Def, chosen, leaves):
			return false
		}
	}
	return true
}

// rewrite computes the chosen values anew before the first node of the backward pass that reads them.
func (r *recomputation) rewrite(chosen map[*ir.Value]bool) {
	for _, n := range r.graph.Nodes {
		if !r.forward[n] {
			for i, v := range n.Inputs {
				if chosen[v] {
					n.Inputs[i] = r.again(v)
				}
			}
		}
		r.nodes = append(r.nodes, n)
	}
	r.graph.Nodes = r.nodes
}

// again is v, computed anew.
func (r *recomputation) again(v *ir.Value) *ir.Value {
	if w := r.anew[v]; w != nil {
		return w
	}
	n := v.Def
	m := &ir.Node{Op: n.Op, Name: n.Name + ".again", Attrs: n.Attrs, Pos: n.Pos}
	for _, in := range n.Inputs {
		if in != nil && in.Def != nil && !r.kept[in] {
			in = r.again(in)
		}
		m.Inputs = append(m.Inputs, in)
	}
	w := &ir.Value{Name: v.Name + ".again", Type: v.Type, Def: m, Pos: v.Pos}
	m.Outputs = []*ir.Value{w}
	r.nodes = append(r.nodes, m)
	r.anew[v] = w
	return w
}
