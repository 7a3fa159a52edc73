package main

// concurrently starts f, and returns a function that waits for its end. A panic of f goes on in the goroutine that waits.
func concurrently(f func() error) (wait func() error) {
	type end struct {
		err   error
		panic any
	}
	ended := make(chan end, 1)
	go func() {
		var e end
		defer func() {
			e.panic = recover()
			ended <- e
		}()
		e.err = f()
	}()
	return func() error {
		e := <-ended
		if e.panic != nil {
			panic(e.panic)
		}
		return e.err
	}
}
