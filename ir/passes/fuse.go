package passes

import (
	"slices"

	"nncc/ir"
)

// fuse gathers nodes into groups, walking in order: an elementwise node joins the group of an input that nobody else
// reads, a pool closes it. Every group of several nodes becomes one fused node in the place of its last member; as
// all results but the last have one reader, which is in the group, nothing between needs them.
func fuse(c *context) error {
	c.countUses()
	f := &fuser{c, map[*ir.Value]*group{}}
	last := map[*ir.Node]*group{}
	for place, n := range c.g.Nodes {
		g := f.host(n)
		switch {
		case g != nil:
			delete(last, g.last())
			delete(f.open, g.last().Out())
			g.members = append(g.members, n)
			c.rewrites++
		case len(n.Outputs) == 1 && n.Body == nil:
			g = &group{members: []*ir.Node{n}}
		default:
			continue
		}
		g.place = place
		last[n] = g
		f.open[n.Out()] = g
	}
	var kept []*ir.Node
	inGroup := map[*ir.Node]bool{}
	for _, g := range last {
		for _, m := range g.members[:len(g.members)-1] {
			inGroup[m] = true
		}
	}
	for _, n := range c.g.Nodes {
		if g := last[n]; g != nil && len(g.members) > 1 {
			fused, err := g.node()
			if err != nil {
				return err
			}
			n = fused
		}
		if !inGroup[n] {
			kept = append(kept, n)
		}
	}
	c.g.Nodes = kept
	return nil
}

// group is a chain of nodes, each reading the result of the one before.
type group struct {
	members []*ir.Node
	place   int // of the last member among the graph's nodes
}

func (g *group) last() *ir.Node { return g.members[len(g.members)-1] }

// heavy reports whether the group does more than elementwise work.
func (g *group) heavy() bool { return g.members[0].Op.Class != ir.Elementwise }

type fuser struct {
	*context
	open map[*ir.Value]*group // by the result of the last member
}

// host finds the group that n joins, or nil. Of several, one that starts with a contraction or window is better, as it
// saves a pass over memory, and then the one defined last, as the others need not wait for it.
func (f *fuser) host(n *ir.Node) *group {
	if !f.fuel() || len(n.Outputs) != 1 {
		return nil
	}
	var best *group
	for _, in := range n.Inputs {
		g := f.open[in]
		if g == nil || f.uses[in] != 1 || !f.fits(g, n) {
			continue
		}
		if best == nil || g.heavy() && !best.heavy() || g.heavy() == best.heavy() && g.place > best.place {
			best = g
		}
	}
	return best
}

// fits reports whether n can be the next member of g.
func (f *fuser) fits(g *group, n *ir.Node) bool {
	head, tail := g.members[0], g.last()
	switch head.Op.Class {
	case ir.Contraction, ir.Window:
	case ir.Elementwise:
		if !readsPerPlace(head) {
			return false
		}
	default:
		return false
	}
	if tail.Op.Class == ir.Window && tail != head {
		return false
	}
	switch n.Op.Class {
	case ir.Window:
		return head.Op.Class == ir.Contraction && f.o.FusePool(head, tail.Out().Type, n)
	case ir.Elementwise:
		return n.Out().Type.Equal(tail.Out().Type) && readsPerPlace(n)
	}
	return false
}

// readsPerPlace reports whether every operand of an elementwise node is one that a fused kernel can read.
func readsPerPlace(n *ir.Node) bool {
	return !slices.ContainsFunc(n.Inputs, func(v *ir.Value) bool { return !perPlace(v, n.Out().Type) })
}

// perPlace reports whether an operand has one element per place of the result, one per channel, or only one.
func perPlace(v *ir.Value, result ir.Type) bool {
	if v == nil || slices.Equal(v.Type.Shape, result.Shape) {
		return true
	}
	before := result.Rank() - v.Type.Rank()
	for d, size := range v.Type.Shape {
		if size != 1 && before+d != 1 {
			return false
		}
	}
	return true
}

// SmallPool is the default of Options.FusePool: windows of at most 3 along each dimension that neither overlap nor are
// padded, over a result of at most 64 KB, so that whole rows of it stay in registers and the nearest cache.
func SmallPool(_ *ir.Node, out ir.Type, pool *ir.Node) bool {
	const limitBytes, limitKernel = 64 << 10, 3
	kernel := pool.Ints("kernel")
	return out.Bytes() <= limitBytes && slices.Max(kernel) <= limitKernel && slices.Equal(kernel, pool.Ints("stride")) &&
		slices.Max(pool.Ints("pad")) == 0 && slices.Max(pool.Ints("dilation")) == 1 && !pool.Bool("ceil")
}
