package llvmcpu

import (
	"fmt"

	ll "github.com/llir/llvm/ir"
	"github.com/llir/llvm/ir/enum"
	"github.com/llir/llvm/ir/types"
	"github.com/llir/llvm/ir/value"

	"nncc/codegen/loopir"
)

// kernelAlignBytes keeps kernels on cache line boundaries: the speed of one must not depend on its neighbours.
const kernelAlignBytes = 64

// emitter writes one kernel.
type emitter struct {
	mod    *module
	f      *loopir.Func
	fn     *ll.Func
	b      *ll.Block // where instructions go
	scopes []*scope  // 0: the whole call, 1: one chunk, then one per open loop
	vars   map[*loopir.Var]variable
	values map[*loopir.Value]value.Value
	bases  map[*loopir.Buffer]value.Value
	keys   loopir.Keys // of what the scopes remember
	ranges *loopir.Scope
	labels int
	at     string // what is being emitted, for messages
}

// variable is an index variable's value and the scope that changes it.
type variable struct {
	val       value.Value
	depth     int
	innermost bool // the counter of a loop without loops in it
}

// emitFunc adds kernel f to the module. llir panics on operands of the wrong type: that is reported with the
// loop-IR statement it came from.
func emitFunc(m *module, f *loopir.Func) (err error) {
	e := &emitter{
		mod: m, f: f, fn: m.kernel(f.Name), ranges: loopir.NewScope(f),
		vars: map[*loopir.Var]variable{}, values: map[*loopir.Value]value.Value{}, bases: map[*loopir.Buffer]value.Value{}, at: "signature",
	}
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("llvmcpu: func %s: %s: %v", f.Name, e.at, r)
		}
	}()
	e.kernel()
	return nil
}

// kernel emits entry, the loop over chunks, and the body inside it.
func (e *emitter) kernel() {
	e.fn.Align = kernelAlignBytes
	e.fn.Preemption = enum.PreemptionDSOLocal
	e.fn.FuncAttrs = []ll.FuncAttribute{
		enum.FuncAttrNoUnwind, enum.FuncAttrNoRedZone,
		ll.AttrPair{Key: "min-legal-vector-width", Value: fmt.Sprint(8 * e.mod.target.VectorBytes)},
		ll.AttrPair{Key: "prefer-vector-width", Value: fmt.Sprint(8 * e.mod.target.VectorBytes)},
	}
	args, lo, hi, scratch := e.fn.Params[0], e.fn.Params[1], e.fn.Params[2], e.fn.Params[3]
	for _, p := range []*ll.Param{args, scratch} {
		p.Attrs = []ll.ParamAttribute{enum.ParamAttrNoAlias}
	}
	e.b = e.fn.NewBlock("entry")
	e.open(e.b)
	for i, p := range e.f.Params {
		e.bases[p] = e.typed(e.loadArg(args, i+1), p.Elem)
	}
	offsetBytes := 0
	for _, s := range e.f.Scratch {
		e.bases[s] = e.typed(e.b.NewGetElementPtr(types.I8, scratch, i64(offsetBytes)), s.Elem)
		offsetBytes += alignUp(s.Bytes(), loopir.ScratchAlign)
	}
	matrices := e.f.UsesMatrices()
	if matrices {
		e.configureMatrices()
	}
	e.counted("chunk", lo, hi, 1, true, nil, func(chunk value.Value, _ []value.Value) []value.Value {
		e.grid(chunk)
		e.stmts(e.f.Body)
		return nil
	})
	if matrices {
		e.releaseMatrices()
	}
	e.b.NewRet(nil)
	e.close()
}

// loadArg reads entry i of the argument table.
func (e *emitter) loadArg(table value.Value, i int) value.Value {
	l := e.b.NewLoad(types.I8Ptr, e.b.NewGetElementPtr(types.I8Ptr, table, i64(i)))
	l.Align = 8
	return l
}

// typed turns an address into a pointer to elements.
func (e *emitter) typed(p value.Value, k loopir.Kind) value.Value {
	return e.b.NewBitCast(p, types.NewPointer(elemType(k)))
}

// grid takes a chunk number apart into the grid variables. The first dimension is what remains, so it may be
// the unbounded batch, or the number of a group of samples.
func (e *emitter) grid(chunk value.Value) {
	here := e.b
	e.b = e.scopes[e.depth()].hoisted
	defer func() { e.b = here }()
	rest := chunk
	for d := len(e.f.Grid) - 1; d >= 0; d-- {
		g := e.f.Grid[d]
		v := rest
		if d > 0 {
			v = e.b.NewURem(rest, i64(g.Extent))
			rest = e.b.NewUDiv(rest, i64(g.Extent))
		}
		if g.Count != nil {
			v = e.b.NewMul(rest, i64(g.Group))
			left := e.b.NewSub(e.batch(), v)
			e.vars[g.Count] = variable{val: e.b.NewSelect(e.b.NewICmp(enum.IPredSLT, left, i64(g.Group)), left, i64(g.Group)), depth: e.depth()}
		}
		e.vars[g.Var] = variable{val: v, depth: e.depth()}
	}
}

// batch is the number of samples of the run, the first number of the parameter block.
func (e *emitter) batch() value.Value {
	return e.hoist(0, "batch", func() value.Value {
		block := e.b.NewBitCast(e.loadArg(e.fn.Params[0], 0), types.NewPointer(types.I64))
		l := e.b.NewLoad(types.I64, block)
		l.Align = 8
		return l
	})
}

func alignUp(n, align int) int { return (n + align - 1) &^ (align - 1) }
