package loopir

import "slices"

// upperQuotient is an upper bound of rest + coef*op, where op is a quotient or a remainder.
func (s *Scope) upperQuotient(rest Index, coef int, op *IndexOp) int {
	n := op.Y.Const
	if k, scale, x := joinQuotient(rest, coef, op); k >= 0 {
		return s.upperOf(without(rest, k), scale, x)
	}
	multiples, x := split(op.X, n)
	if op.Op == IndexMod {
		return s.upperMod(rest, coef, x, n)
	}
	if !multiples.Equal(C(0)) {
		return s.upperOf(rest, coef, multiples.Add(x.Div(n))) // floor((n*m + x)/n) = m + floor(x/n)
	}
	return s.upperDiv(rest, coef, x, n)
}

// upperDiv is an upper bound of rest + coef*floor(x/n).
func (s *Scope) upperDiv(rest Index, coef int, x Index, n int) int {
	lo, hi := s.rangeOf(x)
	end := hi
	if coef < 0 {
		end = lo
	}
	best := Unbounded
	if abs(end) < maxSum {
		best = s.upperOf(rest, coef, C(floorDiv(end, n)))
	}
	if coef%n == 0 { // x - n < n*floor(x/n) <= x, which may cancel against the rest
		if coef < 0 {
			x = x.AddC(1 - n)
		}
		best = min(best, s.upperOf(rest, coef/n, x))
	}
	return best
}

// upperMod is an upper bound of rest + coef*(x mod n).
func (s *Scope) upperMod(rest Index, coef int, x Index, n int) int {
	lo, hi := s.rangeOf(x)
	bounded := lo > -maxSum && hi < maxSum
	switch {
	case bounded && floorDiv(lo, n) == floorDiv(hi, n): // the remainder is linear here
		return s.upperOf(rest, coef, x.AddC(-n*floorDiv(lo, n)))
	case coef < 0:
		return s.upper(rest)
	}
	best := s.upperOf(rest, coef, C(n-1))
	if lo >= 0 {
		best = min(best, s.upperOf(rest, coef, x))
	}
	return best
}

// joinQuotient applies n*floor(x/n) + x mod n = x where rest + coef*op has both terms, scaled alike: then
// scale*x stands for op and for term k of rest. Operands that differ by a multiple of n have the same remainder.
func joinQuotient(rest Index, coef int, op *IndexOp) (k, scale int, x Index) {
	n := op.Y.Const
	_, remainder := split(op.X, n)
	for k, t := range rest.Terms {
		other, ok := t.Atom.(*IndexOp)
		if !ok || other.Op == op.Op || other.Op > IndexMod || other.Y.Const != n {
			continue
		}
		div, mod, x := coef, t.Coef, op.X
		if op.Op == IndexMod {
			div, mod, x = t.Coef, coef, other.X
		}
		_, r := split(other.X, n)
		if div%n == 0 && div/n == mod && r.Equal(remainder) {
			return k, mod, x
		}
	}
	return -1, 0, Index{}
}

// without is i without its term number k.
func without(i Index, k int) Index {
	return Index{slices.Delete(slices.Clone(i.Terms), k, k+1), i.Const}
}

// split writes i as n*multiples + rest, where rest has the terms that n does not divide and a constant in [0, n).
func split(i Index, n int) (multiples, rest Index) {
	q := floorDiv(i.Const, n)
	multiples.Const, rest.Const = q, i.Const-n*q
	for _, t := range i.Terms {
		if t.Coef%n == 0 {
			multiples.Terms = append(multiples.Terms, Term{t.Coef / n, t.Atom})
		} else {
			rest.Terms = append(rest.Terms, t)
		}
	}
	return multiples, rest
}
