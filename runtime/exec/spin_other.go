//go:build !(amd64 || arm64)

package exec

// pause returns at once: no spin-wait hint is known for this architecture.
func pause(uint32) {}
