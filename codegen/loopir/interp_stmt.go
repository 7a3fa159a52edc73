package loopir

import (
	"fmt"
	"slices"
	"strings"
)

// lanes are the bits of a value, one word per lane, zero-extended.
type lanes []uint64

// tile is a register tile while the interpreter runs.
type tile struct {
	vals []lanes
	set  []bool // assigned since the declaration was passed
}

// compiler turns one function into closures. Names resolve to storage the closures capture, so running looks nothing up.
type compiler struct {
	m      *machine
	k      *kernel
	vars   map[*Var]*variable
	vals   map[*Value]lanes
	tiles  map[*Reg]*tile
	bufs   map[*Buffer]*memory
	active []*variable // counters of the enclosing loops, outermost first
}

func newCompiler(m *machine, f *Func) *compiler {
	return &compiler{
		m: m, k: &kernel{f: f},
		vars: map[*Var]*variable{}, vals: map[*Value]lanes{}, tiles: map[*Reg]*tile{}, bufs: map[*Buffer]*memory{},
	}
}

func (c *compiler) compile() *kernel {
	k := c.k
	for _, b := range k.f.Params {
		k.params = append(k.params, c.memory(b))
	}
	for _, b := range k.f.Scratch {
		m := c.memory(b)
		m.hold(make([]byte, b.Bytes()), 1)
		k.scratch = append(k.scratch, m)
	}
	for _, g := range k.f.Grid {
		k.grid = append(k.grid, c.variable(g.Var))
	}
	c.active = slices.Clone(k.grid)
	if k.f.Group() > 1 {
		k.count = c.variable(k.f.Grid[0].Count)
		c.active = append(c.active, k.count)
	}
	k.body = c.stmts(k.f.Body)
	return k
}

func (c *compiler) memory(b *Buffer) *memory {
	m := &memory{buf: b}
	c.bufs[b] = m
	return m
}

func (c *compiler) variable(v *Var) *variable {
	out := &variable{name: v.Name}
	c.vars[v] = out
	return out
}

func (c *compiler) value(v *Value) lanes {
	out := make(lanes, v.Type.Lanes)
	c.vals[v] = out
	return out
}

func (c *compiler) stmts(body []Stmt) []func() {
	var out []func()
	for _, s := range body {
		if step := c.stmt(s); step != nil {
			out = append(out, step)
		}
	}
	return out
}

func (c *compiler) stmt(s Stmt) func() {
	switch s := s.(type) {
	case *Let:
		x := c.expr(c.site("let "+s.Val.Name), s.X)
		dst := c.value(s.Val)
		return func() { copy(dst, x()) }
	case *Decl:
		return c.decl(s.Reg)
	case *Assign:
		at := c.site("assignment to " + s.Reg.Name)
		t, elem, x := c.tile(at, s.Reg), c.element(at, s.Reg, s.Idx), c.expr(at, s.X)
		return func() {
			n := elem()
			copy(t.vals[n], x())
			t.set[n] = true
		}
	case *Store:
		return c.store(s)
	case *For:
		return c.loop(s)
	case *Call:
		return c.call(s)
	case *MatrixZero, *MatrixLoad, *MatrixDot, *MatrixStore:
		return c.matrix(s)
	default: // Prefetch changes nothing
		return nil
	}
}

func (c *compiler) decl(r *Reg) func() {
	n := 1
	for _, d := range r.Dims {
		n *= d
	}
	t := &tile{vals: make([]lanes, n), set: make([]bool, n)}
	for i := range t.vals {
		t.vals[i] = make(lanes, r.Type.Lanes)
	}
	c.tiles[r] = t
	return func() { clear(t.set) }
}

func (c *compiler) store(s *Store) func() {
	at := c.site("store " + s.Buf.Name)
	place, x, count := c.place(at, s.Buf, s.Idx), c.expr(at, s.X), c.count(at, s.Count, s.X.Type().Lanes)
	size := s.Buf.Elem.Bytes()
	return func() {
		n := count()
		bits := x()
		mem := place(n)
		for i := range n {
			putBits(mem[i*size:], size, bits[i])
		}
	}
}

func (c *compiler) loop(s *For) func() {
	at := c.site("for " + s.Var.Name)
	if s.Step <= 0 || len(s.Yield) != len(s.Carried) {
		at.failf("step %d, %d carried values, %d yielded", s.Step, len(s.Carried), len(s.Yield))
	}
	lo, hi := c.index(at, s.Lo), c.index(at, s.Hi)
	inits := make([]func() lanes, len(s.Carried))
	for i, carried := range s.Carried {
		inits[i] = c.expr(at, carried.Init)
	}
	inner := make([]lanes, len(s.Carried))
	for i, carried := range s.Carried {
		inner[i] = c.value(carried.Inner)
	}
	counter := c.variable(s.Var)
	c.active = append(c.active, counter)
	body := c.stmts(s.Body)
	yields := make([]func() lanes, len(s.Yield))
	for i, x := range s.Yield {
		yields[i] = c.expr(at, x)
	}
	c.active = c.active[:len(c.active)-1]

	enter, next := moves(inner, inits), moves(inner, yields)
	leave := make([]func(), len(inner))
	for i, carried := range s.Carried {
		result := c.value(carried.Result)
		leave[i] = func() { copy(result, inner[i]) }
	}
	return func() {
		end := hi()
		start := lo()
		enter()
		for n := start; n < end; n += s.Step {
			counter.n = n
			runAll(body)
			next()
		}
		runAll(leave)
	}
}

// moves evaluates all sources before it changes the first destination: a source may read one.
func moves(dst []lanes, src []func() lanes) func() {
	staged := make([]lanes, len(dst))
	for i := range dst {
		staged[i] = make(lanes, len(dst[i]))
	}
	return func() {
		for i, x := range src {
			copy(staged[i], x())
		}
		for i := range dst {
			copy(dst[i], staged[i])
		}
	}
}

func (c *compiler) call(s *Call) func() {
	at := c.site("call " + s.Func.Name)
	callee := c.m.kernel(s.Func)
	if len(s.Args) != len(callee.params) {
		at.failf("%d arguments for %d parameters", len(s.Args), len(callee.params))
	}
	bind := make([]func(), len(s.Args))
	for i, arg := range s.Args {
		if arg.Idx == nil {
			arg.Idx = make([]Index, len(arg.Buf.Dims))
		}
		param := callee.params[i]
		place, elems := c.place(at, arg.Buf, arg.Idx), param.buf.Elems()
		bytes := param.buf.Bytes()
		bind[i] = func() { param.hold(place(elems)[:bytes], 1) }
	}
	chunks := s.Func.Chunks()
	return func() {
		runAll(bind)
		callee.run(0, chunks, 1)
	}
}

// site is a statement to which errors refer.
type site struct {
	kernel, stmt string
	counters     []*variable
}

func (c *compiler) site(stmt string) *site {
	return &site{c.k.f.Name, stmt, slices.Clone(c.active)}
}

func (s *site) failf(format string, args ...any) {
	var where strings.Builder
	for i, v := range s.counters {
		where.WriteString([]string{", at ", ", "}[min(i, 1)])
		fmt.Fprintf(&where, "%s = %d", v.name, v.n)
	}
	failf("%s: %s: %s%s", s.kernel, s.stmt, fmt.Sprintf(format, args...), where.String())
}
