package loopir

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// nest is a random loop nest, all of whose iterations can be counted through.
type nest struct {
	f     *Func
	loops []*For
	vars  []*Var
}

func randomNest(rng *rand.Rand) nest {
	g := &Var{"g"}
	n := nest{f: &Func{Grid: []GridDim{{Var: g, Extent: 1 + rng.IntN(6)}}}, vars: []*Var{g}}
	for range 1 + rng.IntN(3) {
		lo := randomIndex(rng, n.vars, 2)
		hi := lo.Add(C(rng.IntN(7)))
		if rng.IntN(2) == 0 {
			hi = hi.Min(randomIndex(rng, n.vars, 2))
		}
		if rng.IntN(3) == 0 {
			hi = randomIndex(rng, n.vars, 2)
		}
		loop := &For{Var: &Var{string(rune('h' + len(n.vars)))}, Lo: lo, Hi: hi, Step: 1 + rng.IntN(3)}
		n.loops, n.vars = append(n.loops, loop), append(n.vars, loop.Var)
	}
	return n
}

// randomIndex is an expression with operations nested at most depth deep.
func randomIndex(rng *rand.Rand, vars []*Var, depth int) Index {
	i := C(rng.IntN(9) - 4)
	for range rng.IntN(3) {
		coef := []int{1, 1, 1, -1, -1, 2, 3, 4, -4, 8}[rng.IntN(10)]
		x := vars[rng.IntN(len(vars))].I()
		if depth > 0 {
			switch rng.IntN(8) {
			case 0:
				x = randomIndex(rng, vars, depth-1).Div(2 + rng.IntN(4))
			case 1:
				x = randomIndex(rng, vars, depth-1).Mod(2 + rng.IntN(4))
			case 2:
				x = randomIndex(rng, vars, depth-1).Min(randomIndex(rng, vars, depth-1))
			case 3:
				x = randomIndex(rng, vars, depth-1).Max(randomIndex(rng, vars, depth-1))
			case 4: // both parts of a quotient with remainder
				y, m := randomIndex(rng, vars, depth-1), 2+rng.IntN(3)
				x = y.Div(m).Mul(m).Add(y.Mod(m))
			}
		}
		i = i.Add(x.Mul(coef))
	}
	return i
}

// each visits the iterations of the nest, the first few thousand of them.
func (n nest) each(visit func(value func(*Var) int)) {
	left := 3000
	values := map[*Var]int{}
	value := func(v *Var) int { return values[v] }
	var run func(k int)
	run = func(k int) {
		if k == len(n.loops) {
			visit(value)
			return
		}
		l := n.loops[k]
		for x, end := l.Lo.Eval(value), l.Hi.Eval(value); x < end && left > 0; x += l.Step {
			left--
			values[l.Var] = x
			run(k + 1)
		}
	}
	for g := range n.f.Grid[0].Extent {
		values[n.f.Grid[0].Var] = g
		run(0)
	}
}

// Ranges hold every value that an index takes, and most are exact.
func TestRangeAgainstEnumeration(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	exact, finite, total := 0, 0, 0
	for range 2000 {
		n := randomNest(rng)
		i := randomIndex(rng, n.vars, 2)
		s := NewScope(n.f)
		runs := true
		for _, l := range n.loops {
			runs = s.Enter(l) && runs
		}
		lo, hi := s.Range(i)
		least, most := Unbounded, -Unbounded
		n.each(func(value func(*Var) int) {
			least, most = min(least, i.Eval(value)), max(most, i.Eval(value))
		})
		if most == -Unbounded {
			continue // never runs: any range will do
		}
		require.True(t, runs, "%v", n)
		require.LessOrEqual(t, lo, least)
		require.GreaterOrEqual(t, hi, most)
		total++
		if lo == least && hi == most {
			exact++
		}
		if hi != Unbounded && lo != -Unbounded {
			finite++
		}
	}
	require.Equal(t, total, finite)
	require.Greater(t, exact, total*2/3)
	t.Logf("%d of %d ranges are exact", exact, total)
}

func TestRangeIsTightWhereSchedulesNeedIt(t *testing.T) {
	c, y, x := &Var{"c"}, &Var{"y"}, &Var{"x"}
	f := &Func{Grid: []GridDim{{Var: y, Extent: 56}}}
	for _, tc := range []struct {
		name   string
		lo, hi Index // of c
		step   int
		index  Index
		want   [2]int
	}{
		{"window rows", C(0).Max(C(1).Sub(y.I())), C(3).Min(C(57).Sub(y.I())), 1, y.I().Add(c.I()).AddC(-1), [2]int{0, 55}},
		{"triangle", C(0), y.I().AddC(1), 1, y.I().Sub(c.I()), [2]int{0, 55}},
		{"last of a step", C(0), C(61), 4, c.I(), [2]int{0, 60}},
		{"last of a step from a variable", y.I(), y.I().AddC(61), 4, c.I().Sub(y.I()), [2]int{0, 60}},
		{"extent of a multiple", C(0), y.I().Mul(4), 4, y.I().Mul(4).Sub(c.I()), [2]int{4, 220}},
		{"block and lane", C(0), C(50), 1, c.I().Div(16).Mul(16).Add(c.I().Mod(16)), [2]int{0, 49}},
		{"block and lane apart", C(0), C(50), 1, c.I().Div(16).Mul(160).Add(c.I().Mod(16)), [2]int{0, 495}},
		{"lane of shifted blocks", C(0), C(16), 1, y.I().Mul(16).Add(c.I()).Mod(16), [2]int{0, 15}},
		{"rows inside of the last tile", C(0).Max(C(1).Sub(y.I().Min(C(28)))), C(6).Min(C(33).Sub(y.I().Min(C(28)))), 1, y.I().Min(C(28)).Add(c.I()).AddC(-1), [2]int{0, 31}},
		{"rounding down", C(0), C(50), 1, c.I().Sub(c.I().Div(16).Mul(16)), [2]int{0, 15}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := NewScope(f)
			require.True(t, s.Enter(&For{Var: c, Lo: tc.lo, Hi: tc.hi, Step: tc.step}))
			lo, hi := s.Range(tc.index)
			require.Equal(t, tc.want, [2]int{lo, hi})
			s.Leave()
			lo, hi = s.Range(c.I())
			require.Equal(t, [2]int{-Unbounded, Unbounded}, [2]int{lo, hi}, "c is gone")
			lo, hi = s.Range(x.I())
			require.Equal(t, [2]int{-Unbounded, Unbounded}, [2]int{lo, hi})
		})
	}
}

// Numbers large enough to overflow end the search instead.
func TestRangeOverflow(t *testing.T) {
	f := &Func{Grid: []GridDim{{Var: &Var{"g"}, Extent: 1 << 30}}}
	s := NewScope(f)
	v := f.Grid[0].Var
	for range 4 {
		l := &For{Var: &Var{"v"}, Lo: C(0), Hi: v.I().Mul(1 << 20), Step: 1}
		s.Enter(l)
		v = l.Var
	}
	lo, hi := s.Range(v.I())
	require.Equal(t, [2]int{0, Unbounded}, [2]int{lo, hi})
	lo, hi = s.Range(v.I().Mul(1 << 60))
	require.Equal(t, [2]int{-Unbounded, Unbounded}, [2]int{lo, hi})
}
