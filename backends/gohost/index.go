package gohost

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dave/jennifer/jen"

	"nncc/codegen/loopir"
)

// index is an index expression as an int, computed in the outermost scope that has its variables.
func (e *emitter) index(x loopir.Index) operand {
	if c, ok := x.IsConst(); ok {
		return intLiteral(c)
	}
	return e.hoist(e.depthOf(x), e.keys.Index(x), "i", func() operand { return e.sum(nil, x.Terms, x.Const) })
}

// sum is from + terms + constant; a nil from is 0.
func (e *emitter) sum(from *operand, terms []loopir.Term, constant int) operand {
	var out operand
	if from != nil {
		out = *from
	}
	for _, t := range terms {
		x := e.atom(t.Atom)
		if t.Coef != 1 {
			x = operand{jen.Add(x.in()).Op("*").Add(intLiteral(t.Coef).code), infix}
		}
		if out.code == nil {
			out = x
			continue
		}
		out = operand{jen.Add(out.code).Op("+").Add(x.code), infix}
	}
	switch {
	case out.code == nil:
		return intLiteral(constant)
	case constant > 0:
		return operand{jen.Add(out.code).Op("+").Add(intLiteral(constant).code), infix}
	case constant < 0:
		return operand{jen.Add(out.code).Op("-").Add(intLiteral(-constant).code), infix}
	}
	return out
}

func (e *emitter) atom(a loopir.Atom) operand {
	op, ok := a.(*loopir.IndexOp)
	if !ok {
		return e.variable(a.(*loopir.Var)).val()
	}
	return e.hoist(e.depthOfAtom(a), e.keys.Atom(a), "i", func() operand {
		x, y := e.index(op.X), e.index(op.Y)
		switch op.Op {
		case loopir.IndexDiv:
			return call("nnccFloorDiv", x, y)
		case loopir.IndexMod:
			return call("nnccFloorMod", x, y)
		case loopir.IndexMin:
			return call("min", x, y)
		case loopir.IndexMax:
			return call("max", x, y)
		}
		panic(fmt.Sprintf("unknown index operation %d", op.Op))
	})
}

func (e *emitter) variable(v *loopir.Var) variable {
	x, ok := e.vars[v]
	if !ok {
		panic(fmt.Sprintf("variable %s is not in scope", v.Name))
	}
	return x
}

// address is a pointer to element idx of buf. The offset is summed from the outermost variables inwards and each partial
// sum is kept in the scope of its last variable, so that an access is a base pointer, one integer and a constant, which
// machines address in one instruction. The pointer itself never leaves the buffer: a partial sum may.
func (e *emitter) address(buf *loopir.Buffer, idx []loopir.Index) operand {
	base := e.base(buf)
	if idx == nil {
		return base
	}
	flat := buf.Flat(idx).Mul(buf.Elem.Bytes())
	byDepth := map[int][]loopir.Term{}
	for _, t := range flat.Terms {
		d := e.depthOfAtom(t.Atom)
		byDepth[d] = append(byDepth[d], t)
	}
	var offset *operand
	key := ""
	for d := range len(e.scopes) {
		terms := byDepth[d]
		if len(terms) == 0 {
			continue
		}
		slices.SortFunc(terms, func(a, b loopir.Term) int { return strings.Compare(e.keys.Term(a), e.keys.Term(b)) })
		key += "|" + e.keys.Index(loopir.Index{Terms: terms})
		from := offset
		sum := e.hoist(d, "offset"+key, buf.Name+"_at", func() operand { return e.sum(from, terms, 0) })
		offset = &sum
	}
	return pointerAt(base, offset, flat.Const)
}

// pointerAt is base plus offset, if there is one, plus a number of bytes.
func pointerAt(base operand, offset *operand, bytes int) operand {
	if offset == nil {
		if bytes == 0 {
			return base
		}
		return call("unsafe.Add", base, intLiteral(bytes))
	}
	at := *offset
	switch {
	case bytes > 0:
		at = operation(at, "+", intLiteral(bytes))
	case bytes < 0:
		at = operation(at, "-", intLiteral(-bytes))
	}
	return call("unsafe.Add", base, at)
}

// depthOf is the number of the innermost scope whose variables x uses.
func (e *emitter) depthOf(x loopir.Index) int { return x.Depth(e.depthOfVar) }

func (e *emitter) depthOfAtom(a loopir.Atom) int { return loopir.AtomDepth(a, e.depthOfVar) }

func (e *emitter) depthOfVar(v *loopir.Var) int { return e.variable(v).depth }
