package examples_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	// What the go command builds in the copies: cached results of these tests are out of date when the compiler changes.
	_ "nncc/backends/all"
	_ "nncc/codegen"
	_ "nncc/frontend"
)

// module is a copy of an example that is a module of its own.
type module struct {
	t   *testing.T
	dir string
}

// copyModule copies examples/NAME to where it lies below root, as a user would have it beside a checkout.
func copyModule(t *testing.T, root, name string) *module {
	t.Helper()
	nncc, err := filepath.Abs("..")
	require.NoError(t, err)
	m := &module{t, filepath.Join(root, "examples", name)}
	require.NoError(t, os.CopyFS(m.dir, os.DirFS(name)))
	m.run("mod", "edit", "-replace", "nncc="+nncc)
	return m
}

// run runs the go command without cgo, and returns what it prints.
func (m *module) run(args ...string) string {
	m.t.Helper()
	cmd := exec.Command("go", args...)
	cmd.Dir = m.dir
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOWORK=off")
	out, err := cmd.CombinedOutput()
	require.NoError(m.t, err, "go %v: %s", args, out)
	return string(out)
}
