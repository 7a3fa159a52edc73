package llvmcpu

import (
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"nncc/backends"
	"nncc/codegen/loopir"
	"nncc/runtime/exec"
)

var _ backends.Backend = (*Backend)(nil)

func avx512(t *testing.T) backends.Target {
	t.Helper()
	target, ok := backends.TargetFor("avx512")
	require.True(t, ok)
	return target
}

// withCache is a backend whose cache is empty and its own.
func withCache(t *testing.T) *Backend {
	t.Helper()
	b := testBackend(t)
	return &Backend{llc: b.llc, cache: openCache(t.TempDir())}
}

func promoted(t *testing.T, file string) *loopir.Func { return loopir.Promote(last(t, file)) }

func TestSameBytesAtAnyParallelism(t *testing.T) {
	var objects [2]*backends.Object
	for i, procs := range []int{1, 8} {
		old := runtime.GOMAXPROCS(procs)
		var err error
		objects[i], err = withCache(t).Compile([]*loopir.Func{promoted(t, "lenet_net.loop")}, avx512(t), backends.Options{})
		runtime.GOMAXPROCS(old)
		require.NoError(t, err)
	}
	require.Equal(t, objects[0], objects[1])
}

// TestCache: the second compilation reads what the first wrote, and a damaged entry is an error of no consequence but
// a compilation.
func TestCache(t *testing.T) {
	b := withCache(t)
	f := promoted(t, "lenet_net.loop")
	first, err := b.Compile([]*loopir.Func{f}, avx512(t), backends.Options{})
	require.NoError(t, err)
	entries, err := filepath.Glob(filepath.Join(b.cache.dir, "llc", "*", "*.kernel"))
	require.NoError(t, err)
	require.NotEmpty(t, entries)

	cached := &Backend{llc: &llc{path: "/nonexistent", version: b.llc.version}, cache: b.cache}
	second, err := cached.Compile([]*loopir.Func{f}, avx512(t), backends.Options{})
	require.NoError(t, err)
	require.Equal(t, first, second)

	g := *f
	g.Name = "renamed"
	renamed, err := cached.Compile([]*loopir.Func{&g}, avx512(t), backends.Options{})
	require.NoError(t, err)
	require.Equal(t, first.Code, renamed.Code)
	require.Equal(t, "renamed", renamed.Kernels[0].Name)

	other := avx512(t).With(backends.FeatureAVX512VNNI)
	_, err = cached.Compile([]*loopir.Func{f}, other, backends.Options{})
	require.Error(t, err, "another target must not find these entries")

	for _, e := range entries {
		require.NoError(t, os.WriteFile(e, []byte("damaged"), 0o644))
	}
	b.cache.recent.Clear()
	third, err := b.Compile([]*loopir.Func{f}, avx512(t), backends.Options{})
	require.NoError(t, err)
	require.Equal(t, first, third)

	b.cache.grown.Store(true)
	b.cache.prune(0)
	entries, err = filepath.Glob(filepath.Join(b.cache.dir, "llc", "*", "*.kernel"))
	require.NoError(t, err)
	require.Empty(t, entries)
}

// TestCacheOfCallers: a caller is compiled again where a callee of the same name has more chunks.
func TestCacheOfCallers(t *testing.T) {
	const text = `
func row(in: f32[4, 8], out: mut f32[4, 8]) grid(y: ROWS) { store out[y, 0] = load f32x8 in[y, 0] }
func net(in: f32[4, 8], out: mut f32[4, 8]) { call row(in, out) }`
	b := withCache(t)
	var codes []*kernelCode
	for _, rows := range []string{"2", "4"} {
		funcs := loopir.PromoteAll(parseKernels(t, "net", strings.ReplaceAll(text, "ROWS", rows)), loopir.Unroll{})
		jobs, err := b.compile(funcs, avx512(t), false)
		require.NoError(t, err)
		codes = append(codes, jobs[1].code)
	}
	require.NotEqual(t, codes[0], codes[1])
}

