package sidefile

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestBytes reads parts that are mapped and parts that are not, at places that are no multiples of a page.
func TestBytes(t *testing.T) {
	path := filepath.Join(t.TempDir(), "weights")
	content := make([]byte, 3*mappedBytes)
	for i := range content {
		content[i] = byte(i * i >> 8)
	}
	require.NoError(t, os.WriteFile(path, content, 0o644))
	f, err := os.Open(path)
	require.NoError(t, err)
	var parts [][]byte
	places := [][2]int{{0, mappedBytes}, {12345, 2 * mappedBytes}, {mappedBytes + 1, 10}, {0, len(content)}, {7, 0}}
	for _, p := range places {
		part, err := Bytes(f, int64(p[0]), p[1])
		require.NoError(t, err)
		parts = append(parts, part)
	}
	require.NoError(t, f.Close())
	for i, p := range places {
		require.True(t, bytes.Equal(content[p[0]:p[0]+p[1]], parts[i]), p)
	}
	_, err = Bytes(f, 0, 10)
	require.Error(t, err)
}
