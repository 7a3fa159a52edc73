//go:build !(linux && amd64)

package exec

// requestAMX declines: AMX is used only where the permission protocol is known.
func requestAMX() bool { return false }
