package loopir

// expr is an expression of type t with operations nested at most depth deep.
func (r *funcGen) expr(t Type, depth int) Expr {
	if depth == 0 || r.IntN(6) == 0 {
		return r.leaf(t)
	}
	sub := func() Expr { return r.expr(t, depth-1) }
	other := func(k Kind) Expr { return r.expr(Vec(k, t.Lanes), depth-1) }
	if t.Elem == Bool {
		k := []Kind{F32, I32}[r.IntN(2)]
		return CmpOp(r.IntN(6)).Of(other(k), other(k))
	}
	switch r.IntN(7) {
	case 0:
		return SelectOf(other(Bool), sub(), sub())
	case 1:
		return ConvertTo(t.Elem, other([]Kind{F32, I32}[r.IntN(2)]))
	case 2:
		return BitcastTo(t, other([]Kind{F32, I32}[r.IntN(2)]))
	case 3:
		if t.Lanes > 1 {
			return SplatOf(t.Lanes, r.expr(Scalar(t.Elem), depth-1))
		}
		if r.IntN(2) == 0 {
			return ExtractOf(r.expr(Vec(t.Elem, 8), depth-1), r.IntN(8))
		}
		return []BinaryOp{Add, Mul, Min, Max}[r.IntN(4)].Reduce(r.expr(Vec(t.Elem, 8), depth-1))
	case 4:
		mask := make([]int, t.Lanes)
		for k := range mask {
			mask[k] = r.IntN(2 * t.Lanes)
		}
		return ShuffleOf(sub(), sub(), mask...)
	}
	if t.Elem == I32 {
		switch r.IntN(3) {
		case 0:
			return []UnaryOp{Neg, Abs, Popcount}[r.IntN(3)].Of(sub())
		case 1:
			return []BinaryOp{Shl, Shr}[r.IntN(2)].Of(sub(), Num(t, float64(r.IntN(31))))
		}
		return []BinaryOp{Add, Sub, Mul, Div, Min, Max, And, Or, Xor}[r.IntN(9)].Of(sub(), sub())
	}
	switch r.IntN(4) {
	case 0:
		return FMAOf(sub(), sub(), sub())
	case 1:
		return []UnaryOp{Neg, Abs, Sqrt, Floor, RoundEven}[r.IntN(5)].Of(sub())
	}
	return []BinaryOp{Add, Sub, Mul, Div, Min, Max}[r.IntN(6)].Of(sub(), sub())
}

func (r *funcGen) leaf(t Type) Expr {
	if r.IntN(2) == 0 {
		for _, v := range r.values {
			if v.Type == t && r.IntN(2) == 0 {
				return &Ref{v}
			}
		}
	}
	switch t.Elem {
	case Bool:
		return &Const{T: t, Int: int64(r.IntN(2))}
	case I32:
		switch r.IntN(3) {
		case 0:
			return Num(t, float64(r.IntN(1000)-500))
		case 1:
			return IndexTo(t, r.index())
		}
		return LoadV(t, r.f.Params[2], r.indicesIn(r.f.Params[2], t.Lanes)...)
	}
	for _, reg := range r.regs {
		if reg.Type == t && r.IntN(2) == 0 {
			return &RegRef{reg, r.element(reg)}
		}
	}
	switch r.IntN(5) {
	case 4:
		return r.pick(t)
	case 0:
		return Num(t, r.NormFloat64())
	case 1:
		buf, idx := r.place(t.Lanes)
		return LoadN(t, buf, r.index(), idx...)
	}
	buf, idx := r.place(t.Lanes)
	return LoadV(t, buf, idx...)
}

// pick is a load from a place that a number says.
func (r *funcGen) pick(t Type) Expr {
	buf, idx := r.place(t.Lanes)
	l := &Load{T: t, Buf: buf, Idx: idx, Pick: r.leaf(Scalar(I32)), Dim: len(buf.Dims) - 1 - r.IntN(min(2, len(buf.Dims)))}
	if buf.Dims[l.Dim] == Batch {
		l.Dim++
	}
	most := buf.Dims[l.Dim]
	if l.Dim == len(buf.Dims)-1 {
		most -= t.Lanes - 1
	}
	from := r.IntN(most)
	l.Idx[l.Dim], l.Extent = C(from), 1+r.IntN(most-from)
	return l
}
