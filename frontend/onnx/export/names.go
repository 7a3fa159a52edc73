package export

import (
	"fmt"

	"nncc/ir"
)

// namesOf names every value: as in the graph, where that is not the name under which another one leaves it.
func namesOf(g *ir.Graph) map[*ir.Value]string {
	names, taken := map[*ir.Value]string{}, map[string]bool{}
	for _, v := range g.Inputs {
		names[v], taken[v.Name] = v.Name, true
	}
	for _, o := range g.Outputs {
		if o.Value.Def != nil && names[o.Value] == "" && !taken[o.Name] {
			names[o.Value] = o.Name
		}
		taken[o.Name] = true
	}
	name := func(v *ir.Value) {
		if names[v] != "" {
			return
		}
		unique := v.Name
		for i := 2; taken[unique]; i++ {
			unique = fmt.Sprintf("%s_%d", v.Name, i)
		}
		names[v], taken[unique] = unique, true
	}
	for _, v := range g.Constants() {
		name(v)
	}
	for _, n := range g.Nodes {
		for _, v := range n.Outputs {
			name(v)
		}
	}
	return names
}

// carriers finds the values whose first dimension counts samples. There are none in a graph whose batch cannot be left
// open: one that is not batched, or that puts the same numbers beside those of each sample.
func carriers(g *ir.Graph) map[*ir.Value]bool {
	carries := map[*ir.Value]bool{}
	if !g.Batched {
		return carries
	}
	for _, v := range g.Inputs {
		carries[v] = true
	}
	for _, n := range g.Nodes {
		any, all := false, true
		for _, v := range n.Inputs {
			any, all = any || carries[v], all && carries[v]
		}
		if any && !all && n.Op.Name == "concat" {
			return map[*ir.Value]bool{}
		}
		for _, v := range n.Outputs {
			carries[v] = any
		}
	}
	return carries
}
