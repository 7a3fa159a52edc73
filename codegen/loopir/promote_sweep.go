package loopir

// sweep removes the lets and carried values that no store, call or prefetch depends on, and loops left empty.
func sweep(body []Stmt) []Stmt {
	s := &sweeper{sources: map[*Value][]Expr{}, needed: map[*Value]bool{}}
	var roots []Expr
	Walk(body, func(stmt Stmt) {
		switch stmt := stmt.(type) {
		case *Let:
			s.sources[stmt.Val] = []Expr{stmt.X}
		case *Store:
			roots = append(roots, stmt.X)
		case *For:
			for i, c := range stmt.Carried {
				s.sources[c.Inner] = []Expr{c.Init, stmt.Yield[i]}
				s.sources[c.Result] = s.sources[c.Inner]
			}
		}
	})
	s.need(roots)
	return s.body(body)
}

type sweeper struct {
	sources map[*Value][]Expr // what a value is computed from
	needed  map[*Value]bool
}

// need marks the values that xs depend on.
func (s *sweeper) need(xs []Expr) {
	for len(xs) > 0 {
		x := xs[len(xs)-1]
		xs = xs[:len(xs)-1]
		eachRef(x, func(v *Value) {
			if !s.needed[v] {
				s.needed[v] = true
				xs = append(xs, s.sources[v]...)
			}
		})
	}
}

func (s *sweeper) body(body []Stmt) []Stmt {
	var out []Stmt
	for _, stmt := range body {
		switch stmt := stmt.(type) {
		case *Let:
			if !s.needed[stmt.Val] {
				continue
			}
		case *For:
			s.loop(stmt)
			if len(stmt.Body)+len(stmt.Carried) == 0 {
				continue
			}
		}
		out = append(out, stmt)
	}
	return out
}

// loop drops the carried values of which neither the loop nor what follows needs anything.
func (s *sweeper) loop(loop *For) {
	var carried []Carried
	var yield []Expr
	for i, c := range loop.Carried {
		if s.needed[c.Inner] || s.needed[c.Result] {
			carried, yield = append(carried, c), append(yield, loop.Yield[i])
		}
	}
	loop.Carried, loop.Yield = carried, yield
	loop.Body = s.body(loop.Body)
}
