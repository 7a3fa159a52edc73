package gohost

import (
	"github.com/dave/jennifer/jen"

	"nncc/codegen/loopir"
)

// load reads lanes below the count, all if there is none; the others are zero.
func (e *emitter) load(x *loopir.Load) []operand {
	further := e.picked(x)
	if n, covers := covered(x.Count, x.T.Lanes); covers {
		lanes := make([]operand, x.T.Lanes)
		for i := range lanes {
			if i >= n {
				lanes[i] = intLiteral(0)
				continue
			}
			lanes[i] = operand{e.element(x.Buf, x.Idx, i, further), primary}
		}
		return e.vector(x.T, lanes)
	}
	id := e.fresh(x.Buf.Name + "_n")
	count := e.index(*x.Count)
	if x.T.Lanes == 1 {
		e.emit(jen.Var().Id(id).Id(goType(x.T.Elem)))
		e.emit(jen.If(count.code.Clone().Op(">").Lit(0)).Block(jen.Id(id).Op("=").Add(e.element(x.Buf, x.Idx, 0, further))))
		return []operand{named(id)}
	}
	e.emit(jen.Var().Id(id).Index(jen.Lit(x.T.Lanes)).Id(goType(x.T.Elem)))
	e.eachLane(x.Buf, further(e.address(x.Buf, x.Idx)), count, x.T.Lanes, func(lane, mem *jen.Statement) jen.Code { return jen.Id(id).Index(lane).Op("=").Add(mem) })
	return elements(id, x.T.Lanes)
}

func (e *emitter) store(s *loopir.Store) {
	t := s.X.Type()
	lanes := e.expr(s.X)
	if n, known := covered(s.Count, t.Lanes); known {
		for i := range n {
			e.emit(jen.Add(e.element(s.Buf, s.Idx, i, stay)).Op("=").Add(lanes[i].code))
		}
		return
	}
	count := e.index(*s.Count)
	if t.Lanes == 1 {
		e.emit(jen.If(count.code.Clone().Op(">").Lit(0)).Block(jen.Add(e.element(s.Buf, s.Idx, 0, stay)).Op("=").Add(lanes[0].code)))
		return
	}
	id := e.fresh(s.Buf.Name + "_n")
	e.emit(jen.Id(id).Op(":=").Add(arrayOf(t, lanes)))
	e.eachLane(s.Buf, e.address(s.Buf, s.Idx), count, t.Lanes, func(lane, mem *jen.Statement) jen.Code { return jen.Add(mem).Op("=").Id(id).Index(lane) })
}

// covered is the number of lanes that an access touches, if it is a constant.
func covered(count *loopir.Index, lanes int) (n int, known bool) {
	if count == nil {
		return lanes, true
	}
	n, known = count.IsConst()
	return min(max(n, 0), lanes), known
}

// picked moves an address as far as the pick of a load says, which does not leave the buffer; the same without one.
func (e *emitter) picked(x *loopir.Load) func(operand) operand {
	if x.Pick == nil {
		return stay
	}
	pick := call("max", intLiteral(0), call("min", call("int", e.expr(x.Pick)[0]), intLiteral(x.Extent-1)))
	by := e.bind("pick", operation(pick, "*", intLiteral(x.Buf.Stride(x.Dim)*x.Buf.Elem.Bytes())))
	return func(p operand) operand { return call("unsafe.Add", p, by) }
}

// stay leaves an address where it is.
func stay(p operand) operand { return p }

// element is the memory of lane number lane of an access, moved by further.
func (e *emitter) element(buf *loopir.Buffer, idx []loopir.Index, lane int, further func(operand) operand) *jen.Statement {
	last := len(idx) - 1
	moved := append(append([]loopir.Index(nil), idx[:last]...), idx[last].AddC(lane))
	return deref(buf, further(e.address(buf, moved)).code)
}

func deref(buf *loopir.Buffer, p jen.Code) *jen.Statement {
	return jen.Op("*").Parens(jen.Op("*").Id(goType(buf.Elem))).Parens(p)
}

// eachLane runs move for the lanes below count of what begins at from.
func (e *emitter) eachLane(buf *loopir.Buffer, from operand, count operand, lanes int, move func(lane, mem *jen.Statement) jen.Code) {
	id := e.fresh("lane")
	lane := jen.Id(id)
	p := call("unsafe.Add", from, operand{jen.Id(id).Op("*").Lit(buf.Elem.Bytes()), infix})
	e.emit(jen.For(jen.Id(id).Op(":=").Range().Id("max").Call(jen.Lit(0), jen.Id("min").Call(count.code, jen.Lit(lanes)))).
		Block(move(lane, deref(buf, p.code))))
}
