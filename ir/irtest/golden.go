package irtest

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Directives reads the lines "// key: value" at the start of a text.
func Directives(text string) map[string]string {
	out := map[string]string{}
	for line := range strings.Lines(text) {
		comment, ok := strings.CutPrefix(line, "//")
		if !ok {
			break
		}
		if key, value, ok := strings.Cut(comment, ":"); ok {
			out[strings.TrimSpace(key)] = strings.TrimSpace(value)
		}
	}
	return out
}

// Golden compares got with the file at path, or writes the file if update is set.
func Golden(t testing.TB, path, got string, update bool) {
	t.Helper()
	if update {
		require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), got, "run the test with -update if the change is intended")
}
