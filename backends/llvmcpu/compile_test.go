package llvmcpu

import (
	"encoding/binary"
	"errors"
	"math"
	"math/rand"
	"slices"
	"strings"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"

	"nncc/backends"
	"nncc/codegen/loopir"
	"nncc/runtime/exec"
	"nncc/runtime/exec/exectest"
)

// agree runs every chunk of the last kernel of text on the machine, between guard pages, and in the interpreter, on the
// same random contents, and compares the bytes of all buffers.
func agree(t *testing.T, target backends.Target, text string, batch int) {
	t.Helper()
	funcs := parseKernels(t, t.Name(), text)
	f := funcs[len(funcs)-1]
	require.NoError(t, loopir.Verify(f))
	l := load(t, testBackend(t), target, backends.Options{}, loopir.Promote(f))
	got, want := guardedInvocation(t, f, batch), newInvocation(f, batch)
	rng := rand.New(rand.NewSource(1))
	for i, p := range f.Params {
		fillRandom(rng, p.Elem, got.args[i])
		copy(want.args[i], got.args[i])
	}
	chunks := f.Chunks()
	if f.Batched() {
		chunks *= batch
	}
	k := l.kernel(t, f.Name)
	before := cloneAll(got.args)
	used, err := exectest.StackBytes(k, got.table, 0, chunks, unsafe.Pointer(&got.scratch[0]))
	if !errors.Is(err, exec.ErrNoExec) {
		require.NoError(t, err)
		require.LessOrEqual(t, used, k.StackBytes, "stack")
	}
	for i := range got.args { // the measurement ran the kernel already
		copy(got.args[i], before[i])
	}
	got.run(k, chunks)
	require.NoError(t, loopir.Interpret(f, want.args, batch))
	for i, p := range f.Params {
		require.Equal(t, want.args[i], got.args[i], p.Name)
	}
}

// onEach runs test for every instruction set at hand.
func onEach(t *testing.T, test func(t *testing.T, target backends.Target)) {
	for _, isa := range []string{"avx512", "avx2", "neon"} {
		t.Run(isa, func(t *testing.T) { test(t, testTarget(t, isa)) })
	}
}

func cloneAll(args [][]byte) [][]byte {
	out := make([][]byte, len(args))
	for i, a := range args {
		out[i] = slices.Clone(a)
	}
	return out
}

func fillRandom(rng *rand.Rand, k loopir.Kind, b []byte) {
	switch k {
	case loopir.F32:
		for i, f := 0, floats(b); i < len(f); i++ {
			f[i] = float32(rng.NormFloat64())
		}
	case loopir.F64:
		for i := 0; i < len(b); i += 8 {
			binary.LittleEndian.PutUint64(b[i:], math.Float64bits(rng.NormFloat64()))
		}
	default:
		rng.Read(b)
	}
}

func TestStencil(t *testing.T) {
	const text = `
func rows(in: f32[*, 8, 66, 16], w: f32[3, 16], out: mut f32[*, 8, 64, 16]) grid(b: *, y: 8) {
  for x = 0 to 64 {
    for k = 0 to 3 carry(a = f32x16(0.25)) -> (s) {
      yield(fma(load f32x16 in[b, y, x + k, 0], load f32x16 w[k, 0], a))
    }
    store out[b, y, x, 0] = max(s, f32x16(0))
  }
}`
	onEach(t, func(t *testing.T, target backends.Target) { agree(t, target, text, 3) })
}

// TestTails: rows of 37 elements at the end of a guarded page, in vectors of 16; no lane beyond may be touched.
func TestTails(t *testing.T) {
	for _, kind := range []string{"i8", "u16", "bf16", "f32", "i64", "f64"} {
		text := strings.ReplaceAll(`
func tails(in: K[*, 37], out: mut K[*, 37], ends: mut K[8], one: mut K[3]) grid(b: *) {
  for x = 0 to 37 step 16 { store out[b, x] count (37 - x) = load Kx16 in[b, x] count (37 - x) }
  store ends[3] count 5 = load Kx16 in[b, 32] count 5
  for i = 0 to 4 { store one[i] count (3 - i) = load K in[b, i + 34] count (3 - i) }
  store ends[0] count 0 = load Kx16 in[b, 0] count (0 - 3)
}`, "K", kind)
		t.Run(kind, func(t *testing.T) {
			onEach(t, func(t *testing.T, target backends.Target) { agree(t, target, text, 2) })
		})
	}
}

