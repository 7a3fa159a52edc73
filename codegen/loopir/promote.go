package loopir

import (
	"fmt"
	"strconv"
)

// Promote returns f, which must have passed Verify, without register tiles and without loops to unroll; f stays as it is.
// Functions it calls are promoted too, each once. Both interpret alike, bit for bit: nothing is reassociated.
//
//   - A loop marked Unroll, or one that provably runs at most once, becomes its iterations. PromoteAll may also let innermost
//     loops take several iterations in one.
//   - An element of a register tile becomes values: one at each assignment, and a carried value of each loop that assigns it.
//     An element that is read before it is assigned is 0.
//   - What nothing needs is removed (sweep), and a value which no iteration changes moves in front of its loop where
//     registers allow it (hoist).
//
// Arithmetic is not simplified: every consumer selects instructions with folding of its own. Equal expressions are not merged
// either. Neighbouring instances of an unrolled loop often load the same address, and one load for all of them lives so long
// that it costs a register of the tile; an expression that is to be evaluated once is written as a let.
func Promote(f *Func) *Func { return NewPromoted(Unroll{}).of(f) }

// PromoteAll promotes functions that may call one another, each once: a call leads to the promoted form of its function. The
// bodies of innermost loops are repeated as u says.
func PromoteAll(funcs []*Func, u Unroll) []*Func { return NewPromoted(u).All(funcs) }

// Promoted keeps the promoted forms of functions.
type Promoted struct {
	unroll Unroll
	forms  map[*Func]*Func
}

// NewPromoted keeps none yet.
func NewPromoted(u Unroll) Promoted { return Promoted{u, map[*Func]*Func{}} }

// All is PromoteAll for functions of which some have been promoted before, under other names perhaps; all that one calls are
// among them.
func (d Promoted) All(funcs []*Func) []*Func {
	out := make([]*Func, len(funcs))
	for i, f := range funcs {
		out[i] = d.of(f)
		out[i].Name = f.Name
	}
	return out
}

func (d Promoted) of(f *Func) *Func {
	if g := d.forms[f]; g != nil {
		return g
	}
	p := &promotion{
		done:  d,
		never: neverRun(f),
		vars:  map[*Var]Index{}, vals: map[*Value]Expr{}, tiles: map[*Reg][]Expr{}, lets: map[*Value]bool{},
	}
	p.stmts(f.Body)
	g := &Func{Name: f.Name, Params: f.Params, Scratch: f.Scratch, Grid: f.Grid, Body: sweep(p.out)}
	hoist(g, p.lets)
	d.forms[f] = g
	return g
}

// promotion is the state at one point of a function: what each name of the source stands for in the result.
type promotion struct {
	done  Promoted
	never map[*For]bool   // loops of the source that provably never run, where Verify allows any index
	vars  map[*Var]Index  // counters of enclosing loops; grid variables stay
	vals  map[*Value]Expr // a Ref or Const
	tiles map[*Reg][]Expr // a Ref or Const per element; nil before the first assignment
	lets  map[*Value]bool // values of the result that are lets of the source
	out   []Stmt          // the body under construction
}

func (p *promotion) emit(s Stmt) { p.out = append(p.out, s) }

func (p *promotion) stmts(body []Stmt) {
	for _, s := range body {
		p.stmt(s)
	}
}

func (p *promotion) stmt(s Stmt) {
	switch s := s.(type) {
	case *Let:
		x := p.expr(s.X)
		named := p.define(s.Val.Name, x)
		if named != x {
			p.lets[named.(*Ref).Val] = true
		}
		p.vals[s.Val] = named
	case *Decl:
		p.tiles[s.Reg] = make([]Expr, tileElems(s.Reg))
	case *Assign:
		n := p.element(s.Reg, s.Idx)
		p.tiles[s.Reg][n] = p.define(elementName(s.Reg, n), p.expr(s.X))
	case *Store:
		p.emit(&Store{Buf: s.Buf, Idx: p.indices(s.Idx), X: p.expr(s.X), Count: p.count(s.Count)})
	case *Prefetch:
		p.emit(&Prefetch{s.Buf, p.indices(s.Idx)})
	case *MatrixZero, *MatrixDot:
		p.emit(s)
	case *MatrixLoad:
		p.emit(&MatrixLoad{s.M, s.Buf, p.indices(s.Idx), s.Pitch})
	case *MatrixStore:
		p.emit(&MatrixStore{s.Buf, p.indices(s.Idx), s.Pitch, s.M})
	case *Call:
		args := make([]View, len(s.Args))
		for i, a := range s.Args {
			args[i] = View{a.Buf, p.indices(a.Idx)}
		}
		p.emit(&Call{p.done.of(s.Func), args})
	case *For:
		p.loop(s)
	}
}

// define gives x a name, unless it is as short as one.
func (p *promotion) define(name string, x Expr) Expr {
	switch x.(type) {
	case *Ref, *Const:
		return x
	}
	v := &Value{Name: name, Type: x.Type()}
	p.emit(&Let{v, x})
	return &Ref{v}
}

func (p *promotion) loop(s *For) {
	if lo, trips, flat := p.iterations(s); flat {
		p.repeat(s, lo, trips)
	} else {
		p.keep(s)
	}
}

// iterations tells whether s is to be replaced by its iterations; they start at lo.
func (p *promotion) iterations(s *For) (lo Index, trips int, flat bool) {
	lo = p.index(s.Lo)
	if p.never[s] {
		return lo, 0, true
	}
	trips, known := tripCount(lo, p.index(s.Hi), s.Step)
	if s.Unroll && !known {
		panic(fmt.Sprintf("loopir: unrolled loop over %s without a constant number of iterations; Verify refuses that", s.Var.Name))
	}
	return lo, trips, s.Unroll || known && trips <= 1
}

