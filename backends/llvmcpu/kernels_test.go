package llvmcpu

import (
	"math/rand"
	"testing"

	"github.com/stretchr/testify/require"

	"nncc/backends"
	"nncc/codegen/loopir"
)

// The kernels of testdata/loop show that the loop IR can say what hand-written code says. Here they have to be
// right; speed_test.go compares their times.

// last is the kernel of a file that calls the others, as written.
func last(t testing.TB, file string) *loopir.Func {
	t.Helper()
	funcs := readKernels(t, file)
	f := funcs[len(funcs)-1]
	require.NoError(t, loopir.Verify(f))
	return f
}

// prepare compiles f and fills its parameters with seeded numbers; scale keeps sums of products around one.
func prepare(t testing.TB, target backends.Target, f *loopir.Func, batch int, scale float32) (*loaded, *invocation) {
	t.Helper()
	l := load(t, testBackend(t), target, backends.Options{}, loopir.Promote(f))
	v := newInvocation(f, batch)
	rng := rand.New(rand.NewSource(7))
	for i, p := range f.Params {
		for k, x := 0, floats(v.args[i]); k < len(x); k++ {
			x[k] = float32(rng.NormFloat64())
			if !p.Batched() {
				x[k] *= scale
			}
		}
	}
	return l, v
}

// TestConv3x3 runs the whole layer on the machine and two rows, the first and the last, in the interpreter.
func TestConv3x3(t *testing.T) {
	f := last(t, "conv3x3_14x2.loop")
	l, v := prepare(t, testTarget(t, "avx512"), f, 1, 0.05)
	want := newInvocation(f, 1)
	for i := range v.args {
		copy(want.args[i], v.args[i])
	}
	v.run(l.kernel(t, f.Name), f.Chunks())
	out := len(f.Params) - 1
	for _, chunk := range []int{0, f.Chunks() - 1} {
		require.NoError(t, loopir.InterpretChunks(f, want.args, chunk, chunk+1, 1))
		const height, rowFloats = 56, 56 * 16
		group, y := chunk/height, chunk%height
		for n := range 2 { // the two blocks of channels of the group
			at := ((2*group+n)*height + y) * rowFloats
			require.Equal(t, floats(want.args[out])[at:at+rowFloats], floats(v.args[out])[at:at+rowFloats])
		}
	}
}

// TestConv3x3DoesNotSpill: 28 accumulators, two weights and two pixels are all registers there are.
func TestConv3x3DoesNotSpill(t *testing.T) {
	f := last(t, "conv3x3_14x2.loop")
	l, _ := prepare(t, testTarget(t, "avx512"), f, 1, 1)
	s, _ := l.object.Lookup(f.Name)
	require.Zero(t, s.Spills)
}

func TestLeNetConv1Winograd(t *testing.T) { againstInterpreter(t, "lenet_conv1_winograd.loop", 0.2) }

func TestLeNet(t *testing.T) { againstInterpreter(t, "lenet_net.loop", 0.1) }

// againstInterpreter runs two samples, on both instruction sets: vectors wider than the registers are split.
func againstInterpreter(t *testing.T, file string, scale float32) {
	f := last(t, file)
	for _, isa := range []string{"avx512", "avx2", "neon"} {
		t.Run(isa, func(t *testing.T) {
			const batch = 2
			l, v := prepare(t, testTarget(t, isa), f, batch, scale)
			want := newInvocation(f, batch)
			for i := range v.args {
				copy(want.args[i], v.args[i])
			}
			v.run(l.kernel(t, f.Name), batch*f.Chunks())
			require.NoError(t, loopir.Interpret(f, want.args, batch))
			out := len(f.Params) - 1
			requireClose(t, floats(want.args[out]), floats(v.args[out]), 1e-5)
		})
	}
}
