package llvmcpu

import (
	"fmt"
	"slices"

	"github.com/llir/llvm/ir/types"
	"github.com/llir/llvm/ir/value"

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
		e.values[s.Val] = e.expr(s.X)
	case *loopir.Store:
		e.at = "store " + s.Buf.Name
		e.store(s)
	case *loopir.For:
		e.at = "for " + s.Var.Name
		e.forLoop(s)
	case *loopir.Call:
		e.at = "call " + s.Func.Name
		e.call(s)
	case *loopir.Prefetch:
		e.at = "prefetch " + s.Buf.Name
		e.prefetch(s)
	case *loopir.MatrixZero, *loopir.MatrixLoad, *loopir.MatrixDot, *loopir.MatrixStore:
		e.at = "matrix registers"
		e.matrix(s)
	case *loopir.Decl, *loopir.Assign:
		panic("register tiles are for Promote to remove")
	default:
		panic(fmt.Sprintf("unknown statement %T", s))
	}
}

func (e *emitter) forLoop(s *loopir.For) {
	if s.Unroll {
		panic("unrolled loops are for Promote to remove")
	}
	carried := make([]value.Value, len(s.Carried))
	for i, c := range s.Carried {
		carried[i] = e.expr(c.Init)
	}
	lo, loConst := s.Lo.IsConst()
	hi, hiConst := s.Hi.IsConst()
	if loConst && hiConst && lo >= hi {
		e.results(s, carried)
		return
	}
	innermost := !slices.ContainsFunc(s.Body, func(b loopir.Stmt) bool { _, loop := b.(*loopir.For); return loop })
	out := e.counted(s.Var.Name, e.index(s.Lo), e.index(s.Hi), s.Step, !loConst || !hiConst, carried,
		func(i value.Value, current []value.Value) []value.Value {
			e.vars[s.Var] = variable{i, e.depth(), innermost}
			e.ranges.Enter(s)
			for k, c := range s.Carried {
				e.values[c.Inner] = current[k]
			}
			e.stmts(s.Body)
			e.at = "yield of for " + s.Var.Name
			next := make([]value.Value, len(s.Yield))
			for k, y := range s.Yield {
				next[k] = e.expr(y)
			}
			e.ranges.Leave()
			delete(e.vars, s.Var)
			return next
		})
	e.results(s, out)
}

func (e *emitter) results(s *loopir.For, vals []value.Value) {
	for i, c := range s.Carried {
		e.values[c.Result] = vals[i]
	}
}

// call runs all chunks of the callee for one sample. Its argument table lies on the stack: the parameter block
// of this launch, then the addresses of the views.
func (e *emitter) call(s *loopir.Call) {
	table := e.argumentTable()
	put := func(i int, p value.Value) {
		st := e.b.NewStore(p, e.b.NewGetElementPtr(types.I8Ptr, table, i64(i)))
		st.Align = 8
	}
	put(0, e.hoist(0, "args[0]", func() value.Value { return e.loadArg(e.fn.Params[0], 0) }))
	for i, a := range s.Args {
		put(i+1, e.b.NewBitCast(e.address(a.Buf, a.Idx), types.I8Ptr))
	}
	own := e.f.OwnScratchBytes()
	scratch := e.hoist(0, "scratch of callees", func() value.Value {
		return e.b.NewGetElementPtr(types.I8, e.fn.Params[3], i64(own))
	})
	e.b.NewCall(e.mod.kernel(s.Func.Name), table, i64(0), i64(s.Func.Chunks()), scratch)
}

// argumentTable is stack memory for the largest argument table of any call in the kernel.
func (e *emitter) argumentTable() value.Value {
	return e.hoist(0, "argument table", func() value.Value {
		entries := 0
		loopir.Walk(e.f.Body, func(s loopir.Stmt) {
			if c, ok := s.(*loopir.Call); ok {
				entries = max(entries, 1+len(c.Args))
			}
		})
		table := e.b.NewAlloca(types.NewArray(uint64(entries), types.I8Ptr))
		table.Align = 8
		return e.b.NewGetElementPtr(table.ElemType, table, i64(0), i64(0))
	})
}

// prefetch asks for the line in all cache levels.
func (e *emitter) prefetch(s *loopir.Prefetch) {
	p := e.b.NewBitCast(e.address(s.Buf, s.Idx), types.I8Ptr)
	const read, everyLevel, data = 0, 3, 1
	e.intrinsic("prefetch", types.Void, []types.Type{types.I8Ptr}, p, i32(read), i32(everyLevel), i32(data))
}
