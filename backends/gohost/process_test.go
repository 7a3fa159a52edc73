package gohost

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"nncc/backends"
	"nncc/codegen/loopir"
	"nncc/runtime/exec"
	"nncc/runtime/program"
)

func TestStartWithoutGo(t *testing.T) {
	p := programOf(t, parseKernels(t, "k", "func k(x: f32[4], y: mut f32[4]) grid(i: 4) {\n  store y[i] = load x[i]\n}")...)
	_, err := Start(Config{Go: "there-is-no-such-tool", CacheDir: t.TempDir()}, p)
	require.ErrorIs(t, err, ErrNoGo)
	_, err = Start(Config{}, &program.Program{Name: "empty"})
	require.EqualError(t, err, "gohost: program empty has no portable variant")
}

// TestProcess runs two programs in one process, several instances of them at once, and finds mistakes answered.
func TestProcess(t *testing.T) {
	double := parseKernels(t, "double", "func k(x: f32[*, 4], y: mut f32[*, 4]) grid(b: *, i: 4) {\n  store y[b, i] = load x[b, i] * f32(2)\n}")
	half := parseKernels(t, "half", "func k(x: f32[*, 4], y: mut f32[*, 4]) grid(b: *, i: 4) {\n  store y[b, i] = load x[b, i] * f32(0.5)\n}")
	p := start(t, programOf(t, double...), programOf(t, half...))
	var instances []*Instance
	for i, funcs := range [][]*loopir.Func{double, half, double} {
		in, err := p.Open(i%2, exec.Options{MaxBatch: 4, Threads: 1})
		require.NoError(t, err)
		require.Equal(t, 1, in.Threads())
		instances = append(instances, in)
		run(t, in, funcs, 3, fillNormal(newRand(), 1), func(_ *loopir.Func, want, got []byte) { require.Equal(t, want, got) })
	}
	times, err := instances[0].Bench(2, 5)
	require.NoError(t, err)
	require.Len(t, times, 5)
	layers, err := instances[0].BenchLayers(1, 2)
	require.NoError(t, err)
	require.Len(t, layers, 2)
	require.Len(t, layers[0], 1)
	require.EqualError(t, instances[0].Run(5), "exec: batch 5 is not in 1..4")
	instances[0].Close()
	require.EqualError(t, instances[0].Run(1), "no instance 1")
	require.NoError(t, instances[1].Run(1))
	_, err = p.Open(0, exec.Options{MaxBatch: 1, Threads: -1})
	require.ErrorContains(t, err, "number of threads -1 is negative")
}

func TestCompileRefuses(t *testing.T) {
	target, _ := backends.TargetFor(ISA)
	for name, want := range map[string]string{
		"string": `gohost: "string" cannot be the name of a Go function here`,
		"K":      `gohost: "K" cannot be the name of a Go function here`,
		"nnccX":  `gohost: "nnccX" cannot be the name of a Go function here`,
		"math":   `gohost: "math" cannot be the name of a Go function here`,
	} {
		_, err := New().Compile([]*loopir.Func{{Name: name}}, target, backends.Options{})
		require.EqualError(t, err, want)
	}
	_, err := New().Compile([]*loopir.Func{{Name: "k"}, {Name: "k"}}, target, backends.Options{})
	require.EqualError(t, err, "gohost: two different functions are called k")
	avx2, _ := backends.TargetFor("avx2")
	_, err = New().Compile(nil, avx2, backends.Options{})
	require.EqualError(t, err, "gohost: no kernels for avx2")
	reg := &loopir.Func{Name: "k", Body: []loopir.Stmt{&loopir.Assign{Reg: &loopir.Reg{Name: "acc"}}}}
	_, err = emitFunc(reg)
	require.EqualError(t, err, "gohost: func k: signature: register tiles are for Promote to remove")
}

// TestNames finds that no name of a kernel's parts can clash with what Go or the kernel itself means by it.
func TestNames(t *testing.T) {
	funcs := parseKernels(t, "names", `
func k(math: f32[*, 4], args: f32[4], float32: mut f32[*, 4]) scratch(unsafe: f32[4]) grid(chunk: *, lo: 4) {
  let bits = max(load math[chunk, lo], load args[lo])
  store unsafe[lo] = bits
  for range = 0 to 3 carry(go = bits, nil = bits) -> (hi, len) {
    yield(nil + f32(index range), go)
  }
  store float32[chunk, lo] = hi - len * load unsafe[lo]
}`)
	p := start(t, programOf(t, funcs...))
	in, err := p.Open(0, exec.Options{MaxBatch: 2})
	require.NoError(t, err)
	run(t, in, funcs, 2, fillNormal(newRand(), 1), func(_ *loopir.Func, want, got []byte) { require.Equal(t, want, got) })
}

// TestCache finds that a program is built once, kept, and makes room in time.
func TestCache(t *testing.T) {
	cache := t.TempDir()
	p := programOf(t, parseKernels(t, "k", "func k(x: f32[4], y: mut f32[4]) grid(i: 4) {\n  store y[i] = load x[i]\n}")...)
	first, err := Start(Config{CacheDir: cache}, p)
	require.NoError(t, err)
	require.NoError(t, first.Close())
	again, err := Start(Config{CacheDir: cache, Go: "there-is-no-such-tool"}, p)
	require.NoError(t, err)
	require.NoError(t, again.Close())
	dir := filepath.Join(cache, "portable")
	programs, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, programs, 1)
	for i := range cachedPrograms {
		name := filepath.Join(dir, fmt.Sprint(i))
		require.NoError(t, os.Mkdir(name, 0o777))
		later := time.Now().Add(time.Duration(i+1) * time.Minute)
		require.NoError(t, os.Chtimes(name, later, later))
	}
	prune(dir)
	require.NoDirExists(t, filepath.Join(dir, programs[0].Name()))
	require.DirExists(t, filepath.Join(dir, "0"))
}
