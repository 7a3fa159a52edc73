package loopir

// maxPressure is how many values may live at once in a loop that a value is moved out of. Sixteen vector registers, the
// fewest of any target, hold that many and leave four for what an expression needs on its way. Loops around a larger
// register tile are left alone: their author knew what to keep in registers, and one more value there means a spill.
const maxPressure = 12

// hoist moves each let of the source in front of the outermost loop in whose iterations it is the same, while maxPressure
// allows. A let moves only out of loops that provably run, so that nothing is loaded that would not have been, and a
// load only from a read-only buffer. Parts of expressions stay where they are, and so do assignments to register
// tiles: a tile that starts from bias has to be filled each time, and from memory that costs no second register.
func hoist(f *Func, lets map[*Value]bool) {
	h := &hoister{scope: NewScope(f), lets: lets, depth: map[any]int{}, peak: pressure(f.Body)}
	f.Body = h.body(f.Body, 0)
}

type hoister struct {
	scope *Scope
	lets  map[*Value]bool
	depth map[any]int  // loops around the definition of a *Value or *Var; grid variables have none
	peak  map[*For]int // see pressure
}

// body treats statements with the given number of loops around them.
func (h *hoister) body(body []Stmt, depth int) []Stmt {
	var out []Stmt
	for _, s := range body {
		switch s := s.(type) {
		case *Let:
			h.depth[s.Val] = depth
		case *For:
			out = append(out, h.loop(s, depth)...)
		}
		out = append(out, s)
	}
	return out
}

// loop returns what moved in front of s.
func (h *hoister) loop(s *For, depth int) (moved []Stmt) {
	h.depth[s.Var] = depth + 1
	for _, c := range s.Carried {
		h.depth[c.Inner], h.depth[c.Result] = depth+1, depth
	}
	span, _ := h.scope.Range(s.Hi.Sub(s.Lo))
	h.scope.Enter(s)
	defer h.scope.Leave()
	var kept []Stmt
	for _, stmt := range h.body(s.Body, depth+1) {
		if inner, ok := stmt.(*For); ok {
			h.peak[s] = max(h.peak[s], h.peak[inner])
		}
		if let, ok := stmt.(*Let); ok && h.lets[let.Val] && span > 0 && h.peak[s] < maxPressure && h.fixed(let.X, depth) {
			h.depth[let.Val] = depth
			h.peak[s]++
			moved = append(moved, let)
		} else {
			kept = append(kept, stmt)
		}
	}
	s.Body = kept
	return moved
}

// fixed reports whether x means the same wherever it is evaluated inside a loop with depth loops around it.
func (h *hoister) fixed(x Expr, depth int) bool {
	fixed := true
	walkExpr(x, func(x Expr) {
		switch x := x.(type) {
		case *Ref:
			fixed = fixed && h.depth[x.Val] <= depth
		case *FromIndex:
			fixed = fixed && h.fixedIndex(x.X, depth)
		case *Load:
			fixed = fixed && !x.Buf.Mutable && h.fixedIndex(x.Buf.Flat(x.Idx), depth)
			if x.Count != nil {
				fixed = fixed && h.fixedIndex(*x.Count, depth)
			}
		}
	})
	return fixed
}

func (h *hoister) fixedIndex(i Index, depth int) bool {
	fixed := true
	walkAtoms(i, func(a Atom) {
		if v, ok := a.(*Var); ok {
			fixed = fixed && h.depth[v] <= depth
		}
	})
	return fixed
}
