package exec

import (
	"testing"
	"time"
)

func skipWithoutDotProducts(tb testing.TB) {
	if !Supported([]string{"avx512f", "avx512bf16"}) {
		tb.Skip("this processor has no dot products of bf16")
	}
}

// TestProbe runs both loops, if the processor can, and logs the verdict and its time.
func TestProbe(t *testing.T) {
	skipWithoutDotProducts(t)
	start := time.Now()
	t.Logf("slow: %v, found in %v", slow([]string{"avx512bf16"}), time.Since(start))
	if !Fast([]string{"avx512f"}) {
		t.Error("float32 is slower than itself")
	}
}

// BenchmarkMultiplyAdds and BenchmarkDotProducts are the two rates that are compared.
func BenchmarkMultiplyAdds(b *testing.B) { benchmarkProbe(b, multiplyAdds) }

func BenchmarkDotProducts(b *testing.B) { benchmarkProbe(b, dotProducts) }

func benchmarkProbe(b *testing.B, f func(loops int)) {
	skipWithoutDotProducts(b)
	for b.Loop() {
		f(1000)
	}
}
