package llvmcpu

import (
	"math"
	"os"
	"path/filepath"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"

	"nncc/backends"
	"nncc/codegen/loopir"
	"nncc/runtime/exec"
	"nncc/runtime/exec/exectest"
)

// testBackend is the backend, or a skip on a machine without llc.
func testBackend(t testing.TB) *Backend {
	t.Helper()
	b, err := New(Config{})
	if err != nil {
		t.Skip(err)
	}
	return b
}

// testTarget is a target whose code this machine runs, or a skip.
func testTarget(t testing.TB, isa string) backends.Target {
	t.Helper()
	target, ok := backends.TargetFor(isa)
	require.True(t, ok)
	runnable(t, target)
	return target
}

// runnable skips where the machine lacks the target's features.
func runnable(t testing.TB, target backends.Target) {
	t.Helper()
	if !exec.Supported(target.Features) {
		t.Skipf("this processor cannot run %s code: it has %v", target.ISA, exec.Features())
	}
}

// loaded is compiled code in executable memory.
type loaded struct {
	object *backends.Object
	code   *exec.Code
}

func load(t testing.TB, b *Backend, target backends.Target, o backends.Options, funcs ...*loopir.Func) *loaded {
	t.Helper()
	object, err := b.Compile(funcs, target, o)
	require.NoError(t, err)
	code, err := exec.MapCode(object.Code)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, code.Close()) })
	return &loaded{object, code}
}

func (l *loaded) kernel(t testing.TB, name string) *exec.Kernel {
	t.Helper()
	s, ok := l.object.Lookup(name)
	require.True(t, ok, name)
	return &exec.Kernel{Name: name, Entry: l.code.Entry(s.OffsetBytes), StackBytes: s.StackBytes}
}

// alignedBytes is memory at a multiple of 64.
func alignedBytes(n int) []byte {
	b := make([]byte, n+64)
	skew := int(-uintptr(unsafe.Pointer(&b[0])) & 63)
	return b[skew : skew+n : skew+n]
}

// invocation is the memory of one call of a kernel: its arguments and scratch.
type invocation struct {
	args    [][]byte
	table   []unsafe.Pointer
	scratch []byte
}

func newInvocation(f *loopir.Func, batch int) *invocation {
	return newInvocationIn(f, batch, alignedBytes)
}

// guardedInvocation has every buffer between pages that must not be touched.
func guardedInvocation(t testing.TB, f *loopir.Func, batch int) *invocation {
	t.Helper()
	return newInvocationIn(f, batch, func(n int) []byte { return exectest.Guarded(t, n) })
}

func newInvocationIn(f *loopir.Func, batch int, alloc func(int) []byte) *invocation {
	v := &invocation{table: make([]unsafe.Pointer, 1+len(f.Params)), scratch: alloc(max(f.ScratchBytes(), loopir.ScratchAlign))}
	v.table[0] = unsafe.Pointer(new(exec.Params))
	for i, p := range f.Params {
		n := p.Bytes()
		if p.Batched() {
			n *= batch
		}
		v.args = append(v.args, alloc(n))
		v.table[1+i] = unsafe.Pointer(&v.args[i][0])
	}
	return v
}

func (v *invocation) run(k *exec.Kernel, chunks int) {
	k.Call(v.table, 0, chunks, unsafe.Pointer(&v.scratch[0]))
}

// floats views the bytes of a buffer as numbers.
func floats(b []byte) []float32 {
	return unsafe.Slice((*float32)(unsafe.Pointer(&b[0])), len(b)/4)
}

// readKernels parses and verifies a file of testdata/loop.
func readKernels(t testing.TB, name string) []*loopir.Func {
	t.Helper()
	path := filepath.Join("..", "..", "testdata", "loop", name)
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	return parseKernels(t, name, string(text))
}

func parseKernels(t testing.TB, name, text string) []*loopir.Func {
	t.Helper()
	funcs, err := loopir.Parse(name, text)
	require.NoError(t, err)
	return funcs
}

// requireClose compares numbers up to an absolute and relative tolerance.
func requireClose(t testing.TB, want, got []float32, tolerance float64) {
	t.Helper()
	require.Len(t, got, len(want))
	for i := range want {
		w, g := float64(want[i]), float64(got[i])
		if math.IsNaN(w) && math.IsNaN(g) {
			continue
		}
		if !(math.Abs(w-g) <= tolerance*max(1, math.Abs(w))) {
			require.Failf(t, "numbers differ", "at %d: want %v, got %v", i, w, g)
		}
	}
}
