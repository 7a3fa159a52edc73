package gohost

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"nncc/codegen/loopir"
	"nncc/runtime/exec"
)

// tileConv is a 3x3 convolution, 64 to 64 channels at 12x12, blocked by 16 channels, with a register tile of pixels times
// channels: what the portable schedules choose from.
func tileConv(pixels, channels int) string {
	return fmt.Sprintf(`
func conv_%[1]dx%[2]d(in: f32[4, 14, 14, 16], w: f32[4, 4, 3, 48, 16], bias: f32[4, 16], out: mut f32[4, 12, 12, 16]) grid(g: 4, s: %[3]d, y: 12) {
  for x = 0 to 12 step %[1]d {
    reg acc: f32[%[1]d, %[2]d]
    unroll n = 0 to %[2]d {
      let b = load bias[g, %[2]d*s + n]
      unroll p = 0 to %[1]d { acc[p, n] = b }
    }
    for ic = 0 to 4 {
      for ky = 0 to 3 {
        for k = 0 to 48 {
          reg wk: f32[%[2]d]
          unroll n = 0 to %[2]d { wk[n] = load w[g, ic, ky, k, %[2]d*s + n] }
          unroll p = 0 to %[1]d {
            let a = load in[ic, y + ky, x + p, k]
            unroll n = 0 to %[2]d { acc[p, n] = fma(a, wk[n], acc[p, n]) }
          }
        }
      }
    }
    unroll n = 0 to %[2]d {
      unroll p = 0 to %[1]d { store out[g, y, x + p, %[2]d*s + n] = max(acc[p, n], f32(0)) }
    }
  }
}`, pixels, channels, 16/channels)
}

// BenchmarkTiles compares register tiles. The time is that of the kernel in the process.
func BenchmarkTiles(b *testing.B) {
	tiles := [][2]int{{1, 1}, {1, 4}, {1, 8}, {2, 2}, {2, 4}, {4, 2}, {3, 2}, {3, 4}, {4, 1}, {6, 1}, {6, 2}, {4, 4}, {12, 1}}
	var text string
	for _, t := range tiles {
		text += tileConv(t[0], t[1])
	}
	funcs := parseKernels(b, "tiles", text)
	p := start(b, programOf(b, funcs...))
	in, err := p.Open(0, exec.Options{Threads: 1})
	require.NoError(b, err)
	defer in.Close()
	const flops = 2 * 64 * 64 * 9 * 12 * 12
	for i, f := range funcs {
		b.Run(f.Name[len("conv_"):], func(b *testing.B) {
			rows, err := in.BenchLayers(1, b.N)
			require.NoError(b, err)
			var times []float64
			for _, row := range rows {
				times = append(times, float64(row[i]))
			}
			b.ReportMetric(flops/slices.Min(times), "gflops/s")
		})
	}
}

// TestTiles checks the sums of two of the tiles.
func TestTiles(t *testing.T) {
	funcs := parseKernels(t, "tiles", tileConv(2, 4)+tileConv(3, 2))
	p := start(t, programOf(t, funcs...))
	in, err := p.Open(0, exec.Options{})
	require.NoError(t, err)
	run(t, in, funcs, 1, fillNormal(newRand(), 0.1), func(_ *loopir.Func, want, got []byte) {
		require.InDeltaSlice(t, floats(want), floats(got), 1e-4)
	})
}
