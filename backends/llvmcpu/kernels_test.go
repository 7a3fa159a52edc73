package llvmcpu

import (
	"encoding/binary"
	"math"
	"math/rand"
	"strings"
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
		for k := range len(v.args[i]) / p.Elem.Bytes() {
			x := float32(rng.NormFloat64())
			if !p.Batched() {
				x *= scale
			}
			if p.Elem == loopir.BF16 {
				binary.LittleEndian.PutUint16(v.args[i][2*k:], uint16(math.Float32bits(x)>>16))
			} else {
				floats(v.args[i])[k] = x
			}
		}
	}
	return l, v
}

// TestConv3x3 runs the whole layer on the machine and two rows, the first and the last, in the interpreter.
func TestConv3x3(t *testing.T) { compareConv3x3(t, "conv3x3_14x2.loop", "avx512") }

// TestConv3x3BF16 is the same for numbers of 16 bits.
func TestConv3x3BF16(t *testing.T) { compareConv3x3(t, "conv3x3_bf16_14x2.loop", "avx512_bf16") }

func compareConv3x3(t *testing.T, file, isa string) {
	f := last(t, file)
	l, v := prepare(t, testTarget(t, isa), f, 1, 0.05)
	want := newInvocation(f, 1)
	for i := range v.args {
		copy(want.args[i], v.args[i])
	}
	v.run(l.kernel(t, f.Name), f.Chunks())
	out := len(f.Params) - 1
	for _, chunk := range []int{0, f.Chunks() - 1} {
		require.NoError(t, loopir.InterpretChunks(f, want.args, chunk, chunk+1, 1))
		const height = 56
		rowBytes := 56 * 16 * f.Params[out].Elem.Bytes()
		group, y := chunk/height, chunk%height
		for n := range 2 { // the two blocks of channels of the group
			at := ((2*group+n)*height + y) * rowBytes
			require.Equal(t, want.args[out][at:at+rowBytes], v.args[out][at:at+rowBytes])
		}
	}
}

// TestConv3x3DoesNotSpill: 28 accumulators, two weights and two pixels are all registers there are.
func TestConv3x3DoesNotSpill(t *testing.T) {
	for file, isa := range map[string]string{"conv3x3_14x2.loop": "avx512", "conv3x3_bf16_14x2.loop": "avx512_bf16"} {
		f := last(t, file)
		l, _ := prepare(t, testTarget(t, isa), f, 1, 1)
		s, _ := l.object.Lookup(f.Name)
		require.Zero(t, s.Spills, file)
	}
}

// TestInnerLoops counts the instructions of the hottest loops: FMAs, the loads and broadcasts they need, and not more
// than the given number of others for counting and addresses.
func TestInnerLoops(t *testing.T) {
	for _, c := range []struct {
		file              string
		fmas, loads, rest int
	}{
		{"conv3x3_14x2.loop", 28, 2 + 14, 4},
		{"lenet_net.loop", 20, 1, 4}, // conv2: pixels are broadcast by the FMAs themselves
	} {
		o, err := testBackend(t).Compile([]*loopir.Func{promoted(t, c.file)}, avx512(t), backends.Options{KeepAsm: true})
		require.NoError(t, err)
		loop := loopWith(o.Text["asm"], c.fmas)
		require.NotEmpty(t, loop, "no loop with %d FMAs in %s", c.fmas, c.file)
		require.LessOrEqual(t, len(loop), c.fmas+c.loads+c.rest, strings.Join(loop, "\n"))
	}
}

// loopWith finds a block with that many FMAs that ends in a jump to its own label.
func loopWith(asm string, fmas int) []string {
	label, block := "", []string(nil)
	for line := range strings.Lines(asm) {
		line = strings.TrimSpace(line)
		name, _, isLabel := strings.Cut(line, ":")
		switch {
		case strings.HasPrefix(line, ".L") && isLabel:
			label, block = name, nil
		case line == "" || line[0] == '.' || line[0] == '#':
		default:
			block = append(block, line)
		}
		back := strings.HasPrefix(line, "j") && strings.HasSuffix(line, label)
		if back && strings.Count(strings.Join(block, "\n"), "vfmadd") == fmas {
			return block
		}
	}
	return nil
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
