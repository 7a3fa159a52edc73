package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestByteSize(t *testing.T) {
	for text, want := range map[string]byteSize{
		"1": 1, "4096": 4096, "12B": 12, "400kB": 400_000, "400 KB": 400_000, "2MB": 2_000_000, "1.5GiB": 3 << 29, "1mib": 1 << 20, " 3TB ": 3e12,
	} {
		var b byteSize
		require.NoError(t, b.Set(text), text)
		require.Equal(t, want, b, text)
	}
	for _, text := range []string{"", "0", "0.5", "-1", "kB", "1XB", "1e30GB", "NaN", "InfB", "2 M", "1,5MB"} {
		var b byteSize
		require.Error(t, b.Set(text), text)
	}
}
