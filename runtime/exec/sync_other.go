//go:build !arm64

package exec

// syncInstructions does nothing: instruction fetch sees what was written.
func syncInstructions(_, _ uintptr) {}
