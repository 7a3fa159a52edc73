package loopir

// operands are the places of x's operands, in order.
func operands(x Expr) []*Expr {
	switch x := x.(type) {
	case *Load:
		if x.Pick != nil {
			return []*Expr{&x.Pick}
		}
	case *Splat:
		return []*Expr{&x.X}
	case *Unary:
		return []*Expr{&x.X}
	case *Binary:
		return []*Expr{&x.X, &x.Y}
	case *FMA:
		return []*Expr{&x.A, &x.B, &x.C}
	case *Cmp:
		return []*Expr{&x.X, &x.Y}
	case *Select:
		return []*Expr{&x.Mask, &x.X, &x.Y}
	case *Shuffle:
		return []*Expr{&x.X, &x.Y}
	case *Extract:
		return []*Expr{&x.X}
	case *Convert:
		return []*Expr{&x.X}
	case *Bitcast:
		return []*Expr{&x.X}
	case *Reduce:
		return []*Expr{&x.X}
	case *Narrow:
		return []*Expr{&x.X}
	case *Dot:
		return []*Expr{&x.Acc, &x.A, &x.B}
	}
	return nil // Ref, RegRef, Const, FromIndex, Load without a pick
}

// walkExpr visits x and everything in it, outer before inner.
func walkExpr(x Expr, visit func(Expr)) {
	visit(x)
	for _, operand := range operands(x) {
		walkExpr(*operand, visit)
	}
}

// cloneExpr copies the top of x; operands and index lists are shared.
func cloneExpr(x Expr) Expr {
	switch x := x.(type) {
	case *FromIndex:
		return shallow(x)
	case *Load:
		return shallow(x)
	case *Splat:
		return shallow(x)
	case *Unary:
		return shallow(x)
	case *Binary:
		return shallow(x)
	case *FMA:
		return shallow(x)
	case *Cmp:
		return shallow(x)
	case *Select:
		return shallow(x)
	case *Shuffle:
		return shallow(x)
	case *Extract:
		return shallow(x)
	case *Convert:
		return shallow(x)
	case *Bitcast:
		return shallow(x)
	case *Reduce:
		return shallow(x)
	case *Narrow:
		return shallow(x)
	case *Dot:
		return shallow(x)
	}
	return x // Ref, RegRef and Const never change
}

func shallow[T any](x *T) *T {
	out := *x
	return &out
}

// expr is x with variables, values and register tile elements replaced by what they are now.
func (p *promotion) expr(x Expr) Expr {
	switch x := x.(type) {
	case *Ref:
		return p.vals[x.Val]
	case *RegRef:
		return p.read(x.Reg, p.element(x.Reg, x.Idx))
	}
	out := cloneExpr(x)
	switch out := out.(type) {
	case *Load:
		out.Idx, out.Count = p.indices(out.Idx), p.count(out.Count)
	case *FromIndex:
		out.X = p.index(out.X)
	}
	for _, operand := range operands(out) {
		*operand = p.expr(*operand)
	}
	return out
}

func (p *promotion) index(i Index) Index {
	return i.Subst(func(v *Var) (Index, bool) {
		now, ok := p.vars[v]
		return now, ok
	})
}

func (p *promotion) indices(idx []Index) []Index {
	if idx == nil {
		return nil
	}
	out := make([]Index, len(idx))
	for d := range idx {
		out[d] = p.index(idx[d])
	}
	return out
}

func (p *promotion) count(count *Index) *Index {
	if count == nil {
		return nil
	}
	now := p.index(*count)
	return &now
}
