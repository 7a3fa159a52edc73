package backends

import (
	"runtime"
	"sync"
)

// Each calls do for 0 to n-1, as many at once as there are processors. The error is that of the lowest number, the same
// one every time.
func Each(n int, do func(i int) error) error {
	errs := make([]error, n)
	limit := make(chan struct{}, runtime.GOMAXPROCS(0))
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			limit <- struct{}{}
			defer func() { <-limit }()
			errs[i] = do(i)
		})
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