// tripCount is how often a loop runs, if that is a constant.
func tripCount(lo, hi Index, step int) (trips int, known bool) {
	span, known := hi.Sub(lo).IsConst()
	return max(0, (span+step-1)/step), known
}

// repeat emits the iterations of s one after the other.
func (p *promotion) repeat(s *For, lo Index, trips int) {
	for _, c := range s.Carried {
		p.vals[c.Inner] = p.define(c.Inner.Name, p.expr(c.Init))
	}
	for trip := range trips {
		p.iteration(s, lo.AddC(trip*s.Step))
		p.advance(s)
	}
	for _, c := range s.Carried {
		p.vals[c.Result] = p.vals[c.Inner]
	}
}

// advance makes the carried values of s what its body yields.
func (p *promotion) advance(s *For) {
	next := make([]Expr, len(s.Yield))
	for i, x := range s.Yield {
		next[i] = p.define(s.Carried[i].Inner.Name, p.expr(x))
	}
	for i, x := range next {
		p.vals[s.Carried[i].Inner] = x
	}
}

// keep emits s as a loop that carries, besides what s itself does, the register tile elements assigned in it.
func (p *promotion) keep(s *For) {
	out := &For{Var: &Var{s.Var.Name}, Lo: p.index(s.Lo), Hi: p.index(s.Hi), Step: s.Step}
	carry := func(name string, init Expr) Carried {
		t := init.Type()
		c := Carried{&Value{name, t}, &Value{name, t}, init}
		out.Carried = append(out.Carried, c)
		return c
	}
	assigned := p.assigned(s.Body)
	for _, c := range s.Carried {
		p.vals[c.Inner] = &Ref{carry(c.Inner.Name, p.expr(c.Init)).Inner}
	}
	for _, e := range assigned {
		p.tiles[e.reg][e.n] = &Ref{carry(elementName(e.reg, e.n), p.read(e.reg, e.n)).Inner}
	}
	outside := p.out
	p.out = nil
	p.iteration(s, out.Var.I())
	out.Body = p.out
	times := p.done.unroll.times(out)
	for n := 1; n < times; n++ {
		p.advance(s)
		p.iteration(s, out.Var.I().AddC(n*out.Step))
	}
	out.Step *= times
	out.Body, p.out = p.out, append(outside, out)

	for i, x := range s.Yield {
		out.Yield = append(out.Yield, p.expr(x))
		p.vals[s.Carried[i].Result] = &Ref{out.Carried[i].Result}
	}
	for i, e := range assigned {
		out.Yield = append(out.Yield, p.read(e.reg, e.n))
		p.tiles[e.reg][e.n] = &Ref{out.Carried[len(s.Carried)+i].Result}
	}
}

// iteration emits the body of s for one value of its counter.
func (p *promotion) iteration(s *For, counter Index) {
	p.vars[s.Var] = counter
	p.stmts(s.Body)
}

func neverRun(f *Func) map[*For]bool {
	never := map[*For]bool{}
	scope := NewScope(f)
	var walk func([]Stmt)
	walk = func(body []Stmt) {
		for _, s := range body {
			if loop, ok := s.(*For); ok {
				never[loop] = !scope.Enter(loop)
				walk(loop.Body)
				scope.Leave()
			}
		}
	}
	walk(f.Body)
	return never
}

// tileElement is one element of a register tile, numbered row-major.
type tileElement struct {
	reg *Reg
	n   int
}

// assigned lists the elements of tiles declared outside body that body assigns, in the order of the first assignment.
func (p *promotion) assigned(body []Stmt) []tileElement {
	var list []tileElement
	seen := map[tileElement]bool{}
	inside := map[*Reg]bool{}
	var scan func([]Stmt)
	scan = func(body []Stmt) {
		for _, s := range body {
			switch s := s.(type) {
			case *Decl:
				inside[s.Reg] = true
			case *Assign:
				if inside[s.Reg] {
					continue
				}
				if e := (tileElement{s.Reg, p.element(s.Reg, s.Idx)}); !seen[e] {
					seen[e] = true
					list = append(list, e)
				}
			case *For:
				p.eachIteration(s, func() { scan(s.Body) })
			}
		}
	}
	scan(body)
	return list
}

// eachIteration calls visit with the counter of s set as it will be when its body is emitted, once per copy of the body.
func (p *promotion) eachIteration(s *For, visit func()) {
	lo, trips, flat := p.iterations(s)
	if !flat {
		delete(p.vars, s.Var)
		visit()
		return
	}
	for trip := range trips {
		p.vars[s.Var] = lo.AddC(trip * s.Step)
		visit()
	}
}

// read is the value of a register tile element.
func (p *promotion) read(r *Reg, n int) Expr {
	if x := p.tiles[r][n]; x != nil {
		return x
	}
	return &Const{T: r.Type}
}

// element is the row-major number of the element at idx.
func (p *promotion) element(r *Reg, idx []Index) int {
	n := 0
	for d, i := range p.indices(idx) {
		c, ok := i.IsConst()
		if !ok || c < 0 || c >= r.Dims[d] {
			panic(fmt.Sprintf("loopir: index %d of register tile %s is not a constant inside it; Verify refuses that", d, r.Name))
		}
		n = n*r.Dims[d] + c
	}
	return n
}

func tileElems(r *Reg) int {
	n := 1
	for _, d := range r.Dims {
		n *= d
	}
	return n
}

// elementName is acc_3_1 for acc[3, 1].
func elementName(r *Reg, n int) string {
	name := ""
	for d := len(r.Dims) - 1; d >= 0; d-- {
		name = "_" + strconv.Itoa(n%r.Dims[d]) + name
		n /= r.Dims[d]
	}
	return r.Name + name
}
