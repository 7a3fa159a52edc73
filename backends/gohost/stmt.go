package gohost

import (
	"fmt"

	"github.com/dave/jennifer/jen"

	"nncc/codegen/loopir"
)

func (e *emitter) stmts(body []loopir.Stmt) {
	for _, s := range body {
		e.stmt(s)
	}
}

func (e *emitter) stmt(s loopir.Stmt) {
	switch s := s.(type) {
	case *loopir.Let:
		e.at = "let " + s.Val.Name
		e.values[s.Val] = e.define(s.Val, e.expr(s.X))
	case *loopir.Store:
		e.at = "store " + s.Buf.Name
		e.store(s)
	case *loopir.For:
		e.at = "for " + s.Var.Name
		e.forLoop(s)
	case *loopir.Call:
		e.at = "call " + s.Func.Name
		e.call(s)
	case *loopir.Prefetch: // a hint that Go cannot express
	case *loopir.Decl, *loopir.Assign:
		panic("register tiles are for Promote to remove")
	default:
		panic(fmt.Sprintf("unknown statement %T", s))
	}
}

// define declares a variable for v: a vector is an array.
func (e *emitter) define(v *loopir.Value, x []operand) []operand {
	id := e.fresh(v.Name)
	if v.Type.Lanes == 1 {
		e.emit(jen.Id(id).Op(":=").Add(x[0].typed(v.Type.Elem)))
		return []operand{named(id)}
	}
	e.emit(jen.Id(id).Op(":=").Add(arrayOf(v.Type, x)))
	return elements(id, v.Type.Lanes)
}

// arrayOf is the lanes of a vector as an array.
func arrayOf(t loopir.Type, lanes []operand) *jen.Statement {
	list := make([]jen.Code, len(lanes))
	for i, x := range lanes {
		list[i] = x.code
	}
	return jen.Index(jen.Lit(t.Lanes)).Id(goType(t.Elem)).Values(list...)
}

// elements are the lanes of an array variable.
func elements(id string, lanes int) []operand {
	out := make([]operand, lanes)
	for i := range out {
		out[i] = operand{jen.Id(id).Index(jen.Lit(i)), name}
	}
	return out
}

// forLoop emits a loop. A carried value is one variable, before, inside and after it.
func (e *emitter) forLoop(s *loopir.For) {
	if s.Unroll {
		panic("unrolled loops are for Promote to remove")
	}
	for _, c := range s.Carried {
		e.values[c.Inner] = e.define(c.Inner, e.expr(c.Init))
		e.values[c.Result] = e.values[c.Inner]
	}
	first, loConst := s.Lo.IsConst()
	end, hiConst := s.Hi.IsConst()
	if loConst && hiConst && first >= end {
		return
	}
	lo, hi := e.index(s.Lo), e.index(s.Hi)
	id := e.fresh(s.Var.Name)
	e.open()
	e.vars[s.Var] = variable{func() operand { return named(id) }, e.depth()}
	e.stmts(s.Body)
	e.at = "yield of for " + s.Var.Name
	e.yield(s)
	delete(e.vars, s.Var)
	body := e.close()
	step := jen.Id(id).Op("++")
	if s.Step != 1 {
		step = jen.Id(id).Op("+=").Lit(s.Step)
	}
	e.emit(loop(jen.Id(id), lo, hi, step, body))
}

// loop is a loop with its test at the end where it is known to run: its body is one block then, whose sums the Go compiler
// schedules where they stand. Otherwise it moves them behind all products, which then do not fit the registers.
func loop(i *jen.Statement, lo, hi operand, step *jen.Statement, body []jen.Code) *jen.Statement {
	if lo.form != literal || hi.form != literal {
		return jen.For(jen.Add(i).Op(":=").Add(lo.code), jen.Add(i).Op("<").Add(hi.code), step).Block(body...)
	}
	body = append(body, step, jen.If(jen.Add(i).Op(">=").Add(hi.code)).Block(jen.Break()))
	return jen.For(jen.Add(i).Op(":=").Add(lo.code), jen.Empty(), jen.Empty()).Block(body...)
}

// yield assigns the next carried values, all at once: each may depend on the others' old values.
func (e *emitter) yield(s *loopir.For) {
	var to, from []jen.Code
	for i, c := range s.Carried {
		if r, ok := s.Yield[i].(*loopir.Ref); ok && r.Val == c.Inner {
			continue
		}
		next := e.expr(s.Yield[i])
		for lane, x := range next {
			to, from = append(to, e.values[c.Inner][lane].code), append(from, x.code)
		}
	}
	if len(to) > 0 {
		e.emit(jen.List(to...).Op("=").List(from...))
	}
}

// call runs all chunks of the callee for one sample, with the parameter block of this launch.
func (e *emitter) call(s *loopir.Call) {
	table := []jen.Code{jen.Id("args").Index(jen.Lit(0))}
	for _, a := range s.Args {
		table = append(table, e.address(a.Buf, a.Idx).code)
	}
	scratch := operand{jen.Nil(), primary}
	if s.Func.ScratchBytes() > 0 {
		scratch = pointerAt(named("scratch"), nil, e.f.OwnScratchBytes())
	}
	e.emit(jen.Id(s.Func.Name).Call(
		jen.Index().Id("unsafe").Dot("Pointer").Values(table...), jen.Lit(0), jen.Lit(s.Func.Chunks()), scratch.code))
}