// TestEqualKernels: kernels that differ in their names only are laid out once, whether they were compiled before or not.
func TestEqualKernels(t *testing.T) {
	const text = `
func one(in: f32[16], out: mut f32[16]) { store out[0] = load f32x16 in[0] + f32x16(1) }
func other(in: f32[16], out: mut f32[16]) { store out[0] = load f32x16 in[0] + f32x16(1) }
func net(in: f32[16], out: mut f32[16]) scratch(between: f32[16]) { call one(in, between); call other(between, out) }`
	b := withCache(t)
	var objects []*backends.Object
	for range 2 {
		funcs := loopir.PromoteAll(parseKernels(t, "net", text), loopir.Unroll{})
		o, err := b.Compile(funcs, avx512(t), backends.Options{})
		require.NoError(t, err)
		objects = append(objects, o)
		b.cache.recent.Clear()
	}
	require.Equal(t, objects[0], objects[1])
	require.Equal(t, objects[0].Kernels[0].OffsetBytes, objects[0].Kernels[1].OffsetBytes)
}

// TestSeparateKernelsStandAlone cuts one kernel, which calls five others and reads constants, out of the object.
func TestSeparateKernelsStandAlone(t *testing.T) {
	target := testTarget(t, "avx512")
	f := last(t, "lenet_net.loop")
	o, err := testBackend(t).Compile([]*loopir.Func{loopir.Promote(f)}, target, backends.Options{Separate: true})
	require.NoError(t, err)
	s, ok := o.Lookup("lenet")
	require.True(t, ok)
	require.Zero(t, s.OffsetBytes%64)
	code, err := exec.MapCode(o.Code[s.OffsetBytes : s.OffsetBytes+s.SizeBytes])
	require.NoError(t, err)
	defer func() { require.NoError(t, code.Close()) }()
	l, v := prepare(t, target, f, 1, 0.1)
	v.run(l.kernel(t, "lenet"), 1)
	out := v.args[len(v.args)-1]
	want := string(out)
	clear(out)
	v.run(&exec.Kernel{Name: "lenet", Entry: code.Entry(0), StackBytes: s.StackBytes}, 1)
	require.Equal(t, want, string(out))
}

func TestText(t *testing.T) {
	o, err := testBackend(t).Compile([]*loopir.Func{promoted(t, "conv3x3_14x2.loop")}, avx512(t),
		backends.Options{KeepLLVM: true, KeepAsm: true})
	require.NoError(t, err)
	require.Contains(t, o.Text["llvm"], "@conv3x3_14x2(i8** noalias %args, i64 %lo, i64 %hi, i8* noalias %scratch)")
	require.Contains(t, o.Text["asm"], "vfmadd231ps")
	require.NotContains(t, o.Text["asm"], "gather")
}

// spilling keeps 40 accumulators alive: more than there are registers.
const spilling = `
func wide(in: f32[64], w: f32[64, 40, 16], out: mut f32[40, 16]) {
  reg acc: f32x16[40]
  unroll i = 0 to 40 { acc[i] = f32x16(0) }
  for k = 0 to 64 {
    let a = splat16(load in[k])
    unroll i = 0 to 40 { acc[i] = fma(a, load f32x16 w[k, i, 0], acc[i]) }
  }
  unroll i = 0 to 40 { store out[i, 0] = acc[i] }
}`

// TestSpillingKernel is right all the same, and stays within the stack it says it needs.
func TestSpillingKernel(t *testing.T) {
	onEach(t, func(t *testing.T, target backends.Target) { agree(t, target, spilling, 1) })
}

// TestSpillsAreCounted: the count by encoding equals what the assembly says.
func TestSpillsAreCounted(t *testing.T) {
	f := parseKernels(t, "wide", spilling)[0]
	b := testBackend(t)
	for isa, access := range map[string]*regexp.Regexp{
		"avx512": regexp.MustCompile(`\(%rsp\).*%[yz]mm|%[yz]mm.*\(%rsp\)`),
		"avx2":   regexp.MustCompile(`\(%rsp\).*%ymm|%ymm.*\(%rsp\)`),
		"neon":   regexp.MustCompile(`\bq\d+.*\[sp\b`),
	} {
		target, _ := backends.TargetFor(isa)
		jobs, err := b.compile([]*loopir.Func{loopir.Promote(f)}, target, true)
		require.NoError(t, err)
		asm, err := b.assembly(jobs, target)
		require.NoError(t, err)
		want := 0
		for line := range strings.Lines(asm) {
			if access.MatchString(line) {
				want++
			}
		}
		require.Greater(t, want, 10)
		require.Equal(t, want, jobs[0].code.spills(target.Arch), isa)
	}
}

