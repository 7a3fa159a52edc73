package loopir

import "encoding/binary"

// Unbounded is the end of a range that could not be found: [-Unbounded, Unbounded].
const Unbounded = 1 << 62

// Scope is the variables visible at a place of a function, outermost first. It finds ranges of index expressions.
//
// To bound a sum from above, the innermost variable is replaced by the end of its own range, which is an expression in
// the variables around it, until none is left: so a range that depends on another variable (kh from max(0, 1 - y)) meets
// that variable in the address (y + kh - 1) and cancels. Where a minimum or maximum comes up, both sides are followed:
// the smaller result holds if either side is a bound, otherwise the larger. Quotients and remainders are bounded by
// intervals, and by their defining identities where the rest of the sum makes that better.
type Scope struct {
	vars  []scopeVar
	level map[*Var]int // position in vars
	known map[string]interval
	key   []byte
	count int // of all variables so far
	steps int // of the search under way
}

// scopeVar is a variable with its smallest and largest value.
type scopeVar struct {
	v         *Var
	lo, last  Index
	unbounded bool // above: the batch
	unrolled  bool
	serial    int // tells it from variables that had this level before
	hidden    int // the level v had before, -1 if none
}

type interval struct{ lo, hi int }

const (
	maxSum   = 1 << 52 // coefficients beyond are given up on, long before they overflow
	maxTerms = 64
	maxSteps = 2000 // of one search
)

// NewScope is the scope of f's body.
func NewScope(f *Func) *Scope {
	s := &Scope{level: map[*Var]int{}, known: map[string]interval{}}
	for _, g := range f.Grid {
		s.push(scopeVar{v: g.Var, last: C(g.Extent - 1), unbounded: g.Extent == Batch})
		if g.Count != nil {
			s.push(scopeVar{v: g.Count, lo: C(1), last: C(g.Group)})
		}
	}
	return s
}

// Enter goes into the body of loop, and reports false if the body provably never runs.
func (s *Scope) Enter(loop *For) bool {
	v := scopeVar{v: loop.Var, lo: loop.Lo, last: lastValue(loop), unrolled: loop.Unroll}
	if !s.visible(v.lo) || !s.visible(v.last) {
		v.lo, v.last = C(-2*maxSum), C(2*maxSum) // nothing can be proved with these
	}
	_, most := s.Range(v.last.Sub(v.lo))
	s.push(v)
	return most >= 0
}

// lastValue is an upper bound of the values of a loop's variable: the largest where Step allows to tell.
func lastValue(loop *For) Index {
	step := max(loop.Step, 1)
	multiples, rest := split(loop.Hi.Sub(loop.Lo).AddC(-1), step)
	if _, ok := rest.IsConst(); ok { // below step
		return loop.Lo.Add(multiples.Mul(step))
	}
	return loop.Hi.AddC(-1)
}

// Leave goes out of the body entered last.
func (s *Scope) Leave() {
	top := s.vars[len(s.vars)-1]
	s.vars = s.vars[:len(s.vars)-1]
	if top.hidden >= 0 {
		s.level[top.v] = top.hidden
	} else {
		delete(s.level, top.v)
	}
}

// Sees reports whether v is visible.
func (s *Scope) Sees(v *Var) bool {
	_, ok := s.level[v]
	return ok
}

// unrolledOnly reports whether all variables of i belong to unrolled loops, and names one that does not.
func (s *Scope) unrolledOnly(i Index) (other string, ok bool) {
	ok = true
	walkAtoms(i, func(a Atom) {
		if v, isVar := a.(*Var); isVar && !(s.Sees(v) && s.vars[s.level[v]].unrolled) {
			other, ok = v.Name, false
		}
	})
	return other, ok
}

func (s *Scope) push(v scopeVar) {
	s.count++
	v.serial, v.hidden = s.count, -1
	if k, ok := s.level[v.v]; ok {
		v.hidden = k
	}
	s.level[v.v] = len(s.vars)
	s.vars = append(s.vars, v)
}

// Range is the smallest interval found that holds every value of i; its ends are -Unbounded and Unbounded where none was found.
func (s *Scope) Range(i Index) (lo, hi int) {
	s.steps = 0
	return s.rangeOf(i)
}

