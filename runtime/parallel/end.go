package parallel

import (
	"fmt"
	"runtime/debug"
)

// Panic is a panic of another goroutine.
type Panic struct {
	Value any
	Stack []byte // of that goroutine
}

// String is that of the value.
func (p *Panic) String() string { return fmt.Sprint(p.Value) }

// StackOf is where a panic happened that has just been recovered.
func StackOf(recovered any) []byte {
	if p, ok := recovered.(*Panic); ok {
		return p.Stack
	}
	return debug.Stack()
}

// end is how a function ended.
type end struct {
	err   error
	panic *Panic
}

// run calls f.
func run(f func() error) (e end) {
	defer func() {
		switch p := recover().(type) {
		case nil:
		case *Panic:
			e.panic = p // of a goroutine that this one waited for
		default:
			e.panic = &Panic{p, StackOf(p)}
		}
	}()
	e.err = f()
	return e
}

// result panics if f did.
func (e end) result() error {
	if e.panic != nil {
		panic(e.panic)
	}
	return e.err
}

// first is the result of the first that failed.
func first(ends []end) error {
	for _, e := range ends {
		if err := e.result(); err != nil {
			return err
		}
	}
	return nil
}
