package exec

import (
	"errors"
	"fmt"
	"sync"
)

// ErrNoExec is wrapped by the error of [MapCode] where the operating system, its configuration or the architecture does
// not allow memory to be made executable.
var ErrNoExec = errors.New("exec: executable memory is not available")

// Code is machine code in executable memory of its own. Code that is linked into the binary needs none: its kernels'
// entries are addresses of assembly symbols.
type Code struct {
	mu    sync.Mutex
	base  uintptr
	size  int
	unmap func() error
}

// MapCode copies position-independent machine code into fresh pages and makes them readable and executable; they are
// never writable and executable at once. The code begins at a page boundary.
func MapCode(blob []byte) (*Code, error) {
	if len(blob) == 0 {
		return nil, errors.New("exec: no machine code to map")
	}
	if !nativeCalls {
		return nil, fmt.Errorf("%w: no native calls on this architecture", ErrNoExec)
	}
	base, unmap, err := mapExecutable(blob)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoExec, err)
	}
	return &Code{base: base, size: len(blob), unmap: unmap}, nil
}

// Entry returns the absolute address of the byte at offset, for Kernel.Entry. It returns 0, which no variant accepts,
// for an offset outside the code and after Close.
func (c *Code) Entry(offset int) uintptr {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.base == 0 || offset < 0 || offset >= c.size {
		return 0
	}
	return c.base + uintptr(offset)
}

// Close unmaps the code. No kernel in it may be running or run again. A second Close does nothing.
func (c *Code) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.base == 0 {
		return nil
	}
	c.base = 0
	if err := c.unmap(); err != nil {
		return fmt.Errorf("exec: unmap code: %w", err)
	}
	return nil
}
