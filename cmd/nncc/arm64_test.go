package main

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"nncc/ir"
	"nncc/runtime/data"
	"nncc/runtime/exec/exectest"
	"nncc/runtime/tensor"
)

// TestOnARM64 runs nncc itself on arm64: it compiles a LeNet for NEON, maps the code, and computes what the interpreter
// does.
func TestOnARM64(t *testing.T) {
	runner := exectest.Runner(t, "linux", "arm64")
	dir := t.TempDir()
	binary, input := filepath.Join(dir, "nncc"), filepath.Join(dir, "x.npy")
	build := exec.Command("go", "build", "-o", binary, ".")
	build.Env = append(build.Environ(), "GOOS=linux", "GOARCH=arm64", "CGO_ENABLED=0")
	out, err := build.CombinedOutput()
	require.NoError(t, err, "%s", out)
	require.NoError(t, data.WriteNPY(input, ir.Uniform(tensor.F32, 1, -1, 1, 1, 3, 32, 32)))
	nncc := func(args ...string) string {
		command := append(strings.Fields(runner), append([]string{binary}, args...)...)
		cmd := exec.Command(command[0], command[1:]...)
		cmd.Env = append(cmd.Environ(), "NNCC_ISA=", "NNCC_CACHE=off")
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, "%s", out)
		return string(out)
	}
	version := nncc("version")
	require.Regexp(t, `(?m)^isas +neon$`, version)
	require.Regexp(t, `(?m)^tool +llc`, version)
	var results []*tensor.Tensor
	for _, backend := range []string{backendCPU, backendInterp} {
		output := filepath.Join(dir, backend+".npy")
		nncc("run", "../../testdata/models/lenet.json", "--input", input, "--backend", backend, "--output", output)
		y, err := data.ReadNPY(output)
		require.NoError(t, err)
		results = append(results, y)
	}
	d, err := compare(results[1], results[0])
	require.NoError(t, err)
	require.LessOrEqual(t, d.relative, 1e-5, "%v", d)
}
