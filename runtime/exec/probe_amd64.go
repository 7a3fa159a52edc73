package exec

import (
	"slices"
	"sync"
	"time"
)

// multiplyAdds does loops times twelve fused multiply-adds of sixteen float32.
//
//go:noescape
func multiplyAdds(loops int)

// dotProducts does loops times twelve dot products of sixteen pairs of bf16: as many instructions, twice the products.
//
//go:noescape
func dotProducts(loops int)

// slow reports whether code that uses the features, which are there, is slower than the same in float32: dot products of
// bf16 take as long as multiply-adds on some processors and four times as long on others, and no feature tells. Where
// there are matrix registers, those multiply.
func slow(features []string) bool {
	has := func(name string) bool { return slices.Contains(features, name) }
	return has("avx512bf16") && !has("amx-bf16") && slowDotProducts()
}

// slowDotProducts is measured once per process, in some 20 us.
var slowDotProducts = sync.OnceValue(func() bool {
	fastest := func(f func(loops int)) time.Duration {
		const tries, loops = 4, 200
		best := time.Duration(1 << 62)
		for range tries { // the first one also wakes the vector units
			start := time.Now()
			f(loops)
			best = min(best, time.Since(start))
		}
		return best
	}
	return fastest(dotProducts) > fastest(multiplyAdds)*3/2
})