// TestEmptyAndVariableLoops: bounds that depend on outer variables, loops that do not run, and what they carry.
func TestEmptyAndVariableLoops(t *testing.T) {
	const text = `
func triangle(in: f32[8, 8], out: mut f32[8, 3]) grid(y: 8) {
  for x = y to 8 carry(s = f32(0), n = i32(0)) -> (sum, terms) { yield(s + load in[y, x], n + i32(1)) }
  for x = 5 to 5 carry(s = f32(0.5)) -> (never) { yield(s * f32(2)) }
  for x = 0 to min(y, 3) carry(a = f32(1), b = f32(2)) -> (c, d) { yield(b, a) }
  store out[y, 0] = sum + convert f32(terms)
  store out[y, 1] = never
  store out[y, 2] = c - d
}`
	onEach(t, func(t *testing.T, target backends.Target) { agree(t, target, text, 1) })
}

// TestIndexArithmetic: floor quotients, remainders, minima and maxima of things that get negative.
func TestIndexArithmetic(t *testing.T) {
	const text = `
func gather(in: f32[12, 12], out: mut f32[7, 9]) grid(y: 7, x: 9) {
  let a = load in[max(min(y*2 - 3, 11), 0), (x - 20) mod 12]
  let c = load in[(y - 9) / 2 + 5, 11 - (3*x mod 5)]
  store out[y, x] = a + c
}`
	onEach(t, func(t *testing.T, target backends.Target) { agree(t, target, text, 1) })
}

// TestPicks: numbers of both widths choose places, most of them far outside; what is read stays before the end of a guarded page.
func TestPicks(t *testing.T) {
	const text = `
func picks(in: f32[*, 5, 37], at: i32[64], far: i64[64], out: mut f32[*, 64, 40]) grid(b: *, i: 64) {
  let near = shr(load at[i], i32(28))
  store out[b, i, 0] = load f32x16 in[b, 0, 0] pick(near, 1, 5)
  store out[b, i, 16] count 5 = load f32x16 in[b, 1, 32] count 5 pick(load at[i], 1, 4)
  store out[b, i, 21] = load in[b, 4, 3] pick(shr(load far[i], i64(57)), 2, 34)
  store out[b, i, 22] = load in[b, 4, 0] pick(load far[i], 2, 37)
  for x = 0 to 3 { store out[b, i, x + 23] = load in[b, x, x] pick(near, 2, 10) }
}`
	onEach(t, func(t *testing.T, target backends.Target) { agree(t, target, text, 3) })
}

// TestCalls: nested calls with scratch of their own on every level, views into buffers, a batch.
func TestCalls(t *testing.T) {
	const text = `
func double(in: f32[*, 4, 8], out: mut f32[*, 4, 8]) scratch(row: f32[8]) grid(b: *, y: 4) {
  store row[0] = load f32x8 in[b, y, 0] * f32x8(2)
  store out[b, y, 0] = load f32x8 row[0]
}
func quadruple(in: f32[4, 8], out: mut f32[4, 8]) scratch(half: f32[3], once: f32[4, 8]) grid() {
  store half[0] = f32(0.5)
  call double(in, once)
  call double(once, out)
  store out[0, 0] = load out[0, 0] + load half[0]
}
func net(in: f32[*, 6, 8], out: mut f32[*, 2, 4, 8]) scratch(t: f32[5, 8]) grid(b: *) {
  for i = 0 to 2 {
    call quadruple(in[b, 2*i, 0], t[1, 0])
    call double(t[1, 0], out[b, i, 0, 0])
    prefetch in[b, i + 40, 0]
  }
}`
	onEach(t, func(t *testing.T, target backends.Target) { agree(t, target, text, 3) })
}

// TestCarries: pixels in a row, wherever their lines end, for processors whose pointers move with a counter and for others.
func TestCarries(t *testing.T) {
	const text = `
func pixels(in: f32[48], out: mut f32[6, 20]) {
  for t = 0 to 12 {
    unroll p = 0 to 4 { store out[(min(4*t, 44) + p) / 8, (min(4*t, 44) + p) mod 8 + 1] = load in[4*t + p] }
  }
  for t = 0 to 12 {
    unroll p = 0 to 4 { store out[(4*t + p) / 8, (4*t + p) mod 8 + 1] = load in[4*t + p] * f32(2) }
  }
}`
	for _, target := range backends.Targets() {
		f := parseKernels(t, t.Name(), text)[0]
		if !testBackend(t).llc.makesCodeFor(target.Arch) {
			continue
		}
		_, err := testBackend(t).Compile([]*loopir.Func{loopir.Promote(f)}, target, backends.Options{})
		require.NoError(t, err, target.ISA)
	}
	onEach(t, func(t *testing.T, target backends.Target) { agree(t, target, text, 1) })
}
