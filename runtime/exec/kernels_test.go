package exec

import (
	"encoding/hex"
	"fmt"
	"math/rand"
	"strings"
	"testing"
	"unsafe"
)

const (
	addChunkElems = 16 // floats that one chunk of the add kernels covers
	addChunkBytes = 4 * addChunkElems
)

// assemble turns a hexadecimal listing with comments into bytes.
func assemble(t testing.TB, listing string) []byte {
	t.Helper()
	var digits strings.Builder
	for line := range strings.Lines(listing) {
		code, _, _ := strings.Cut(line, "//")
		digits.WriteString(strings.ReplaceAll(strings.TrimSpace(code), " ", ""))
	}
	code, err := hex.DecodeString(digits.String())
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// mapTestCode maps code for the length of the test, which is skipped where that is impossible.
func mapTestCode(t testing.TB, blob []byte) *Code {
	t.Helper()
	if !nativeCalls {
		t.Skip("no native calls on this architecture")
	}
	code, err := MapCode(blob)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := code.Close(); err != nil {
			t.Error(err)
		}
	})
	return code
}

// addGo is the add kernel in Go.
func addGo(args []unsafe.Pointer, lo, hi int, _ unsafe.Pointer) {
	x, y, out := floatsAt(args[1], hi), floatsAt(args[2], hi), floatsAt(args[3], hi)
	for i := lo * addChunkElems; i < hi*addChunkElems; i++ {
		out[i] = x[i] + y[i]
	}
}

// floatsAt views the first chunks chunks of an add kernel's buffer.
func floatsAt(p unsafe.Pointer, chunks int) []float32 {
	return unsafe.Slice((*float32)(p), chunks*addChunkElems)
}

// floats views bytes as floats.
func floats(b []byte) []float32 { return unsafe.Slice((*float32)(unsafe.Pointer(&b[0])), len(b)/4) }

// eachAddKernel runs a test with the Go kernel and, where possible, with the native one.
func eachAddKernel(t *testing.T, test func(t *testing.T, k Kernel)) {
	t.Run("go", func(t *testing.T) { test(t, Kernel{Name: "add", Go: addGo}) })
	t.Run("native", func(t *testing.T) {
		test(t, nativeAdd(t))
	})
}

// nativeAdd returns the hand-assembled kernel.
func nativeAdd(t testing.TB) Kernel {
	code := mapTestCode(t, assemble(t, addMachineCode))
	return Kernel{Name: "add", Entry: code.Entry(0), StackBytes: 8}
}

// addChain is a variant that computes out = x + launches*y over chunks chunks per sample, through two alternating
// buffers. launches must be odd, so that the result ends in out.
func addChain(k Kernel, launches, chunks, grain int) *Variant {
	size := chunks * addChunkBytes
	x, y, tmp, out := 0, size, 2*size, 3*size
	v := &Variant{
		ISA: "test", Kernels: []Kernel{k}, ArenaBytes: 4 * size,
		Inputs: []Port{
			{Name: "x", OffsetBytes: x, ElemBytes: 4, Elems: chunks * addChunkElems, Batched: true},
			{Name: "y", OffsetBytes: y, ElemBytes: 4, Elems: chunks * addChunkElems, Batched: true},
		},
		Outputs: []Port{{Name: "out", OffsetBytes: out, ElemBytes: 4, Elems: chunks * addChunkElems, Batched: true}},
	}
	from, to := x, out
	for i := range launches {
		v.Step = append(v.Step, Launch{
			Name: fmt.Sprintf("add%d", i), Chunks: chunks, Group: 1, Grain: grain,
			Args: []Arg{{OffsetBytes: from}, {OffsetBytes: y}, {OffsetBytes: to}},
		})
		from = to
		if to == out {
			to = tmp
		} else {
			to = out
		}
	}
	return v
}

// openTest opens a variant on a pool of its own with the given number of threads.
func openTest(t testing.TB, v *Variant, threads, maxBatch int) *Instance {
	t.Helper()
	p := newPool(threads)
	return openOnPool(t, v, p, maxBatch)
}

func openOnPool(t testing.TB, v *Variant, p *pool, maxBatch int) *Instance {
	t.Helper()
	in, err := openOn(v, nil, Options{MaxBatch: maxBatch}, func() *pool { return p })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(in.Close)
	in.paces = nil // all runs are helped, however small
	return in
}

// fillRandom fills the inputs with small integers, so that sums are exact.
func fillRandom(in *Instance, seed int64) {
	rng := rand.New(rand.NewSource(seed))
	for i := range in.variant.Inputs {
		for j := range floats(in.Input(i)) {
			floats(in.Input(i))[j] = float32(rng.Intn(100))
		}
	}
}

// checkChain compares the first batch samples of out with x + launches*y, and the others with what.
func checkChain(t testing.TB, in *Instance, launches, batch int) {
	t.Helper()
	x, y, out := floats(in.Input(0)), floats(in.Input(1)), floats(in.Output(0))
	for i := range len(out) / in.MaxBatch() * batch {
		if want := x[i] + float32(launches)*y[i]; out[i] != want {
			t.Fatalf("out[%d] = %v, want %v", i, out[i], want)
		}
	}
}
