package ir

import "slices"

// Prune removes the nodes that no result depends on.
func (g *Graph) Prune() {
	needed := map[*Value]bool{}
	for _, v := range g.Results() {
		needed[v] = true
	}
	var kept []*Node
	for _, n := range slices.Backward(g.Nodes) {
		if !slices.ContainsFunc(n.Outputs, func(v *Value) bool { return needed[v] }) {
			continue
		}
		kept = append(kept, n)
		for _, v := range n.Inputs {
			needed[v] = true
		}
	}
	slices.Reverse(kept)
	g.Nodes = kept
}
