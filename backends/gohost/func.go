package gohost

import (
	"fmt"
	"go/token"
	"go/types"
	"strconv"
	"strings"

	"github.com/dave/jennifer/jen"

	"nncc/codegen/loopir"
)

// emitter writes one kernel.
type emitter struct {
	f      *loopir.Func
	scopes []*scope // 0: the whole call, 1: one chunk, then one per open loop
	vars   map[*loopir.Var]variable
	values map[*loopir.Value][]operand
	keys   loopir.Keys // of what the scopes remember
	taken  map[string]bool
	copies map[string]int // how many names were made of one
	at     string         // what is being emitted, for messages
}

// variable is an index variable's value and the scope that changes it.
type variable struct {
	val   func() operand
	depth int
}

// emitFunc is kernel f as a Go function. What the kernel should not contain is reported with the statement it is in.
func emitFunc(f *loopir.Func) (text string, err error) {
	e := &emitter{
		f: f, vars: map[*loopir.Var]variable{}, values: map[*loopir.Value][]operand{},
		taken: map[string]bool{f.Name: true}, copies: map[string]int{}, at: "signature",
	}
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("gohost: func %s: %s: %v", f.Name, e.at, r)
		}
	}()
	return fmt.Sprintf("%#v", e.kernel()), nil
}

// kernel emits the function: what holds for the whole call, the loop over chunks, and the body inside it.
func (e *emitter) kernel() *jen.Statement {
	e.open()
	chunk := named("chunk")
	e.open()
	e.grid(chunk)
	e.stmts(e.f.Body)
	body := e.close()
	e.emit(jen.For(jen.Id("chunk").Op(":=").Id("lo"), jen.Id("chunk").Op("<").Id("hi"), jen.Id("chunk").Op("++")).Block(body...))
	pointer := jen.Id("unsafe").Dot("Pointer")
	return jen.Func().Id(e.f.Name).Params(
		jen.Id("args").Index().Add(pointer), jen.List(jen.Id("lo"), jen.Id("hi")).Int(), jen.Id("scratch").Add(pointer),
	).Block(e.close()...)
}

// base is the pointer to the start of a buffer.
func (e *emitter) base(buf *loopir.Buffer) operand {
	return e.hoist(0, fmt.Sprintf("base %d", e.keys.Number(buf)), buf.Name, func() operand {
		for i, p := range e.f.Params {
			if p == buf {
				return operand{jen.Id("args").Index(jen.Lit(i + 1)), primary}
			}
		}
		offsetBytes := 0
		for _, s := range e.f.Scratch {
			if s == buf {
				return pointerAt(named("scratch"), nil, offsetBytes)
			}
			offsetBytes += alignUp(s.Bytes(), loopir.ScratchAlign)
		}
		panic(fmt.Sprintf("buffer %s is not a parameter or scratch of the function", buf.Name))
	})
}

// grid takes a chunk number apart into the grid variables. The first dimension is what remains, so it may be
// the unbounded batch, or the number of a group of samples.
func (e *emitter) grid(chunk operand) {
	inner := 1 // chunks per step of the dimension
	for d := len(e.f.Grid) - 1; d >= 0; d-- {
		g, stride := e.f.Grid[d], inner
		e.vars[g.Var] = variable{depth: 1, val: func() operand {
			return e.hoist(1, fmt.Sprintf("grid %d", d), g.Var.Name, func() operand {
				v := chunk
				if stride > 1 {
					v = operation(v, "/", intLiteral(stride))
				}
				if d > 0 {
					v = operand{jen.Add(v.code).Op("%").Lit(g.Extent), infix}
				}
				if g.Count != nil {
					v = operation(v, "*", intLiteral(g.Group))
				}
				return v
			})
		}}
		if g.Count != nil {
			e.vars[g.Count] = variable{depth: 1, val: func() operand {
				return e.hoist(1, "count", g.Count.Name, func() operand {
					left := operand{jen.Add(e.batch().code).Op("-").Add(e.vars[g.Var].val().code), infix}
					return call("min", left, intLiteral(g.Group))
				})
			}}
		}
		inner *= max(g.Extent, 1)
	}
}

// batch is the number of samples of the run, the first number of the parameter block.
func (e *emitter) batch() operand {
	return e.hoist(0, "batch", "batch", func() operand {
		return operand{jen.Int().Parens(jen.Op("*").Parens(jen.Op("*").Int64()).Parens(jen.Id("args").Index(jen.Lit(0)))), primary}
	})
}

func alignUp(n, align int) int { return (n + align - 1) &^ (align - 1) }

// fresh makes a Go identifier of a name of the kernel that is not taken in the function.
func (e *emitter) fresh(base string) string {
	base = strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return '_'
	}, base)
	if base == "" || base[0] >= '0' && base[0] <= '9' || base == "_" {
		base = "v" + base
	}
	id := base
	for e.taken[id] || !free(id) {
		e.copies[base]++
		id = base + "_" + strconv.Itoa(e.copies[base]+1)
	}
	e.taken[id] = true
	return id
}

// free reports whether a local variable of that name hides nothing that kernels use.
func free(id string) bool {
	return !token.IsKeyword(id) && types.Universe.Lookup(id) == nil && !reserved[id] && !strings.HasPrefix(id, helperPrefix)
}
