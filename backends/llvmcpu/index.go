package llvmcpu

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/llir/llvm/ir/enum"
	"github.com/llir/llvm/ir/types"
	"github.com/llir/llvm/ir/value"

	"nncc/codegen/loopir"
)

// index is an index expression as an i64, computed in the outermost scope that has its variables.
func (e *emitter) index(x loopir.Index) value.Value {
	if c, ok := x.IsConst(); ok {
		return i64(c)
	}
	return e.hoist(e.depthOf(x), e.keys.Index(x), func() value.Value {
		var sum value.Value
		for _, t := range x.Terms {
			sum = e.plus(sum, e.term(t))
		}
		if x.Const != 0 {
			sum = e.plus(sum, i64(x.Const))
		}
		return sum
	})
}

func (e *emitter) plus(a, b value.Value) value.Value {
	if a == nil {
		return b
	}
	return e.b.NewAdd(a, b)
}

// term is Coef*Atom at the scope of its atom.
func (e *emitter) term(t loopir.Term) value.Value {
	return e.hoist(e.depthOfAtom(t.Atom), e.keys.Term(t), func() value.Value {
		if t.Coef == 1 {
			return e.atom(t.Atom)
		}
		if v, ok := t.Atom.(*loopir.Var); ok && e.vars[v].innermost {
			return e.scale(t.Coef)
		}
		return e.b.NewMul(e.once(t.Atom), i64(t.Coef))
	})
}

// once is the value of an atom, which all terms and remainders with it share.
func (e *emitter) once(a loopir.Atom) value.Value { return e.term(loopir.Term{Coef: 1, Atom: a}) }

func (e *emitter) atom(a loopir.Atom) value.Value {
	op, ok := a.(*loopir.IndexOp)
	if !ok {
		return e.variable(a.(*loopir.Var)).val
	}
	x, y := e.index(op.X), e.index(op.Y)
	switch op.Op {
	case loopir.IndexDiv:
		if least, _ := e.ranges.Range(op.X); least >= 0 {
			return e.b.NewUDiv(x, y)
		}
		return e.floorDiv(x, y)
	case loopir.IndexMod:
		return e.b.NewSub(x, e.b.NewMul(e.once(&loopir.IndexOp{Op: loopir.IndexDiv, X: op.X, Y: op.Y}), y))
	case loopir.IndexMin:
		return e.b.NewSelect(e.b.NewICmp(enum.IPredSLT, x, y), x, y)
	case loopir.IndexMax:
		return e.b.NewSelect(e.b.NewICmp(enum.IPredSGT, x, y), x, y)
	}
	panic(fmt.Sprintf("unknown index operation %d", op.Op))
}

// floorDiv rounds down for negative x too; y is a positive constant.
func (e *emitter) floorDiv(x, y value.Value) value.Value {
	q := e.b.NewSDiv(x, y)
	r := e.b.NewSub(x, e.b.NewMul(q, y))
	return e.b.NewAdd(q, e.b.NewSExt(e.b.NewICmp(enum.IPredSLT, r, i64(0)), types.I64))
}

func (e *emitter) variable(v *loopir.Var) variable {
	x, ok := e.vars[v]
	if !ok {
		panic(fmt.Sprintf("variable %s is not in scope", v.Name))
	}
	return x
}

// address is a pointer to element idx of buf. Terms are added from the outermost variable inwards and each partial
// sum is kept in the scope of its last variable, so that inner loops see a base pointer, their own counters
// and a constant: what the address modes of amd64 handle without further arithmetic. For arm64 see advances.
func (e *emitter) address(buf *loopir.Buffer, idx []loopir.Index) value.Value {
	p, ok := e.bases[buf]
	if !ok {
		panic(fmt.Sprintf("buffer %s is not a parameter or scratch of the function", buf.Name))
	}
	if idx == nil {
		return p
	}
	flat := buf.Flat(idx).Carried()
	elem := elemType(buf.Elem)
	key := fmt.Sprintf("&%d", e.keys.Number(buf))
	rest := flat.Const
	plus := func(depth int, term string, next func(from value.Value) value.Value) {
		key += "+" + term
		from := p
		p = e.hoist(depth, key, func() value.Value { return next(from) })
	}
	for _, t := range e.outermostFirst(flat.Terms) {
		depth := e.depthOfAtom(t.Atom)
		if remainder, atLeast, ok := loopir.Carry(t.Atom); ok {
			beyondKey := key + "+" + strconv.Itoa(t.Coef)
			plus(depth, e.keys.Term(t), func(from value.Value) value.Value {
				beyond := e.hoist(depth, beyondKey, func() value.Value { return e.b.NewGetElementPtr(elem, from, i64(t.Coef)) })
				return e.b.NewSelect(e.b.NewICmp(enum.IPredSGE, e.index(remainder), i64(atLeast)), beyond, from)
			})
			continue
		}
		if !e.advances(t) {
			plus(depth, e.keys.Term(t), func(from value.Value) value.Value { return e.b.NewGetElementPtr(elem, from, e.term(t)) })
			continue
		}
		if far := rest &^ (displacements - 1); far != 0 {
			rest -= far
			plus(depth-1, fmt.Sprint(far), func(from value.Value) value.Value { return e.b.NewGetElementPtr(elem, from, i64(far)) })
		}
		plus(depth, e.keys.Term(t), func(from value.Value) value.Value { return e.advance(elem, from, t.Coef) })
	}
	if rest == 0 {
		return p
	}
	return e.b.NewGetElementPtr(elem, p, i64(rest))
}

// advances says whether pointers move with the counter of a loop. The address modes of arm64 add a register or a constant, not
// both, so that a counter of its own would cost an addition each time.
func (e *emitter) advances(t loopir.Term) bool {
	v, ok := t.Atom.(*loopir.Var)
	return ok && e.vars[v].innermost && e.mod.target.Arch == "arm64"
}

// displacements is how many elements an instruction of arm64 reaches from a pointer on. What is farther takes another pointer.
const displacements = 4096

func (e *emitter) outermostFirst(terms []loopir.Term) []loopir.Term {
	return slices.SortedStableFunc(slices.Values(terms), func(a, b loopir.Term) int {
		if c := cmp.Compare(e.depthOfAtom(a.Atom), e.depthOfAtom(b.Atom)); c != 0 {
			return c
		}
		if c := cmp.Compare(e.turn(a), e.turn(b)); c != 0 {
			return c
		}
		if c := cmp.Compare(b.Coef, a.Coef); c != 0 {
			return c
		}
		return strings.Compare(e.keys.Atom(a.Atom), e.keys.Atom(b.Atom))
	})
}

// turn orders the terms of one scope: a pointer that moves with the scope's counter starts outside of it, and carries come
// after what neighbours share.
func (e *emitter) turn(t loopir.Term) int {
	const moving, ordinary, carry = 0, 1, 2
	if e.advances(t) {
		return moving
	}
	if _, _, ok := loopir.Carry(t.Atom); ok {
		return carry
	}
	return ordinary
}

// depthOf is the number of the innermost scope whose variables x uses.
func (e *emitter) depthOf(x loopir.Index) int { return x.Depth(e.depthOfVar) }

func (e *emitter) depthOfAtom(a loopir.Atom) int { return loopir.AtomDepth(a, e.depthOfVar) }

func (e *emitter) depthOfVar(v *loopir.Var) int { return e.variable(v).depth }
