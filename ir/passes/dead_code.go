package passes

import (
	"slices"

	"nncc/ir"
)

// deadCode keeps the nodes that an output or a state depends on.
func deadCode(c *context) error {
	c.countUses()
	var kept []*ir.Node
	for _, n := range slices.Backward(c.g.Nodes) {
		used := slices.ContainsFunc(n.Outputs, func(v *ir.Value) bool { return c.uses[v] > 0 })
		if used || !c.fuel() {
			kept = append(kept, n)
			continue
		}
		c.rewrites++
		for _, v := range n.Inputs {
			c.uses[v]--
		}
	}
	slices.Reverse(kept)
	c.g.Nodes = kept
	return nil
}
