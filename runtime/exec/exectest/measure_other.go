//go:build !(amd64 || arm64)

package exectest

// measuringCode returns nothing: there are no native kernels to measure.
func measuringCode() []byte { return nil }
