package loopir

import "slices"

// pressure is, for each loop, the most values that are alive at one point of it, be they defined inside or outside.
func pressure(body []Stmt) map[*For]int {
	l := &liveness{live: map[*Value]bool{}, peak: map[*For]int{}}
	l.body(body)
	return l.peak
}

// liveness walks a body from its end to its start.
type liveness struct {
	live  map[*Value]bool
	loops []*For // around the current point
	peak  map[*For]int
}

func (l *liveness) body(body []Stmt) {
	for i := len(body) - 1; i >= 0; i-- {
		switch s := body[i].(type) {
		case *Let:
			delete(l.live, s.Val)
			l.use(s.X)
		case *Store:
			l.use(s.X)
		case *For:
			l.loop(s)
		}
	}
}

func (l *liveness) loop(s *For) {
	for _, c := range s.Carried {
		delete(l.live, c.Result)
	}
	l.loops = append(l.loops, s)
	for _, v := range fromOutside(s) { // needed until the last iteration ends
		l.live[v] = true
	}
	l.use(s.Yield...)
	l.body(s.Body)
	l.loops = l.loops[:len(l.loops)-1]
	for _, c := range s.Carried {
		delete(l.live, c.Inner)
	}
	for _, c := range s.Carried {
		l.use(c.Init)
	}
}

func (l *liveness) use(xs ...Expr) {
	for _, x := range xs {
		eachRef(x, func(v *Value) { l.live[v] = true })
	}
	for _, s := range l.loops {
		l.peak[s] = max(l.peak[s], len(l.live))
	}
}

// fromOutside lists the values that the iterations of s use and do not define.
func fromOutside(s *For) []*Value {
	inside := map[*Value]bool{}
	var used []*Value
	use := func(v *Value) { used = append(used, v) }
	enter := func(s *For) {
		for i, c := range s.Carried {
			inside[c.Inner], inside[c.Result] = true, true
			eachRef(s.Yield[i], use)
		}
	}
	enter(s)
	Walk(s.Body, func(stmt Stmt) {
		switch stmt := stmt.(type) {
		case *Let:
			inside[stmt.Val] = true
			eachRef(stmt.X, use)
		case *Store:
			eachRef(stmt.X, use)
		case *For:
			for _, c := range stmt.Carried {
				eachRef(c.Init, use)
			}
			enter(stmt)
		}
	})
	return slices.DeleteFunc(used, func(v *Value) bool { return inside[v] })
}

func eachRef(x Expr, visit func(*Value)) {
	walkExpr(x, func(x Expr) {
		if r, ok := x.(*Ref); ok {
			visit(r.Val)
		}
	})
}