func (s *Scope) rangeOf(i Index) (lo, hi int) {
	if largest(i) > maxSum || len(i.Terms) > maxTerms {
		return -Unbounded, Unbounded
	}
	// Adding a constant shifts a range: sums are looked up without theirs, which the copies of an unrolled statement differ in.
	start := len(s.key)
	defer func() { s.key = s.key[:start] }()
	if !s.appendKey(i.Terms) {
		return -Unbounded, Unbounded
	}
	r, ok := s.known[string(s.key[start:])]
	if !ok {
		key := string(s.key[start:])
		linear := Index{Terms: i.Terms}
		r = interval{-s.upper(linear.Mul(-1)), s.upper(linear)}
		s.known[key] = r
	}
	return shiftEnd(r.lo, i.Const), shiftEnd(r.hi, i.Const)
}

// shiftEnd adds n to an end of a range.
func shiftEnd(end, n int) int {
	if abs(end) == Unbounded {
		return end
	}
	return end + n
}

// visible reports whether all variables of i are.
func (s *Scope) visible(i Index) bool {
	start := len(s.key)
	defer func() { s.key = s.key[:start] }()
	return s.appendKey(i.Terms)
}

// appendKey appends a text that tells sums of terms apart; false if a variable is not visible or a divisor not positive.
func (s *Scope) appendKey(terms []Term) bool {
	for _, t := range terms {
		s.key = binary.AppendVarint(s.key, int64(t.Coef))
		switch a := t.Atom.(type) {
		case *Var:
			k, ok := s.level[a]
			if !ok {
				return false
			}
			s.key = binary.AppendVarint(s.key, int64(s.vars[k].serial))
		case *IndexOp:
			if a.checkDivisor() != nil {
				return false
			}
			for k, i := range []Index{a.X, a.Y} {
				s.key = append(s.key, 0, byte(a.Op), byte(k))
				s.key = binary.AppendVarint(s.key, int64(len(i.Terms)))
				s.key = binary.AppendVarint(s.key, int64(i.Const))
				if !s.appendKey(i.Terms) {
					return false
				}
			}
		}
	}
	return true
}

// innermost is the position of the term that depends on the innermost variable: operations before the variable itself,
// and of several the one that nests deepest, as the others may be its operands and cancel against them.
func (s *Scope) innermost(terms []Term) int {
	best, bestLevel, bestNesting := 0, -1, -1
	for k, t := range terms {
		level, nesting := s.levelOf(t.Atom), nestingOf(t.Atom)
		if level > bestLevel || level == bestLevel && nesting > bestNesting {
			best, bestLevel, bestNesting = k, level, nesting
		}
	}
	return best
}

// nestingOf is how many operations of a lie in one another.
func nestingOf(a Atom) int {
	op, ok := a.(*IndexOp)
	if !ok {
		return 0
	}
	deepest := 0
	for _, i := range []Index{op.X, op.Y} {
		for _, t := range i.Terms {
			deepest = max(deepest, nestingOf(t.Atom))
		}
	}
	return 1 + deepest
}

// levelOf is the level of the innermost variable of a.
func (s *Scope) levelOf(a Atom) int {
	op, ok := a.(*IndexOp)
	if !ok {
		return s.level[a.(*Var)]
	}
	level := 0
	for _, i := range []Index{op.X, op.Y} {
		for _, t := range i.Terms {
			level = max(level, s.levelOf(t.Atom))
		}
	}
	return level
}

// upper is a number that no value of i exceeds. All variables of i are visible.
func (s *Scope) upper(i Index) int {
	if n, ok := i.IsConst(); ok {
		return n
	}
	if s.steps++; s.steps > maxSteps || len(i.Terms) > maxTerms {
		return Unbounded
	}
	k := s.innermost(i.Terms)
	t := i.Terms[k]
	rest := without(i, k)
	op, isOp := t.Atom.(*IndexOp)
	if !isOp {
		v := s.vars[s.level[t.Atom.(*Var)]]
		switch {
		case t.Coef < 0:
			return s.upperOf(rest, t.Coef, v.lo)
		case v.unbounded:
			return Unbounded
		}
		return s.upperOf(rest, t.Coef, v.last)
	}
	if op.Op == IndexDiv || op.Op == IndexMod {
		return s.upperQuotient(rest, t.Coef, op)
	}
	x, y := s.upperOf(rest, t.Coef, op.X), s.upperOf(rest, t.Coef, op.Y)
	if (op.Op == IndexMin) == (t.Coef > 0) {
		return min(x, y)
	}
	return max(x, y)
}

// upperOf is an upper bound of rest + coef*x.
func (s *Scope) upperOf(rest Index, coef int, x Index) int {
	if largest(x) > maxSum/abs(coef) {
		return Unbounded
	}
	sum := rest.Add(x.Mul(coef))
	if largest(sum) > maxSum {
		return Unbounded
	}
	return s.upper(sum)
}
