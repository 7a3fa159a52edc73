package loopir

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// funcGen makes functions that pass Verify, with every kind of statement and most operations.
type funcGen struct {
	*rand.Rand
	f      *Func
	vars   []rangedVar
	values []*Value
	regs   []*Reg
	left   int // statements
	named  int
}

// rangedVar is a visible variable and constants around its values.
type rangedVar struct {
	v        *Var
	lo, hi   int
	unrolled bool
}

func generateFunc(rng *rand.Rand, callee *Func) *Func {
	r := &funcGen{Rand: rng, f: &Func{Name: "random"}, left: 4 + rng.IntN(24)}
	if callee != nil {
		r.f.Name = "caller"
	}
	outer := []int{3 + rng.IntN(4), 16 + rng.IntN(20)}
	if rng.IntN(2) == 0 {
		outer = append([]int{Batch}, outer...)
		b := &Var{"b"}
		dim := GridDim{Var: b, Extent: Batch}
		if rng.IntN(2) == 0 {
			dim.Group, dim.Count = 2+rng.IntN(3), &Var{"bs"}
			r.vars = append(r.vars, rangedVar{dim.Count, 1, dim.Group, false})
		}
		r.f.Grid = append(r.f.Grid, dim)
	}
	r.f.Params = []*Buffer{
		{Name: "in", Elem: F32, Dims: outer},
		{Name: "w", Elem: F32, Dims: []int{40}},
		{Name: "n", Elem: I32, Dims: []int{5, 16}},
		{Name: "out", Elem: F32, Dims: outer, Mutable: true},
	}
	if rng.IntN(2) == 0 {
		r.f.Scratch = []*Buffer{{Name: "tmp", Elem: F32, Dims: []int{2, 32}, Mutable: true}}
		r.emit(&r.f.Body, &Store{Buf: r.f.Scratch[0], Idx: []Index{C(0), C(0)}, X: Num(Vec(F32, 64), 0)}) // as interpreted memory is undefined
	}
	y := &Var{"y"}
	r.f.Grid = append(r.f.Grid, GridDim{Var: y, Extent: 2}) // iterations are not independent; the interpreter runs them in order
	r.vars = append(r.vars, rangedVar{y, 0, 1, false})
	for range 2 {
		r.let(&r.f.Body)
	}
	r.block(&r.f.Body, 0)
	if callee != nil && !callee.Batched() && !r.f.Batched() {
		r.call(callee)
	}
	r.store(&r.f.Body)
	return r.f
}

func (r *funcGen) emit(body *[]Stmt, s Stmt) { *body = append(*body, s) }

func (r *funcGen) name(base string) string {
	r.named++
	return []string{base, fmt.Sprint(base, r.named), "let", "é x", "f32x4", base + ".w"}[r.IntN(6)]
}

// call passes memory of the same sizes, if the callee's happen to fit.
func (r *funcGen) call(callee *Func) {
	c := &Call{Func: callee}
	for k, p := range callee.Params {
		if p.Elems() > r.f.Params[k].Elems() {
			return
		}
		v := View{Buf: r.f.Params[k]}
		if r.IntN(2) == 0 {
			v.Idx = make([]Index, len(v.Buf.Dims))
		}
		c.Args = append(c.Args, v)
	}
	r.emit(&r.f.Body, c)
}

func (r *funcGen) block(body *[]Stmt, depth int) {
	vars, values, regs := len(r.vars), len(r.values), len(r.regs)
	for n := 1 + r.IntN(6); n > 0 && r.left > 0; n-- {
		r.left--
		switch k := r.IntN(12); {
		case k < 3:
			r.let(body)
		case k < 5:
			r.decl(body, depth)
		case k < 7 && len(r.regs) > 0:
			r.assign(body)
		case k < 10 && depth < 3:
			r.loop(body, depth)
		case k == 10:
			buf, idx := r.place(1)
			r.emit(body, &Prefetch{buf, idx})
		default:
			r.store(body)
		}
	}
	r.vars, r.values, r.regs = r.vars[:vars], r.values[:values], r.regs[:regs]
}

