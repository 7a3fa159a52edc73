package loopir

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// Random kernels verify before and after promotion, and compute the same bits, also where bodies are repeated.
func TestPromoteRandom(t *testing.T) {
	seeds := uint64(400)
	if testing.Short() {
		seeds = 50
	}
	for seed := range seeds {
		t.Run(fmt.Sprint("seed", seed), func(t *testing.T) {
			f := randomKernel(seed)
			require.NoError(t, Verify(f))
			for _, u := range []Unroll{{}, {Times: 4, Statements: 200}} {
				g := PromoteAll([]*Func{f}, u)[0]
				if err := VerifyPromoted(g); err != nil {
					t.Fatalf("%v\n%v\n%v", err, f, g)
				}
				requireSameResults(t, f, g)
				if t.Failed() {
					t.Logf("%v\n%v", f, g)
				}
			}
		})
	}
}

const (
	genElems = 24 // of each buffer
	genBound = 6  // of constant ends of loops
)

// generator writes a kernel over values of one type. Addresses are taken modulo the buffer.
type generator struct {
	rng      *rand.Rand
	b        *Builder
	t        Type
	in, w    *Buffer // read-only
	out, tmp *Buffer
	batch    Index
	indices  []Index // visible variables
	unrolled []Index // those of loops to unroll
	values   []Expr
	tiles    []genTile
}

type genTile struct {
	Tile
	dims []int
}

func randomKernel(seed uint64) *Func {
	g := &generator{rng: rand.New(rand.NewPCG(seed, 9)), b: NewBuilder("random")}
	g.t = []Type{Vec(I32, 4), Vec(F32, 4), Scalar(I32)}[g.rng.IntN(3)]
	k := g.t.Elem
	g.batch = g.b.Grid("b", Batch)
	g.indices = []Index{g.b.Grid("y", 3)}
	g.in, g.w = g.b.Param("in", k, Batch, genElems), g.b.Param("w", k, genElems)
	g.out, g.tmp = g.b.Out("out", k, Batch, genElems), g.b.Temp("tmp", k, genElems)
	g.b.For("i", C(0), C(genElems), 1, func(i Index) { g.b.Store(g.tmp, Num(Scalar(k), 1), i) })
	g.tile()
	g.block(3)
	for range 4 {
		g.store()
	}
	return g.b.Func()
}

// block writes statements with up to depth loops inside one another. What it defines is out of scope afterwards.
func (g *generator) block(depth int) {
	indices, unrolled, values, tiles := len(g.indices), len(g.unrolled), len(g.values), len(g.tiles)
	for range 3 + g.rng.IntN(4) {
		switch n := g.rng.IntN(14); {
		case n < 4:
			g.values = append(g.values, g.b.Let("v", g.expr(n)))
		case n < 6:
			t := g.tiles[g.rng.IntN(len(g.tiles))]
			t.Set(g.expr(3), g.element(t)...)
		case n < 7:
			g.store()
		case n < 8:
			g.tile()
		case depth > 0:
			g.loop(depth)
		}
	}
	g.indices, g.unrolled, g.values, g.tiles = g.indices[:indices], g.unrolled[:unrolled], g.values[:values], g.tiles[:tiles]
}

func (g *generator) tile() {
	t := genTile{dims: [][]int{nil, {2}, {3, 2}}[g.rng.IntN(3)]}
	t.Tile = g.b.Reg("r", g.t, t.dims...)
	switch len(t.dims) {
	case 0:
		t.Set(g.expr(2))
	case 1:
		g.b.Unroll("p", 0, 2, func(p Index) { t.Set(g.expr(2), p) })
	case 2:
		g.b.Unroll("p", 0, 3, func(p Index) { g.b.Unroll("n", 0, 2, func(n Index) { t.Set(g.expr(2), p, n) }) })
	}
	g.tiles = append(g.tiles, t)
}

