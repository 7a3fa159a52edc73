// Package parallel runs functions in goroutines of their own. Whoever starts them also gets their panics: a panic in one
// goes on, as a *Panic, in the goroutine that waits for it.
package parallel

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// Start starts f, and returns a function that waits for its end and returns its error. Wait may be called once.
func Start(f func() error) (wait func() error) {
	ended := make(chan end, 1)
	go func() {
		var e end
		defer func() { ended <- e }()
		e = run(f)
	}()
	return func() error { return (<-ended).result() }
}

// All calls do for 0 to n-1, all at once. The error, or the panic, is that of the lowest number: the same one every time.
func All(n int, do func(i int) error) error {
	ends := make([]end, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { ends[i] = run(func() error { return do(i) }) })
	}
	wg.Wait()
	return first(ends)
}

// Each is All, as many at once as there are processors.
func Each(n int, do func(i int) error) error {
	ends := make([]end, n)
	var next atomic.Int64
	_ = All(processors(n), func(int) error {
		for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
			ends[i] = run(func() error { return do(i) })
		}
		return nil
	})
	return first(ends)
}

// Ranges calls do for ranges that cover 0 to n-1, one for each processor.
func Ranges(n int, do func(first, end int)) {
	parts := processors(n)
	_ = All(parts, func(p int) error {
		do(p*n/parts, (p+1)*n/parts)
		return nil
	})
}

// processors are how many of them n pieces of work can use.
func processors(n int) int { return min(n, runtime.GOMAXPROCS(0)) }
