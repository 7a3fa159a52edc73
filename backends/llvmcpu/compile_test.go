package llvmcpu

import (
	"encoding/binary"
	"math"
	"math/rand"
	"testing"

	"github.com/stretchr/testify/require"

	"nncc/backends"
	"nncc/codegen/loopir"
)

// agree runs every chunk of the last kernel of text on the machine and in the interpreter, on the same random bytes
// or floats, and compares all buffers.
func agree(t *testing.T, isa, text string, batch int, tolerance float64) {
	t.Helper()
	b, target := testBackend(t), testTarget(t, isa)
	funcs := parseKernels(t, t.Name(), text)
	f := funcs[len(funcs)-1]
	l := load(t, b, target, backends.Options{}, f)
	got, want := newInvocation(f, batch), newInvocation(f, batch)
	rng := rand.New(rand.NewSource(1))
	for i, p := range f.Params {
		fillRandom(rng, p.Elem, got.args[i])
		copy(want.args[i], got.args[i])
	}
	chunks := f.Chunks()
	if f.Batched() {
		chunks *= batch
	}
	got.run(l.kernel(t, f.Name), chunks)
	require.NoError(t, loopir.Interpret(f, want.args, batch))
	for i, p := range f.Params {
		if p.Elem == loopir.F32 && tolerance > 0 {
			requireClose(t, floats(want.args[i]), floats(got.args[i]), tolerance)
			continue
		}
		require.Equal(t, want.args[i], got.args[i], p.Name)
	}
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

func TestLoopsAndAddresses(t *testing.T) {
	const text = `
func rows(in: f32[*, 8, 66, 16], w: f32[3, 16], out: mut f32[*, 8, 64, 16]) grid(b: *, y: 8) {
  for x = 0 to 64 {
    for k = 0 to 3 carry(a = f32x16(0.25)) -> (s) {
      yield(fma(load f32x16 in[b, y, x + k, 0], load f32x16 w[k, 0], a))
    }
    store out[b, y, x, 0] = max(s, f32x16(0))
  }
}`
	for _, isa := range []string{"avx512", "avx2"} {
		t.Run(isa, func(t *testing.T) { agree(t, isa, text, 3, 0) })
	}
}
