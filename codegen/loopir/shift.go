package loopir

import "slices"

// Shift moves every access to buf by some places in one dimension: a kernel for a whole becomes one for the part that
// begins there. f must not call others.
func Shift(f *Func, buf *Buffer, dim, by int) {
	moved := func(idx []Index) []Index {
		idx = slices.Clone(idx)
		idx[dim] = idx[dim].AddC(by)
		return idx
	}
	seen := map[*Load]bool{} // an expression may occur in several places
	loads := func(x Expr) {
		walkExpr(x, func(x Expr) {
			if l, ok := x.(*Load); ok && l.Buf == buf && !seen[l] {
				seen[l], l.Idx = true, moved(l.Idx)
			}
		})
	}
	Walk(f.Body, func(s Stmt) {
		switch s := s.(type) {
		case *Let:
			loads(s.X)
		case *Assign:
			loads(s.X)
		case *Store:
			loads(s.X)
			if s.Buf == buf {
				s.Idx = moved(s.Idx)
			}
		case *Prefetch:
			if s.Buf == buf {
				s.Idx = moved(s.Idx)
			}
		case *MatrixLoad:
			if s.Buf == buf {
				s.Idx = moved(s.Idx)
			}
		case *MatrixStore:
			if s.Buf == buf {
				s.Idx = moved(s.Idx)
			}
		case *For:
			for _, c := range s.Carried {
				loads(c.Init)
			}
			for _, y := range s.Yield {
				loads(y)
			}
		}
	})
}
