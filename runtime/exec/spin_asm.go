//go:build amd64 || arm64

package exec

// pause idles for n > 0 of the CPU's spin-wait hints, leaving its shared resources to the sibling thread.
func pause(n uint32)
