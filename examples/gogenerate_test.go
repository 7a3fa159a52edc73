// Package examples_test runs the examples as a user would.
package examples_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	// What the go command below builds: a cached result of this test is out of date when the compiler changes.
	_ "nncc/backends/all"
	_ "nncc/codegen"
	_ "nncc/frontend"
)

// TestGoGenerate builds and runs the module in gogenerate, in a copy.
func TestGoGenerate(t *testing.T) {
	nncc, err := filepath.Abs("..")
	require.NoError(t, err)
	dir := t.TempDir()
	require.NoError(t, os.CopyFS(dir, os.DirFS("gogenerate")))
	run := func(args ...string) string {
		cmd := exec.Command("go", args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOWORK=off")
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, "go %v: %s", args, out)
		return string(out)
	}
	run("mod", "edit", "-replace", "nncc="+nncc)
	run("generate")
	require.Equal(t, "a black picture is most like a 9: 0.0534\n", run("run", "."))
	run("vet", "./...")
	run("test", "./...")
	for _, arch := range []string{"amd64", "arm64"} {
		t.Setenv("GOARCH", arch)
		run("build", "-o", os.DevNull, ".")
	}
}
