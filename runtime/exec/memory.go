package exec

import "unsafe"

const (
	cacheLine = 64
	hugePage  = 2 << 20
)

// alignedBytes returns n zeroed bytes at an address that is a multiple of 64, on huge pages where there is room for one and
// the system has them: small ones lie anywhere, so that some share few sets of the cache. The memory is the garbage
// collector's, and a view of it stays valid for as long as it is held. Untouched pages of it cost nothing.
func alignedBytes(n int) []byte {
	if n == 0 {
		return nil
	}
	align := cacheLine
	if n >= hugePage {
		align = hugePage
	}
	raw := make([]byte, n+align-1)
	skip := -int(uintptr(unsafe.Pointer(unsafe.SliceData(raw)))) & (align - 1)
	mem := raw[skip : skip+n : skip+n]
	if align == hugePage {
		adviseHugePages(mem[:n/hugePage*hugePage])
	}
	return mem
}