func (g *generator) loop(depth int) {
	lo, hi := C(g.rng.IntN(2)), C(g.rng.IntN(genBound))
	loop := &For{Var: &Var{"k"}, Step: 1 + g.rng.IntN(2), Unroll: g.rng.IntN(3) == 0}
	bounds := g.indices
	if loop.Unroll {
		bounds = g.unrolled
	}
	if len(bounds) > 0 && g.rng.IntN(2) == 0 {
		lo = bounds[g.rng.IntN(len(bounds))].Mod(2)
		hi = []Index{lo.AddC(g.rng.IntN(3)), bounds[g.rng.IntN(len(bounds))].Mod(4).AddC(g.rng.IntN(2))}[g.rng.IntN(2)]
	}
	loop.Lo, loop.Hi = lo, hi
	for n := range g.rng.IntN(3) {
		name := fmt.Sprint("c", n)
		loop.Carried = append(loop.Carried, Carried{&Value{name, g.t}, &Value{name, g.t}, g.expr(2)})
	}
	values := len(g.values)
	g.b.loop(loop, func(k Index) {
		indices, unrolled := len(g.indices), len(g.unrolled)
		g.indices = append(g.indices, k)
		if loop.Unroll {
			g.unrolled = append(g.unrolled, k)
		}
		for _, c := range loop.Carried {
			g.values = append(g.values, &Ref{c.Inner})
		}
		g.block(depth - 1)
		for range loop.Carried {
			loop.Yield = append(loop.Yield, g.expr(2))
		}
		g.indices, g.unrolled = g.indices[:indices], g.unrolled[:unrolled]
	})
	g.values = g.values[:values]
	for _, c := range loop.Carried {
		g.values = append(g.values, &Ref{c.Result})
	}
}

func (g *generator) store() {
	buf := []*Buffer{g.out, g.out, g.tmp}[g.rng.IntN(3)]
	x, idx := g.expr(2), g.address(buf)
	if g.rng.IntN(4) == 0 {
		g.b.StoreN(buf, g.index().Mod(5), x, idx...)
	} else {
		g.b.Store(buf, x, idx...)
	}
}

// expr is an expression of type g.t.
func (g *generator) expr(depth int) Expr {
	if depth == 0 || g.rng.IntN(3) == 0 {
		return g.leaf()
	}
	x, y := g.expr(depth-1), g.expr(depth-1)
	switch g.rng.IntN(5) {
	case 0:
		return SelectOf(Lt.Of(x, y), y, g.expr(depth-1))
	case 1:
		if g.t.Lanes > 1 {
			return ShuffleOf(x, y, 5, 0, 7, 2)
		}
		return Min.Of(x, y)
	case 2:
		return []BinaryOp{Min, Max}[g.rng.IntN(2)].Of(x, y)
	}
	if g.t.Elem.IsFloat() { // a mean stays moderate, however long it goes on
		return FMAOf(x, Num(g.t, 0.5), Mul.Of(y, Num(g.t, 0.5)))
	}
	return []BinaryOp{Add, Sub, Mul, Xor}[g.rng.IntN(4)].Of(x, y)
}

func (g *generator) leaf() Expr {
	switch n := g.rng.IntN(10); {
	case n < 4 && len(g.values) > 0:
		return g.values[g.rng.IntN(len(g.values))]
	case n < 6 && len(g.tiles) > 0:
		t := g.tiles[g.rng.IntN(len(g.tiles))]
		return t.At(g.element(t)...)
	case n == 7:
		return Num(g.t, float64(g.rng.IntN(7)-3))
	case n == 8:
		return SplatOf(g.t.Lanes, IndexTo(Scalar(g.t.Elem), g.index()))
	}
	buf := []*Buffer{g.in, g.w, g.w, g.out, g.tmp}[g.rng.IntN(5)]
	idx := g.address(buf)
	if g.rng.IntN(4) == 0 {
		return LoadN(g.t, buf, g.index().Mod(5), idx...)
	}
	return LoadV(g.t, buf, idx...)
}

// index is a sum of a constant and few variables.
func (g *generator) index() Index {
	i := C(g.rng.IntN(5))
	for _, v := range g.indices {
		if g.rng.IntN(3) == 0 {
			i = i.Add(v.Mul(1 + g.rng.IntN(3)))
		}
	}
	return i
}

func (g *generator) address(buf *Buffer) []Index {
	i := g.index().Mod(genElems - g.t.Lanes + 1)
	if buf.Batched() {
		return []Index{g.batch, i}
	}
	return []Index{i}
}

// element is a place in a tile: constant once loops to unroll are gone.
func (g *generator) element(t genTile) []Index {
	idx := make([]Index, len(t.dims))
	for d, n := range t.dims {
		idx[d] = C(g.rng.IntN(n))
		if len(g.unrolled) > 0 && g.rng.IntN(2) == 0 {
			idx[d] = g.unrolled[g.rng.IntN(len(g.unrolled))].AddC(g.rng.IntN(2)).Mod(n)
		}
	}
	return idx
}
