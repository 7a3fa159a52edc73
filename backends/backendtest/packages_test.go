package backendtest

import (
	"os"
	osexec "os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"nncc/backends/all"
	"nncc/backends/gohost"
	"nncc/codegen"
	"nncc/ir/interp"
	"nncc/ir/irtest"
	"nncc/runtime/exec/exectest"
)

// TestPackages has networks written as packages of all variants and runs the packages' own tests, which compare with what
// the interpreter computed: on this machine, and where processors of other kinds can be emulated.
func TestPackages(t *testing.T) {
	for _, network := range []struct{ name, model, tests string }{
		{"lenet", "lenet.json", "."},
		{"resnet20", "resnet20/model.json", "TestVectors|Example"}, // all would take minutes under an emulator
	} {
		t.Run(network.name, func(t *testing.T) {
			dir := writePackage(t, network.model)
			for _, system := range []struct {
				goos, goarch string
				isas         []string
			}{
				{"linux", "amd64", []string{"avx512", "avx2", "portable"}},
				{"linux", "arm64", []string{"neon", "portable"}},
				{"js", "wasm", []string{"portable"}},
			} {
				t.Run(system.goos+"-"+system.goarch, func(t *testing.T) {
					runner := exectest.Runner(t, system.goos, system.goarch)
					cmd := osexec.Command("go", "test", "-v", "-run", network.tests, "-exec", runner, ".")
					cmd.Dir = dir
					cmd.Env = append(os.Environ(), "GOOS="+system.goos, "GOARCH="+system.goarch, "GOWORK=off", "GOFLAGS=", "CGO_ENABLED=0", "NNCC_ISA=")
					out, err := cmd.CombinedOutput()
					require.NoError(t, err, "%s", out)
					for _, isa := range system.isas {
						require.Regexp(t, "(PASS|SKIP): TestVectors/"+isa+" ", string(out))
					}
				})
			}
		})
	}
}

// writePackage writes a model as a package in a module of its own and returns the folder.
func writePackage(t *testing.T, name string) string {
	t.Helper()
	usable, missing := all.Available()
	if len(missing) > 0 {
		t.Skip(missing)
	}
	g := loadModel(t, models+name)
	inputs := irtest.Inputs(g, 1)
	want, err := interp.Run(g, inputs, interp.Options{})
	require.NoError(t, err)
	fused, err := optimised(g)
	require.NoError(t, err)
	p, err := codegen.Compile(fused, codegen.Options{Backends: usable, Separate: true, Verify: true})
	require.NoError(t, err)
	var vector gohost.TestVector
	for _, x := range inputs {
		vector.Inputs = append(vector.Inputs, x.Data)
	}
	for _, y := range want {
		vector.Outputs = append(vector.Outputs, y.Data)
	}
	files, err := gohost.Emit(p, gohost.EmitOptions{Package: "network", Vectors: []gohost.TestVector{vector}})
	require.NoError(t, err)
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module example\n\ngo 1.26\n"), 0o644))
	require.NoError(t, gohost.Write(t.Context(), dir, files, false))
	return dir
}
