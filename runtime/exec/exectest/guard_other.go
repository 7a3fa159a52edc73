//go:build !(linux || darwin)

package exectest

import "testing"

// Guarded returns n zeroed bytes that end directly before an inaccessible page, with another one before the page that
// they begin in: an access outside crashes the test. They begin at a multiple of 64 if n is one. The memory is freed
// when the test ends. Where the system cannot protect pages the test is skipped.
func Guarded(tb testing.TB, _ int) []byte {
	tb.Helper()
	tb.Skip("no page protection on this operating system")
	return nil
}
