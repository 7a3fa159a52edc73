package llvmcpu

import (
	"fmt"
	"testing"

	"nncc/backends"
	"nncc/codegen/loopir"
)

// tileSum is what a direct convolution does most of the time: a register tile of pixels times two vectors, summed over channels of an image and
// of weights that the nearest cache holds, 64 of them in the innermost loop.
func tileSum(lanes, pixels int) string {
	return fmt.Sprintf(`
func sum(in: f32[2, %[2]d, 64], w: f32[2, 64, 2, %[1]d], out: mut f32[%[2]d, 2, %[1]d]) grid(run: 200) {
  reg acc: f32x%[1]d[%[2]d, 2]
  unroll p = 0 to %[2]d {
    unroll v = 0 to 2 { acc[p, v] = f32x%[1]d(0) }
  }
  for i = 0 to 2 {
    for k = 0 to 64 {
      reg wk: f32x%[1]d[2]
      unroll v = 0 to 2 { wk[v] = load f32x%[1]d w[i, k, v, 0] }
      unroll p = 0 to %[2]d {
        let x = splat%[1]d(load in[i, p, k])
        unroll v = 0 to 2 { acc[p, v] = fma(x, wk[v], acc[p, v]) }
      }
    }
  }
  unroll p = 0 to %[2]d {
    unroll v = 0 to 2 { store out[p, v, 0] = acc[p, v] }
  }
}`, lanes, pixels)
}

// BenchmarkUnroll compares bodies of the sum of a register tile that are there once and several times, at the start of a line of the cache or
// where LLVM likes. BenchmarkMultiplyAdds of runtime/exec has the peak.
func BenchmarkUnroll(b *testing.B) {
	for _, tile := range []struct {
		isa           string
		lanes, pixels int
	}{{"avx512", 16, 14}, {"avx2", 8, 6}, {"neon", 4, 12}} {
		f := parseKernels(b, "sum", tileSum(tile.lanes, tile.pixels))[0]
		for _, alignBytes := range []int{0, 64} {
			for _, times := range []int{1, 2, 4} {
				b.Run(fmt.Sprintf("isa=%s/align=%d/times=%d", tile.isa, alignBytes, times), func(b *testing.B) {
					benchmarkUnroll(b, tile.isa, f, alignBytes, times)
				})
			}
		}
	}
}

func benchmarkUnroll(b *testing.B, isa string, f *loopir.Func, alignBytes, times int) {
	target := testTarget(b, isa)
	target.LoopAlignBytes = alignBytes
	const most = 1000 // statements
	unrolled := loopir.PromoteAll([]*loopir.Func{f}, loopir.Unroll{Times: times, Statements: most})
	k, v := load(b, testBackend(b), target, backends.Options{}, unrolled...).kernel(b, f.Name), newInvocation(f, 1)
	for b.Loop() {
		v.run(k, f.Chunks())
	}
	const channels = 2 * 64
	flops := 2 * f.Chunks() * channels * f.Params[2].Elems()
	b.ReportMetric(float64(flops)*float64(b.N)/float64(b.Elapsed().Nanoseconds()), "gflops/s")
}
