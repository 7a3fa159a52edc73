// Package examples_test runs the examples as a user would.
package examples_test

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestGoGenerate builds and runs the module in gogenerate.
func TestGoGenerate(t *testing.T) {
	m := copyModule(t, t.TempDir(), "gogenerate")
	m.run("generate")
	require.Equal(t, "a black picture is most like a 9: 0.0534\n", m.run("run", "."))
	m.run("vet", "./...")
	m.run("test", "./...")
	for _, arch := range []string{"amd64", "arm64"} {
		t.Setenv("GOARCH", arch)
		m.run("build", "-o", os.DevNull, ".")
	}
}
