//go:build !amd64

package exec

import "runtime"

// detectFeatures returns the baseline of the architecture.
func detectFeatures() []string {
	if runtime.GOARCH == "arm64" {
		return []string{"fp-armv8", "neon"}
	}
	return nil
}