// The last byte of inc r13 looks like a prefix: vmovups [rsp], ymm0 is counted, cmp r13, [rsp] behind an inc is not.
func TestSpillsAreVectors(t *testing.T) {
	padding := make([]byte, 8)
	require.Equal(t, 1, spillsAMD64(append([]byte{0xc5, 0xfc, 0x11, 0x04, 0x24}, padding...)))
	require.Zero(t, spillsAMD64(append([]byte{0x49, 0xff, 0xc5, 0x4c, 0x3b, 0x2c, 0x24}, padding...)))
}

func TestRefusals(t *testing.T) {
	b, target := testBackend(t), avx512(t)
	const tile = "func f(out: mut f32[1]) { reg a: f32\n a = f32(1)\n store out[0] = a }"
	const index = "func f(out: mut bf16[1]) grid(x: 1) { store out[x] = bf16(index x) }"
	const wide = "func f(in: i64[4], out: mut f16[4]) { store out[0] = convert f16x4(load i64x4 in[0]) }"
	for text, want := range map[string]string{
		tile:  "llvmcpu: func f: signature: register tiles are for Promote to remove",
		index: "llvmcpu: func f: store out: an index as bf16: take f32 and convert",
		wide:  "llvmcpu: func f: store out: conversion of i64x4 to f16x4: not supported",
	} {
		_, err := b.Compile(parseKernels(t, "refused", text), target, backends.Options{})
		require.EqualError(t, err, want)
	}
	twice := parseKernels(t, "a", "func f(out: mut f32[1]) { store out[0] = f32(1) }")
	twice = append(twice, parseKernels(t, "b", "func f(out: mut f32[1]) { store out[0] = f32(2) }")...)
	_, err := b.Compile(twice, target, backends.Options{})
	require.EqualError(t, err, "llvmcpu: two different functions are called f")
}

// TestPanicsAreReported: an ill-typed function, which Verify would have refused, is an error and no crash.
func TestPanicsAreReported(t *testing.T) {
	scalar := loopir.Scalar(loopir.F32)
	f := &loopir.Func{Name: "bad", Body: []loopir.Stmt{
		&loopir.Let{Val: &loopir.Value{Name: "lane", Type: scalar}, X: &loopir.Extract{X: loopir.Num(scalar, 1), Lane: 2}},
	}}
	_, err := testBackend(t).Compile([]*loopir.Func{f}, avx512(t), backends.Options{})
	require.ErrorContains(t, err, "func bad: let lane")
}

// TestTargetsOfLLC: an llc that was built for some processors only compiles for those.
func TestTargetsOfLLC(t *testing.T) {
	require.Equal(t, []string{"amx_bf16", "amx", "avx512_bf16", "avx512", "avx2", "neon"}, testBackend(t).Caps().ISAs)
	arm := filepath.Join(t.TempDir(), "llc")
	const version = "LLVM version 19.1.7\n\n  Registered Targets:\n    aarch64    - AArch64 (little endian)\n    x86        - 32-bit X86\n"
	require.NoError(t, os.WriteFile(arm, []byte("#!/bin/sh\necho '"+version+"'\n"), 0o755))
	b, err := New(Config{LLC: arm})
	require.NoError(t, err)
	require.Equal(t, []string{"neon"}, b.Caps().ISAs)
}

func TestNoLLC(t *testing.T) {
	_, err := New(Config{LLC: "/nonexistent/llc"})
	require.ErrorIs(t, err, ErrNoLLC)
	old := filepath.Join(t.TempDir(), "llc")
	require.NoError(t, os.WriteFile(old, []byte("#!/bin/sh\necho '  LLVM version 13.0.1'\n"), 0o755))
	_, err = New(Config{LLC: old})
	require.ErrorIs(t, err, ErrNoLLC)
	require.ErrorContains(t, err, "version 13.0.1 is older than 14")
	t.Setenv("NNCC_LLC", "")
	t.Setenv("PATH", t.TempDir())
	_, err = New(Config{})
	require.ErrorIs(t, err, ErrNoLLC)
	require.ErrorContains(t, err, "apt install llvm")
}
