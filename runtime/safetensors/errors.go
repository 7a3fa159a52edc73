package safetensors

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
)

// Error is one thing wrong with a file.
type Error struct {
	Tensor string // the tensor's name; empty if the problem is not one tensor's
	Byte   int    // where in the file, from 0; -1 where there is no file yet
	Msg    string
}

const noPlace = -1

// Error prints `byte 57: tensor "conv1.weight": message`.
func (e *Error) Error() string {
	s := e.Msg
	if e.Tensor != "" {
		s = fmt.Sprintf("tensor %q: %s", e.Tensor, s)
	}
	if e.Byte != noPlace {
		s = fmt.Sprintf("byte %d: %s", e.Byte, s)
	}
	return s
}

// problems collects errors, so that a user sees all of them at once. A broken file can have millions: the first ones
// are enough to find what made it, and the others are counted.
type problems struct {
	list  []*Error
	count int
}

func (p *problems) add(at int, tensor, format string, args ...any) {
	const most = 20
	p.count++
	if len(p.list) < most {
		p.list = append(p.list, &Error{tensor, at, fmt.Sprintf(format, args...)})
	}
}

// err joins the problems in the order of their places; nil if there are none.
func (p *problems) err() error {
	slices.SortStableFunc(p.list, func(a, b *Error) int { return cmp.Compare(a.Byte, b.Byte) })
	var errs []error
	for _, e := range p.list {
		errs = append(errs, e)
	}
	if more := p.count - len(p.list); more > 0 {
		errs = append(errs, fmt.Errorf("and %d more problems", more))
	}
	return errors.Join(errs...)
}