func (r *funcGen) let(body *[]Stmt) {
	x := r.expr(r.valueType(), 3)
	v := &Value{r.name("v"), x.Type()}
	r.emit(body, &Let{v, x})
	r.values = append(r.values, v)
}

// decl declares a tile and assigns all of it: what is read before is undefined.
func (r *funcGen) decl(body *[]Stmt, depth int) {
	reg := &Reg{Name: r.name("acc"), Type: Vec(F32, []int{1, 4, 8}[r.IntN(3)])}
	for range r.IntN(3) {
		reg.Dims = append(reg.Dims, 1+r.IntN(3))
	}
	r.emit(body, &Decl{reg})
	idx := []Index{}
	for _, d := range reg.Dims {
		loop := &For{Var: &Var{"i"}, Hi: C(d), Step: 1, Unroll: true}
		r.emit(body, loop)
		body = &loop.Body
		idx = append(idx, loop.Var.I())
	}
	r.emit(body, &Assign{reg, idx, r.expr(reg.Type, 1)})
	r.regs = append(r.regs, reg)
}

func (r *funcGen) assign(body *[]Stmt) {
	reg := r.regs[r.IntN(len(r.regs))]
	idx := r.element(reg)
	r.emit(body, &Assign{reg, idx, r.expr(reg.Type, 3)})
}

func (r *funcGen) element(reg *Reg) []Index {
	var idx []Index
	for _, d := range reg.Dims {
		i := C(r.IntN(d))
		if k := slices.IndexFunc(r.vars, func(v rangedVar) bool { return v.unrolled && v.lo >= 0 && v.hi < d }); k >= 0 && r.IntN(3) > 0 {
			i = r.vars[k].v.I()
		}
		idx = append(idx, i)
	}
	return idx
}

func (r *funcGen) loop(body *[]Stmt, depth int) {
	lo := r.IntN(3)
	hi := lo + r.IntN(4)
	s := &For{Var: &Var{r.name("k")}, Lo: C(lo), Hi: C(hi), Step: 1 + r.IntN(2), Unroll: r.IntN(3) == 0}
	if !s.Unroll && r.IntN(2) == 0 { // bounds that depend on a variable around
		v := r.vars[r.IntN(len(r.vars))]
		s.Lo = s.Lo.Max(C(2).Sub(v.v.I()))
		hi = max(hi, 2-v.lo)
		s.Hi = C(hi).Min(v.v.I().AddC(3))
		if r.IntN(2) == 0 {
			s.Lo = C(lo)
		}
	}
	for range r.IntN(3) {
		init := r.expr(r.valueType(), 2)
		t := init.Type()
		s.Carried = append(s.Carried, Carried{&Value{"c", t}, &Value{"c", t}, init})
	}
	vars, values, regs := len(r.vars), len(r.values), len(r.regs)
	r.vars = append(r.vars, rangedVar{s.Var, lo, max(lo, hi-1), s.Unroll})
	for _, c := range s.Carried {
		r.values = append(r.values, c.Inner)
	}
	r.block(&s.Body, depth+1)
	for _, c := range s.Carried {
		s.Yield = append(s.Yield, r.expr(c.Inner.Type, 2))
	}
	r.vars, r.values, r.regs = r.vars[:vars], r.values[:values], r.regs[:regs]
	for _, c := range s.Carried {
		r.values = append(r.values, c.Result)
	}
	r.emit(body, s)
}

func (r *funcGen) store(body *[]Stmt) {
	t := Vec(F32, []int{1, 4, 8, 16}[r.IntN(4)])
	buf := r.f.Params[3]
	if len(r.f.Scratch) > 0 && r.IntN(3) == 0 {
		buf = r.f.Scratch[0]
	}
	s := &Store{Buf: buf, Idx: r.indicesIn(buf, t.Lanes), X: r.expr(t, 3)}
	if r.IntN(4) == 0 {
		n := r.index()
		s.Count = &n
	}
	r.emit(body, s)
}

// place is some element of a buffer of floats, with lanes behind it.
func (r *funcGen) place(lanes int) (*Buffer, []Index) {
	bufs := append([]*Buffer{r.f.Params[0], r.f.Params[1], r.f.Params[3]}, r.f.Scratch...)
	b := bufs[r.IntN(len(bufs))]
	return b, r.indicesIn(b, lanes)
}

