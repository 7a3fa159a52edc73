package llvmcpu

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"nncc/backends"
	"nncc/codegen/loopir"
)

// matrices multiplies, adds to what is there, and goes on from a row that all rows begin with.
const matrices = `
func f(a: bf16[4, 16, 48], b: bf16[4, 16, 32], bias: f32[16], sum: mut f32[4, 2, 16, 20]) grid(n: 4) {
  mload 0 = bias[0] by 0
  mload 1 = sum[n, 1, 0, 0] by 20
  mzero 7
  for k = 0 to 4 {
    mload 4 = a[k, 0, 0] by 48
    mload 5 = a[n, 0, 16] by 48
    mload 6 = b[k, 0, 0] by 32
    mdot 0, 4, 6
    mdot 1, 5, 6
    mdot 7, 4, 6
    mdot 1, 4, 6
  }
  mstore sum[n, 0, 0, 2] by 20 = 0
  mstore sum[n, 1, 0, 0] by 20 = 1
  mstore sum[n, 0, 0, 2] by 20 = 7
}`

// Matrix registers agree with the interpreter bit for bit, whatever the size of the numbers.
func TestMatrices(t *testing.T) {
	b := testBackend(t)
	target := testTarget(t, "amx")
	f := parseKernels(t, "matrices", matrices)[0]
	require.NoError(t, loopir.Verify(f))
	l := load(t, b, target, backends.Options{}, f)
	r := rand.New(rand.NewPCG(1, 2))
	for _, exponents := range []int{1, 8, 60, 200} {
		want, got := newInvocation(f, 1), guardedInvocation(t, f, 1)
		for i, p := range f.Params {
			fillAround(r, want.args[i], p.Elem, exponents)
			copy(got.args[i], want.args[i])
		}
		require.NoError(t, loopir.Interpret(f, want.args, 1))
		got.run(l.kernel(t, "f"), 4)
		for i, p := range f.Params {
			if p.Mutable {
				requireSameBits(t, want.args[i], got.args[i])
			}
		}
	}
}

// fillAround writes numbers whose exponents lie within so many of one.
func fillAround(r *rand.Rand, mem []byte, elem loopir.Kind, exponents int) {
	for at := 0; at < len(mem); at += elem.Bytes() {
		bits := math.Float32bits(float32(math.Ldexp(r.NormFloat64(), r.IntN(exponents)-exponents*2/3)))
		if elem == loopir.BF16 {
			binary.LittleEndian.PutUint16(mem[at:], uint16(bits>>16))
		} else {
			binary.LittleEndian.PutUint32(mem[at:], bits)
		}
	}
}

func requireSameBits(t *testing.T, want, got []byte) {
	t.Helper()
	for i := 0; i < len(want); i += 4 {
		w, g := binary.LittleEndian.Uint32(want[i:]), binary.LittleEndian.Uint32(got[i:])
		require.Equal(t, w, g, "number %d: %v and %v", i/4, math.Float32frombits(w), math.Float32frombits(g))
	}
}

// Code for matrix registers is what the kernel says: no tile is spilled, and both ends of the call are there.
func TestMatricesInAssembly(t *testing.T) {
	target, ok := backends.TargetFor("amx")
	require.True(t, ok)
	object, err := testBackend(t).Compile(parseKernels(t, "matrices", matrices), target, backends.Options{KeepAsm: true})
	require.NoError(t, err)
	asm := object.Text["asm"]
	for _, c := range []struct {
		instruction string
		count       int
	}{{"ldtilecfg", 1}, {"tilerelease", 1}, {"tilezero", 1}, {"tileloadd", 5}, {"tdpbf16ps", 4}, {"tilestored", 3}} {
		require.Equal(t, c.count, countInstruction(asm, c.instruction), c.instruction)
	}
}

// countInstruction is how often an instruction occurs in assembly text.
func countInstruction(asm, name string) int {
	count := 0
	for line := range strings.Lines(asm) {
		if fields := strings.Fields(line); len(fields) > 0 && fields[0] == name {
			count++
		}
	}
	return count
}
