package gohost

import "nncc/codegen/loopir"

// unrollStatements bounds the statements of an unrolled body: enough that counting costs little beside the sums.
const unrollStatements = 64

// unrolled repeats the bodies of innermost loops that carry values. In Go's code for a loop every carried value may cost a
// move per iteration, besides counting and addresses; what processors hide behind vector arithmetic they do not hide here.
// funcs are promoted; so is the result, in the same order. Callees that funcs does not name are those of the result.
func unrolled(funcs []*loopir.Func) []*loopir.Func {
	u := unroller{map[*loopir.Func]*loopir.Func{}}
	out := make([]*loopir.Func, len(funcs))
	for i, f := range funcs {
		out[i] = u.function(f)
	}
	return loopir.PromoteAll(out)
}

type unroller struct{ done map[*loopir.Func]*loopir.Func }

func (u unroller) function(f *loopir.Func) *loopir.Func {
	if g := u.done[f]; g != nil {
		return g
	}
	g := &loopir.Func{Name: f.Name, Params: f.Params, Scratch: f.Scratch, Grid: f.Grid}
	u.done[f] = g
	g.Body = u.body(f.Body)
	return g
}

func (u unroller) body(body []loopir.Stmt) []loopir.Stmt {
	out := make([]loopir.Stmt, len(body))
	for i, s := range body {
		switch s := s.(type) {
		case *loopir.For:
			out[i] = u.loop(s)
		case *loopir.Call:
			out[i] = &loopir.Call{Func: u.function(s.Func), Args: s.Args}
		default:
			out[i] = s
		}
	}
	return out
}

func (u unroller) loop(s *loopir.For) *loopir.For {
	times := unrollFactor(s)
	if times == 1 {
		same := *s
		same.Body = u.body(s.Body)
		return &same
	}
	counter := &loopir.Var{Name: s.Var.Name}
	outer := &loopir.For{Var: counter, Lo: s.Lo, Hi: s.Hi, Step: s.Step * times}
	inner := &loopir.For{
		Var: s.Var, Lo: counter.I(), Hi: counter.I().AddC(s.Step * times), Step: s.Step, Unroll: true,
		Body: s.Body, Yield: s.Yield,
	}
	for _, c := range s.Carried {
		before, after := *c.Inner, *c.Inner
		outer.Carried = append(outer.Carried, loopir.Carried{Inner: &before, Result: c.Result, Init: c.Init})
		inner.Carried = append(inner.Carried, loopir.Carried{Inner: c.Inner, Result: &after, Init: &loopir.Ref{Val: &before}})
		outer.Yield = append(outer.Yield, &loopir.Ref{Val: &after})
	}
	outer.Body = []loopir.Stmt{inner}
	return outer
}

// unrollFactor is how often the body of s is to be repeated: 1 where that is not possible or of no use.
func unrollFactor(s *loopir.For) int {
	span, known := s.Hi.Sub(s.Lo).IsConst()
	if !known || len(s.Carried) == 0 {
		return 1
	}
	for _, stmt := range s.Body {
		switch stmt.(type) {
		case *loopir.Let, *loopir.Prefetch:
		default:
			return 1
		}
	}
	for times := 8; times > 1; times /= 2 {
		if span%(s.Step*times) == 0 && span > s.Step*times && len(s.Body)*times <= unrollStatements {
			return times
		}
	}
	return 1
}
