package loopir

import (
	"math/rand/v2"
	"testing"
)

func TestCarried(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	a, b := &Var{"a"}, &Var{"b"}
	for range 2000 {
		i := a.I().Mul(rng.IntN(4)).AddC(rng.IntN(9))
		for range 1 + rng.IntN(4) {
			n := 1 + rng.IntN(9)
			x := a.I().Mul(rng.IntN(5) - 2).Add(b.I().Mul(3)).AddC(rng.IntN(40) - 20)
			q := x.Div(n)
			if rng.IntN(2) == 0 {
				q = x.Mod(n)
			}
			i = i.Add(q.Mul(rng.IntN(9) - 4))
		}
		c := i.Carried()
		for range 20 {
			values := map[*Var]int{a: rng.IntN(60) - 30, b: rng.IntN(60) - 30}
			value := func(v *Var) int { return values[v] }
			if got, want := c.Eval(value), i.Eval(value); got != want {
				t.Fatalf("%v is %d with carries, want %d, at a = %d, b = %d", i, got, want, values[a], values[b])
			}
			checkCarries(t, c, value)
		}
	}
}

// checkCarries compares what Carry says of the terms of i with their values.
func checkCarries(t *testing.T, i Index, value func(*Var) int) {
	for _, term := range i.Terms {
		remainder, from, ok := Carry(term.Atom)
		if !ok {
			continue
		}
		want := 0
		if remainder.Eval(value) >= from {
			want = 1
		}
		if got := evalAtom(term.Atom, value); got != want {
			t.Errorf("the carry from %d on is %d, want %d", from, got, want)
		}
	}
}

func TestCarriedShares(t *testing.T) {
	x := (&Var{"x"}).I().Mul(6)
	quotients := map[string]bool{}
	var keys Keys
	for p := range 6 {
		address := x.AddC(p).Div(14).Mul(256).Add(x.AddC(p).Mod(14).Mul(16)) // rows of 14 pixels and two of a halo
		for _, term := range address.Carried().Terms {
			if op, ok := term.Atom.(*IndexOp); ok {
				if _, _, carry := Carry(op); !carry {
					quotients[keys.Atom(op)] = true
				}
			}
		}
	}
	if len(quotients) != 1 {
		t.Errorf("six neighbours take %d divisions, want one", len(quotients))
	}
}
