//go:build linux || darwin || freebsd || netbsd || openbsd

package api

import (
	"os"
	"syscall"
)

// mapFile maps the first bytes of a file, to be read.
func mapFile(f *os.File, bytes int) weightsMemory {
	file, err := syscall.Mmap(int(f.Fd()), 0, bytes, syscall.PROT_READ, syscall.MAP_SHARED)
	if err != nil {
		return weightsMemory{}
	}
	return weightsMemory{file, func() { _ = syscall.Munmap(file) }} // fails only for memory that is not mapped
}
