//go:build !(amd64 || arm64)

package exec

import "unsafe"

// nativeCalls says whether this architecture has a trampoline.
const nativeCalls = false

// callNative is never reached: the check of a variant refuses native kernels where there is no trampoline.
func callNative(_ int, _ uintptr, _ *unsafe.Pointer, _, _ int, _ unsafe.Pointer) {}
