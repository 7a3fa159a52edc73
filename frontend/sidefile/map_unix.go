//go:build unix

package sidefile

import (
	"os"
	"syscall"
)

// mapped maps a part of a file, for good.
func mapped(f *os.File, offset int64, n int) ([]byte, error) {
	before := int(offset % int64(os.Getpagesize()))
	data, err := syscall.Mmap(int(f.Fd()), offset-int64(before), before+n, syscall.PROT_READ, syscall.MAP_PRIVATE)
	if err != nil {
		return nil, err
	}
	return data[before:], nil
}
