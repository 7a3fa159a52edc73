package passes

import (
	"cmp"
	"slices"

	"nncc/ir"
	"nncc/runtime/tensor"
)

// fuse gathers nodes into groups, walking in order. A group grows by the elementwise nodes between its result and the
// first node that all readers of it lead to, which together are a step; a pool closes it. Every group of several nodes
// becomes one fused node in the place of its last member: all readers of the results before are in the group.
func fuse(c *context) error {
	c.countUses()
	f := &fuser{context: c, users: c.g.Users(), place: map[*ir.Node]int{}, of: map[*ir.Node]*group{}, ends: map[*ir.Node][]step{}}
	for place, n := range c.g.Nodes {
		f.place[n] = place
	}
	for _, n := range c.g.Nodes {
		if len(n.Outputs) != 1 || n.Body != nil {
			continue
		}
		g := &group{members: []*ir.Node{n}}
		if s, ok := f.host(n); ok {
			g = s.from
			g.members = append(g.members, s.nodes...)
			c.rewrites++
		}
		for _, m := range g.members {
			f.of[m] = g
		}
		if s, ok := f.next(g); ok {
			f.ends[s.last()] = append(f.ends[s.last()], s)
		}
	}
	for _, n := range c.g.Nodes {
		if g := f.of[n]; g != nil && n == g.last() {
			f.absorb(g)
		}
	}
	var kept []*ir.Node
	for _, n := range c.g.Nodes {
		g := f.of[n]
		if g != nil && n != g.last() {
			continue
		}
		if g != nil && len(g.members) > 1 {
			fused, err := g.node()
			if err != nil {
				return err
			}
			n = fused
		}
		kept = append(kept, n)
	}
	c.g.Nodes = kept
	return nil
}

// group is a list of nodes in order, of whose results only the last is read outside.
type group struct{ members []*ir.Node }

func (g *group) last() *ir.Node { return g.members[len(g.members)-1] }

// heavy reports whether the group does more than elementwise work.
func (g *group) heavy() bool { return g.members[0].Op.Class != ir.Elementwise }

// step is what a group may grow by: nodes in order, of whose results only the last is read by others.
type step struct {
	from  *group
	tail  *ir.Node // the last member of the group
	nodes []*ir.Node
}

func (s step) last() *ir.Node { return s.nodes[len(s.nodes)-1] }

type fuser struct {
	*context
	users map[*ir.Value][]*ir.Node
	place map[*ir.Node]int    // among the graph's nodes
	of    map[*ir.Node]*group // of the nodes that were visited
	ends  map[*ir.Node][]step // by their last node
}

// host finds the step that n ends. Of several, one of a group that starts with a contraction or window is better, as it
// saves a pass over memory, and then that of the group which ends last, as the others need not wait for it.
func (f *fuser) host(n *ir.Node) (best step, ok bool) {
	if !f.fuel() {
		return step{}, false
	}
	for _, s := range f.ends[n] {
		if !f.free(s) {
			continue
		}
		if !ok || s.from.heavy() && !best.from.heavy() || s.from.heavy() == best.from.heavy() && f.place[s.tail] > f.place[best.tail] {
			best, ok = s, true
		}
	}
	return best, ok
}

// free reports whether the step can still be taken: no other group has taken a part of it.
func (f *fuser) free(s step) bool {
	if s.from.last() != s.tail || f.of[s.tail] != s.from {
		return false
	}
	for _, n := range s.nodes[:len(s.nodes)-1] {
		for _, m := range f.of[n].members {
			if !slices.Contains(s.nodes, m) {
				return false
			}
		}
	}
	return true
}

