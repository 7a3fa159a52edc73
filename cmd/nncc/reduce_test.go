package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSameFailure(t *testing.T) {
	lane := failure{Kind: kindError, Stage: "compile", Backend: backendCPU, Message: `avx2: kernel k03_conv: load of "x" at 17 is out of bounds`}
	with := func(change func(f *failure)) *failure {
		f := lane
		change(&f)
		return &f
	}
	for _, c := range []struct {
		what string
		g    *failure
		want bool
	}{
		{"other names and numbers", with(func(f *failure) { f.Message = `avx2: kernel k00_conv: load of "y" at 3 is out of bounds` }), true},
		{"another message", with(func(f *failure) { f.Message = `avx2: kernel k03_conv: store to "x" at 17 is out of bounds` }), false},
		{"another stage", with(func(f *failure) { f.Stage = "passes" }), false},
		{"another backend", with(func(f *failure) { f.Backend = backendPortable }), false},
		{"a wrong result", with(func(f *failure) { f.Kind = kindWrong }), false},
		{"none", nil, false},
	} {
		require.Equal(t, c.want, lane.same(c.g), c.what)
		require.Equal(t, c.want, c.g.same(&lane), c.what)
	}
	wrong := failure{Kind: kindWrong, Stage: "kernels", Backend: backendCPU, ISA: "avx2", Value: "a", Message: "element [0]"}
	other := wrong
	other.Value, other.Message = "b", "something else"
	require.True(t, wrong.same(&other), "the first wrong value moves when the model shrinks")
}

func TestReproduction(t *testing.T) {
	r := reduction{Seed: 7, Failure: &failure{Kind: kindWrong, Stage: "kernels", Backend: backendCPU, ISA: "avx2"}}
	require.Equal(t, "nncc diff small.nnir --backends cpu --isa avx2 --seed 7", r.command("small.nnir"))
	r.Failure = &failure{Kind: kindWrong, Stage: "kernels", Backend: backendPortable, ISA: backendPortable}
	require.Equal(t, "nncc diff 'it'\\''s $(mine).nnir' --backends portable --seed 7", r.command("it's $(mine).nnir"))
	require.Equal(t, "'-x.nnir'", shellWord("-x.nnir"))
	require.Equal(t, "''", shellWord(""))
}
