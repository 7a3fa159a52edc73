package llvmcpu

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"nncc/runtime/exec"
)

// Speed tests run when NNCC_SPEED is set, on a machine with nothing else to do. They compare the fastest of
// many interleaved runs, which other load on the machine disturbs least.
func skipUnlessSpeed(t *testing.T) {
	t.Helper()
	if os.Getenv("NNCC_SPEED") == "" {
		t.Skip("set NNCC_SPEED=1 to measure")
	}
}

// fastest times the functions in turns and returns the shortest time of each.
func fastest(turns, callsPerTurn int, fns ...func()) []time.Duration {
	best := make([]time.Duration, len(fns))
	for range turns {
		for i, f := range fns {
			start := time.Now()
			for range callsPerTurn {
				f()
			}
			d := time.Since(start) / time.Duration(callsPerTurn)
			if best[i] == 0 || d < best[i] {
				best[i] = d
			}
		}
	}
	return best
}

// reference compiles LLVM IR from testdata/speed with the flags kernels get.
func reference(t *testing.T, isa, file, name string) *exec.Kernel {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "speed", file))
	require.NoError(t, err)
	target := testTarget(t, isa)
	raw, err := testBackend(t).llc.run(string(text), targetFlags(target), "obj")
	require.NoError(t, err)
	parsed, err := parseObject(raw)
	require.NoError(t, err)
	k, _, err := parsed.kernel(name)
	require.NoError(t, err)
	object, err := (&linker{arch: target.Arch, kernels: map[string]*kernelCode{name: k}}).link([]string{name}, false)
	require.NoError(t, err)
	code, err := exec.MapCode(object.Code)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, code.Close()) })
	return &exec.Kernel{Name: name, Entry: code.Entry(0), StackBytes: object.Kernels[0].StackBytes}
}

// TestSpeedOfConv3x3: at least 95 % of the speed of a program that emits this one kernel.
func TestSpeedOfConv3x3(t *testing.T) {
	skipUnlessSpeed(t)
	f := last(t, "conv3x3_14x2.loop")
	l, v := prepare(t, testTarget(t, "avx512"), f, 1, 0.05)
	k, ref := l.kernel(t, f.Name), reference(t, "avx512", "conv3x3_14x2.ll", f.Name)
	v.run(k, f.Chunks())
	got := slices.Clone(v.args[len(v.args)-1])
	refTable := v.table[1:] // it knows no parameter block
	times := fastest(200, 1, func() { v.run(k, f.Chunks()) }, func() { ref.Call(refTable, 0, f.Chunks(), nil) })
	require.Equal(t, got, v.args[len(v.args)-1])
	const flop = 2 * 64 * 64 * 9 * 56 * 56
	t.Logf("loop IR %v (%.1f GFLOP/s), reference %v (%.1f GFLOP/s)",
		times[0], flop/float64(times[0]), times[1], flop/float64(times[1]))
	require.GreaterOrEqual(t, float64(times[1])/float64(times[0]), 0.95)
}

// TestSpeedOfLeNetConv1: within 1.2 times of the same kernel in intrinsics.
func TestSpeedOfLeNetConv1(t *testing.T) {
	skipUnlessSpeed(t)
	if strings.HasPrefix(testBackend(t).llc.version, "14.") {
		t.Skip("llc 14 does not read the reference")
	}
	f := last(t, "lenet_conv1_winograd.loop")
	l, v := prepare(t, testTarget(t, "avx512"), f, 1, 0.2)
	k, ref := l.kernel(t, f.Name), reference(t, "avx512", "conv1_winograd.ll", "conv1_winograd")
	times := fastest(400, 50, func() { v.run(k, 1) }, func() { v.run(ref, 1) })
	t.Logf("loop IR %v, by hand %v", times[0], times[1])
	require.LessOrEqual(t, float64(times[0]), 1.2*float64(times[1]))
}

// TestSpeedOfLeNet: the whole network in one call.
func TestSpeedOfLeNet(t *testing.T) {
	skipUnlessSpeed(t)
	f := last(t, "lenet_net.loop")
	l, v := prepare(t, testTarget(t, "avx512"), f, 1, 0.1)
	k := l.kernel(t, f.Name)
	times := fastest(400, 20, func() { v.run(k, 1) })
	t.Logf("%v", times[0])
	require.LessOrEqual(t, times[0], 18*time.Microsecond)
}

// bf16Peak does nothing but independent dot products of pairs in registers.
const bf16Peak = `
func peak(in: bf16[64], out: mut f32[24, 16]) {
  let x = load bf16x32 in[0]
  let y = load bf16x32 in[32]
  reg sum: f32x16[24]
  unroll i = 0 to 24 { sum[i] = f32x16(0) }
  for k = 0 to 100000 {
    unroll i = 0 to 24 { sum[i] = dot(sum[i], x, y) }
  }
  unroll i = 0 to 24 { store out[i, 0] = sum[i] }
}`

// TestSpeedOfConv3x3BF16: at least 90 % of the machine's peak of dot products.
func TestSpeedOfConv3x3BF16(t *testing.T) {
	skipUnlessSpeed(t)
	target := testTarget(t, "avx512_bf16")
	f, peak := last(t, "conv3x3_bf16_14x2.loop"), parseKernels(t, "peak", bf16Peak)[0]
	l, v := prepare(t, target, f, 1, 0.05)
	lp, vp := prepare(t, target, peak, 1, 1)
	k, kp := l.kernel(t, f.Name), lp.kernel(t, peak.Name)
	times := fastest(200, 1, func() { v.run(k, f.Chunks()) }, func() { vp.run(kp, 1) })
	const flop, peakFLOP = 2 * 64 * 64 * 9 * 56 * 56, 100000 * 24 * 64
	rate, most := flop/float64(times[0]), peakFLOP/float64(times[1])
	t.Logf("convolution %.1f GFLOP/s, peak %.1f GFLOP/s", rate, most)
	require.GreaterOrEqual(t, rate, 0.9*most)
}