// next finds the step by which g may grow. It follows the readers of g's result, in order, until no value inside has a
// reader outside but the result of the last one.
func (f *fuser) next(g *group) (step, bool) {
	const most = 16 // nodes; what is fused so far has no more than 6
	s := step{from: g, tail: g.last()}
	inside, outside := map[*ir.Value]bool{}, []*ir.Node(nil)
	unread := 0 // how often values inside are read outside
	for n := s.tail; len(s.nodes) < most; {
		inside[n.Out()] = true
		unread += f.uses[n.Out()]
		outside = append(outside, f.users[n.Out()]...)
		if len(outside) == 0 {
			return step{}, false
		}
		n = slices.MinFunc(outside, func(a, b *ir.Node) int { return cmp.Compare(f.place[a], f.place[b]) })
		outside = slices.DeleteFunc(outside, func(m *ir.Node) bool { return m == n })
		if !f.fits(s, n) {
			return step{}, false
		}
		s.nodes = append(s.nodes, n)
		for _, v := range n.Inputs {
			if inside[v] {
				unread--
			}
		}
		if unread == 0 {
			return s, true
		}
	}
	return step{}, false
}

// absorb takes into g the elementwise groups that compute, place by place, what nobody but a member of g reads: a mask, or
// the other side of a sum.
func (f *fuser) absorb(g *group) {
	const most = 16 // nodes of a group
	first := 0
	if g.heavy() { // what it starts with reads other places too
		first = 1
	}
	for i := first; i < len(g.members); i++ {
		for _, v := range g.members[i].Inputs {
			side := f.side(g, v)
			if side == nil || len(g.members)+len(side.members) > most || !f.fuel() {
				continue
			}
			for _, m := range side.members {
				f.of[m] = g
			}
			g.members = slices.Insert(g.members, i, side.members...)
			f.rewrites++
			i-- // the first of those comes next
			break
		}
	}
}

// side is the group that g may absorb for the sake of v, or nil.
func (f *fuser) side(g *group, v *ir.Value) *group {
	if v == nil || v.Def == nil || f.uses[v] != 1 || !slices.Equal(v.Type.Shape, g.last().Out().Type.Shape) {
		return nil
	}
	side := f.of[v.Def]
	if side == nil || side == g || side.heavy() || side.last() != v.Def || !g.joins() {
		return nil
	}
	dtype := g.last().Out().Type.DType
	for _, m := range side.members {
		for _, w := range append(m.Inputs[:len(m.Inputs):len(m.Inputs)], m.Out()) {
			if w != nil && w.Type.DType != dtype && w.Type.DType != tensor.Bool {
				return nil
			}
		}
	}
	return side
}

// joins reports whether the group takes other nodes in: it starts with one that has an epilogue, and does not end in a pool.
func (g *group) joins() bool {
	op := g.members[0].Op
	return (op.TakesEpilogue() || op.Class == ir.Elementwise) && (g.last().Op.Class != ir.Window || len(g.members) == 1)
}

// fits reports whether n can come next in a step.
func (f *fuser) fits(s step, n *ir.Node) bool {
	head, result := s.from.members[0], s.tail.Out().Type
	switch {
	case len(n.Outputs) != 1 || n.Body != nil:
		return false
	case !head.Op.TakesEpilogue() && head.Op.Class != ir.Elementwise:
		return false
	case s.tail.Op.Class == ir.Window && s.tail != head:
		return false
	case n.Op.Class == ir.Window:
		return len(s.nodes) == 0 && f.uses[s.tail.Out()] == 1 && head.Op.Class == ir.Contraction && f.o.FusePool(head, result, n)
	}
	return n.Op.Class == ir.Elementwise && n.Out().Type.Equal(result)
}

// SmallPool is the default of Options.FusePool: windows of at most 3 along each dimension that neither overlap nor are
// padded, over a result of at most 64 KB, so that whole rows of it stay in registers and the nearest cache.
func SmallPool(_ *ir.Node, out ir.Type, pool *ir.Node) bool {
	const limitBytes, limitKernel = 64 << 10, 3
	if pool.Op.Name != "maxpool" && pool.Op.Name != "avgpool" { // but the gradient of one
		return false
	}
	kernel := pool.Ints("kernel")
	return out.Bytes() <= limitBytes && slices.Max(kernel) <= limitKernel && slices.Equal(kernel, pool.Ints("stride")) &&
		slices.Max(pool.Ints("pad")) == 0 && slices.Max(pool.Ints("dilation")) == 1 && !pool.Bool("ceil")
}
