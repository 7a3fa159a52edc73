//go:build amd64 || arm64

package exec

import "unsafe"

// nativeCalls says whether this architecture has a trampoline.
const nativeCalls = true

// The trampolines: call the System V function at entry on the goroutine's stack, with 4, 16 or 64 KB below its
// arguments. The prologue may move the goroutine's stack, so args must not point into it.

//go:noescape
func callFrame4K(entry uintptr, args *unsafe.Pointer, lo, hi int, scratch unsafe.Pointer)

//go:noescape
func callFrame16K(entry uintptr, args *unsafe.Pointer, lo, hi int, scratch unsafe.Pointer)

//go:noescape
func callFrame64K(entry uintptr, args *unsafe.Pointer, lo, hi int, scratch unsafe.Pointer)

// callNative calls native code that needs stackBytes of stack, at most MaxStackBytes.
func callNative(stackBytes int, entry uintptr, args *unsafe.Pointer, lo, hi int, scratch unsafe.Pointer) {
	switch {
	case stackBytes <= 4<<10:
		callFrame4K(entry, args, lo, hi, scratch)
	case stackBytes <= 16<<10:
		callFrame16K(entry, args, lo, hi, scratch)
	default:
		callFrame64K(entry, args, lo, hi, scratch)
	}
}
