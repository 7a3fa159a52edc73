//go:build linux || darwin

package exectest

import (
	"os"
	"syscall"
	"testing"
)

// Guarded returns n zeroed bytes that end directly before an inaccessible page, with another one before the page that
// they begin in: an access outside crashes the test. They begin at a multiple of 64 if n is one. The memory is freed
// when the test ends. Where the system cannot protect pages the test is skipped.
func Guarded(tb testing.TB, n int) []byte {
	tb.Helper()
	page := os.Getpagesize()
	inside := (n + page - 1) / page * page
	mem, err := syscall.Mmap(-1, 0, page+inside+page, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_PRIVATE|syscall.MAP_ANON)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := syscall.Munmap(mem); err != nil {
			tb.Error(err)
		}
	})
	for _, guard := range [][]byte{mem[:page], mem[page+inside:]} {
		if err := syscall.Mprotect(guard, syscall.PROT_NONE); err != nil {
			tb.Fatal(err)
		}
	}
	end := page + inside
	return mem[end-n : end : end]
}
