package gohost

import (
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"nncc/backends/gohost/internal/bundle"
)

// Helpers of kernels and the runtime are in one package: their names differ.
func TestHelperNames(t *testing.T) {
	declared := regexp.MustCompile(`(?m)^(?:func|type) (nncc\w+)`)
	files, err := bundle.Unpack(packageArchive)
	require.NoError(t, err)
	taken := map[string]string{}
	for file, text := range files {
		for _, m := range declared.FindAllStringSubmatch(string(text), -1) {
			taken[m[1]] = file
		}
	}
	require.Contains(t, taken, "nnccPick")
	for _, m := range declared.FindAllStringSubmatch(kernelMath, -1) {
		require.NotContains(t, taken, m[1])
	}
}
