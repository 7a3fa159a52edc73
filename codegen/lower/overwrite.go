package lower

import (
	"slices"

	"nncc/codegen/sched"
	"nncc/ir"
)

// overwrite lets out, the result of e's node, take the memory of an operand that nobody reads afterwards, such as the
// input of a residual block: a cache then holds one image and not two. The kernel must store each element once, after it
// has read the operand there.
func (l *lowerer) overwrite(e *epilogue, out *Storage) {
	if out.Alias != nil || l.last[e.node.Out()] == nil { // it has a place already, or leaves the graph
		return
	}
	for _, v := range e.node.Inputs { // the first that will do
		if v == nil || !l.dies(v, e.node) || l.anchorReads(e, v) {
			continue
		}
		for _, s := range l.stored[v] {
			if e.k.bound[s] != nil && s.ownsMemory() && s.Layout == out.Layout && s.Elem == out.Elem && slices.Equal(s.Dims, out.Dims) {
				out.Alias, out.Overwrites = s, true
				return
			}
		}
	}
}

// anchorReads reports whether e's anchor reads v's memory: other places than that of the result.
func (l *lowerer) anchorReads(e *epilogue, v *ir.Value) bool {
	return e.anchor != nil && slices.ContainsFunc(e.anchor.Inputs, func(in *ir.Value) bool {
		return in != nil && slices.ContainsFunc(l.stored[sched.Outer(e.node, in)], func(s *Storage) bool {
			return slices.ContainsFunc(l.stored[v], func(other *Storage) bool { return s.Root() == other.Root() })
		})
	})
}

// dies reports whether n is the last to read v, and nothing else lies in v's memory.
func (l *lowerer) dies(v *ir.Value, n *ir.Node) bool {
	if last, read := l.last[v]; v.Def == nil || v.IsConst() || !read || last != n {
		return false
	}
	for part, at := range l.plan.Within {
		if part == v || at.Whole == v {
			return false
		}
	}
	for view := range l.plan.Views {
		if view == v || view.Def.Inputs[0] == v {
			return false
		}
	}
	return true
}

// ownsMemory reports whether what s holds is all that its memory holds: it has its own, or that of a value of the past.
func (s *Storage) ownsMemory() bool {
	return s.Const == nil && !s.Derived && (s.Alias == nil || s.Overwrites && s.Alias.ownsMemory())
}

// overwrites reports whether s, or what it is another view of, takes the place of an argument.
func (s *Storage) overwrites() bool {
	return s.Overwrites || s.Alias != nil && s.Alias.overwrites()
}

// storesOnce reports whether the kernel of a convolution computes no element of the result twice.
func storesOnce(c sched.Conv, choice sched.ConvChoice) bool {
	switch choice.Family {
	case sched.ConvMatrix:
		return true
	case sched.ConvBlocked, sched.ConvPlanar:
		return c.PoolH == 0 && !choice.Tiles[0].Overlaps(c.Flat(choice).Out.W)
	case sched.ConvWinograd: // tiles that overlap down the image store only rows of their own
		return c.PoolH == 0 && (choice.Winograd.Trims || c.Out.W%choice.Winograd.OutW == 0)
	}
	return false
}
