//go:build linux || (darwin && amd64)

package exec

import (
	"fmt"
	"os"
	"syscall"
	"unsafe"
)

// mapExecutable copies blob into pages that are readable and executable.
func mapExecutable(blob []byte) (base uintptr, unmap func() error, err error) {
	page := os.Getpagesize()
	size := (len(blob) + page - 1) / page * page
	mem, err := syscall.Mmap(-1, 0, size, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_PRIVATE|syscall.MAP_ANON)
	if err != nil {
		return 0, nil, fmt.Errorf("mmap: %w", err)
	}
	copy(mem, blob)
	if err := syscall.Mprotect(mem, syscall.PROT_READ|syscall.PROT_EXEC); err != nil {
		_ = syscall.Munmap(mem)
		return 0, nil, fmt.Errorf("mprotect: %w", err)
	}
	base = uintptr(unsafe.Pointer(unsafe.SliceData(mem)))
	syncInstructions(base, uintptr(size))
	return base, func() error { return syscall.Munmap(mem) }, nil
}