// sample is the batch variable, or some sample of its group.
func (r *funcGen) sample() Index {
	g := r.f.Grid[0]
	if g.Count == nil || r.IntN(3) == 0 {
		return g.Var.I()
	}
	return g.Var.I().Add(r.index().Max(C(0)).Min(g.Count.I().AddC(-1)))
}

func (r *funcGen) indicesIn(b *Buffer, lanes int) []Index {
	idx := make([]Index, len(b.Dims))
	for d, n := range b.Dims {
		if n == Batch {
			idx[d] = r.sample()
			continue
		}
		if d == len(b.Dims)-1 {
			n -= lanes - 1
		}
		v := r.vars[r.IntN(len(r.vars))]
		switch room := n - 1 - (v.hi - v.lo); {
		case room >= 0 && r.IntN(3) > 0:
			idx[d] = v.v.I().AddC(r.IntN(room+1) - v.lo)
		case r.IntN(2) == 0:
			idx[d] = r.index().Mod(n)
		default:
			idx[d] = r.index().Max(C(0)).Min(C(n - 1))
		}
	}
	return idx
}

// index is any expression.
func (r *funcGen) index() Index {
	vars := make([]*Var, len(r.vars))
	for k, v := range r.vars {
		vars[k] = v.v
	}
	return randomIndex(r.Rand, vars, 1)
}

func (r *funcGen) valueType() Type {
	return Vec([]Kind{F32, F32, F32, I32, Bool}[r.IntN(5)], []int{1, 4, 8, 16}[r.IntN(4)])
}

// Generated functions are accepted, print as text that reads back as the same function, and promote to the same function.
func TestGeneratedFuncs(t *testing.T) {
	var callee *Func
	for seed := range uint64(150) {
		f := generateFunc(rand.New(rand.NewPCG(seed, 7)), callee)
		if callee == nil && !f.Batched() && seed > 20 {
			callee = f
		}
		require.NoError(t, Verify(f), "seed %d:\n%v", seed, f)
		text := printed(t, f)
		back, err := Parse("random.loop", text)
		require.NoError(t, err, "seed %d:\n%s", seed, text)
		require.Equal(t, text, printed(t, back...), "seed %d", seed)
		g := back[len(back)-1]
		require.NoError(t, Verify(g))
		requireSameResults(t, f, g)
		for _, u := range []Unroll{{}, {Times: 2, Statements: 200}, {Times: 4, Statements: 200}} {
			promoted := PromoteAll([]*Func{f}, u)[0]
			require.NoError(t, VerifyPromoted(promoted), "seed %d:\n%v\n%v", seed, f, promoted)
			requireSameResults(t, f, promoted)
			text = printed(t, promoted)
			back, err = Parse("promoted.loop", text)
			require.NoError(t, err, "seed %d:\n%s", seed, text)
			require.Equal(t, text, printed(t, back...), "seed %d", seed)
		}
	}
}

// What the interpreter sees leave a buffer, Verify has refused; most of what it refuses does leave it.
func TestVerifyAgainstInterpreter(t *testing.T) {
	failed, refused := 0, 0
	for seed := range uint64(400) {
		rng := rand.New(rand.NewPCG(seed, 13))
		f := generateFunc(rng, nil)
		shiftAccesses(rng, f)
		verified := Verify(f)
		err := Interpret(f, randomArgs(f, 2), 2)
		if err != nil {
			failed++
			require.Error(t, verified, "seed %d: %v\n%v", seed, err, f)
		}
		if verified != nil {
			refused++
		}
	}
	t.Logf("%d of %d refused functions leave a buffer with these arguments", failed, refused)
	require.Greater(t, failed, 50)
	require.Less(t, refused, 2*failed)
}

// shiftAccesses moves some of the stores of f.
func shiftAccesses(rng *rand.Rand, f *Func) {
	Walk(f.Body, func(s Stmt) {
		if store, ok := s.(*Store); ok && rng.IntN(2) == 0 {
			last := &store.Idx[len(store.Idx)-1]
			*last = last.AddC(rng.IntN(81) - 40)
		}
	})
}
