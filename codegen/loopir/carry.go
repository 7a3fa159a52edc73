package loopir

// Carried is i, with one division where neighbours made one each: floor((x + c)/n) is floor(x/n) and a carry,
// floor((x mod n + c)/n), which for 0 < c < n is 1 where x mod n reaches n - c and 0 elsewhere (see Carry). Remainders become
// quotients, so that the two of a pixel's row and column are one.
func (i Index) Carried() Index {
	out := C(i.Const)
	for _, t := range i.Terms {
		op, ok := t.Atom.(*IndexOp)
		switch {
		case ok && op.Op == IndexMod:
			out = out.Add(op.X.Mul(t.Coef)).Add(carried(op.X, op.Y.Const).Mul(-t.Coef * op.Y.Const))
		case ok && op.Op == IndexDiv:
			out = out.Add(carried(op.X, op.Y.Const).Mul(t.Coef))
		default:
			out = out.Add(Index{Terms: []Term{t}})
		}
	}
	return out
}

// carried is floor(x/n) by the quotient of x without its constant: (6*t + 17)/14 = 6*t/14 + 1 + ((6*t mod 14) + 2)/14, where
// the even remainder needs no more than the even part of 3.
func carried(x Index, n int) Index {
	whole := floorDiv(x.Const, n)
	c := x.Const - n*whole
	step := n // what the remainder of x without its constant is a multiple of
	for _, t := range x.Terms {
		step = gcd(step, abs(t.Coef))
	}
	c -= c % step
	x = Index{Terms: x.Terms}
	q := x.Div(n).AddC(whole)
	if c != 0 {
		q = q.Add(x.Mod(n).AddC(c).Div(n))
	}
	return q
}

// Carry reports whether a is floor((x mod n + c)/n), 0 < c < n: then it is 1 where the remainder is at least from, else 0.
func Carry(a Atom) (remainder Index, from int, ok bool) {
	op, ok := a.(*IndexOp)
	if !ok || op.Op != IndexDiv || len(op.X.Terms) != 1 || op.X.Terms[0].Coef != 1 {
		return Index{}, 0, false
	}
	mod, ok := op.X.Terms[0].Atom.(*IndexOp)
	c, n := op.X.Const, op.Y.Const
	if !ok || mod.Op != IndexMod || mod.Y.Const != n || c <= 0 || c >= n {
		return Index{}, 0, false
	}
	return atomIndex(mod), n - c, true
}
