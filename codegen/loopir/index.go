package loopir

import (
	"cmp"
	"slices"
)

// Var is an integer variable: a grid dimension or a loop counter. Identity is the pointer; Name is for people.
type Var struct{ Name string }

// Index is an integer expression: Const + sum of Coef*Atom, no atom twice and no zero coefficient, so that
// the difference of two equal expressions is the constant 0 (see Equal).
type Index struct {
	Terms []Term
	Const int
}

// Term is Coef*Atom.
type Term struct {
	Coef int
	Atom Atom
}

// Atom is what an Index sums over: *Var or *IndexOp.
type Atom interface{ isAtom() }

// IndexOp is a non-linear index operation: X / Y, X mod Y (both floor, Y a positive constant), min(X, Y) or max(X, Y).
type IndexOp struct {
	Op   IndexOpKind
	X, Y Index
}

// IndexOpKind names the non-linear index operations.
type IndexOpKind uint8

// The non-linear index operations.
const (
	IndexDiv IndexOpKind = iota // floor(X / Y)
	IndexMod                    // X - Y*floor(X / Y)
	IndexMin
	IndexMax
)

func (*Var) isAtom()     {}
func (*IndexOp) isAtom() {}

// C is a constant index.
func C(n int) Index { return Index{Const: n} }

// I is the index that equals v.
func (v *Var) I() Index { return Index{Terms: []Term{{1, v}}} }

// IsConst reports whether i is a constant, and which.
func (i Index) IsConst() (int, bool) { return i.Const, len(i.Terms) == 0 }

// Add returns i + j.
func (i Index) Add(j Index) Index {
	out := Index{Terms: slices.Clone(i.Terms), Const: i.Const + j.Const}
	for _, t := range j.Terms {
		out.addTerm(t)
	}
	return out
}

// AddC returns i + n.
func (i Index) AddC(n int) Index { return Index{i.Terms, i.Const + n} }

// Sub returns i - j.
func (i Index) Sub(j Index) Index { return i.Add(j.Mul(-1)) }

// Mul returns n*i.
func (i Index) Mul(n int) Index {
	if n == 0 {
		return Index{}
	}
	out := Index{Terms: slices.Clone(i.Terms), Const: i.Const * n}
	for k := range out.Terms {
		out.Terms[k].Coef *= n
	}
	return out
}

// Div returns floor(i/n), n > 0.
func (i Index) Div(n int) Index {
	if c, ok := i.IsConst(); ok {
		return C(floorDiv(c, n))
	}
	if n == 1 {
		return i
	}
	return atomIndex(&IndexOp{IndexDiv, i, C(n)})
}

// Mod returns i - n*floor(i/n), n > 0.
func (i Index) Mod(n int) Index {
	if c, ok := i.IsConst(); ok {
		return C(c - n*floorDiv(c, n))
	}
	if n == 1 {
		return C(0)
	}
	return atomIndex(&IndexOp{IndexMod, i, C(n)})
}

// Min returns the smaller of i and j.
func (i Index) Min(j Index) Index {
	if d, ok := i.Sub(j).IsConst(); ok {
		if d <= 0 {
			return i
		}
		return j
	}
	return atomIndex(&IndexOp{IndexMin, i, j})
}

// Max returns the larger of i and j.
func (i Index) Max(j Index) Index {
	if d, ok := i.Sub(j).IsConst(); ok {
		if d >= 0 {
			return i
		}
		return j
	}
	return atomIndex(&IndexOp{IndexMax, i, j})
}

// Equal reports whether i and j are the same expression.
func (i Index) Equal(j Index) bool {
	c, ok := i.Sub(j).IsConst()
	return ok && c == 0
}

// Subst replaces each variable for which f returns true.
func (i Index) Subst(f func(*Var) (Index, bool)) Index {
	out := C(i.Const)
	for _, t := range i.Terms {
		out = out.Add(substAtom(t.Atom, f).Mul(t.Coef))
	}
	return out
}

func substAtom(a Atom, f func(*Var) (Index, bool)) Index {
	switch a := a.(type) {
	case *Var:
		if r, ok := f(a); ok {
			return r
		}
		return a.I()
	case *IndexOp:
		x, y := a.X.Subst(f), a.Y.Subst(f)
		switch a.Op {
		case IndexDiv:
			return x.Div(y.Const)
		case IndexMod:
			return x.Mod(y.Const)
		case IndexMin:
			return x.Min(y)
		default:
			return x.Max(y)
		}
	}
	panic("loopir: unknown atom")
}

// Eval computes i given the values of variables.
func (i Index) Eval(value func(*Var) int) int {
	n := i.Const
	for _, t := range i.Terms {
		n += t.Coef * evalAtom(t.Atom, value)
	}
	return n
}

func evalAtom(a Atom, value func(*Var) int) int {
	op, ok := a.(*IndexOp)
	if !ok {
		return value(a.(*Var))
	}
	x, y := op.X.Eval(value), op.Y.Eval(value)
	switch op.Op {
	case IndexDiv:
		return floorDiv(x, y)
	case IndexMod:
		return x - y*floorDiv(x, y)
	case IndexMin:
		return min(x, y)
	default:
		return max(x, y)
	}
}

func floorDiv(a, b int) int {
	q := a / b
	if a%b != 0 && (a < 0) != (b < 0) {
		q--
	}
	return q
}

func atomIndex(op *IndexOp) Index { return Index{Terms: []Term{{1, op}}} }

// addTerm merges t into i, keeping terms canonical.
func (i *Index) addTerm(t Term) {
	for k := range i.Terms {
		if atomsEqual(i.Terms[k].Atom, t.Atom) {
			i.Terms[k].Coef += t.Coef
			if i.Terms[k].Coef == 0 {
				i.Terms = slices.Delete(i.Terms, k, k+1)
			}
			return
		}
	}
	i.Terms = append(i.Terms, t)
}

func atomsEqual(a, b Atom) bool {
	if a == b {
		return true
	}
	x, ok1 := a.(*IndexOp)
	y, ok2 := b.(*IndexOp)
	return ok1 && ok2 && x.Op == y.Op && x.X.Equal(y.X) && x.Y.Equal(y.Y)
}

// SortedTerms returns the terms by falling coefficient: the order in which people write addresses.
func (i Index) SortedTerms() []Term {
	return slices.SortedStableFunc(slices.Values(i.Terms), func(a, b Term) int { return cmp.Compare(b.Coef, a.Coef) })
}
