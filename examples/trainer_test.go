package examples_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"nncc/runtime/exec/exectest"
)

// TestTrainer builds the module in trainer, whose program learns to tell shapes apart.
func TestTrainer(t *testing.T) {
	m := copyModule(t, t.TempDir(), "trainer")
	m.run("generate")
	out := m.run("run", ".")
	require.Regexp(t, `(?m)^step   1: loss 1\.[01]\d\d, +\d+ of 32 right$`, out)
	require.Regexp(t, `(?m)^step 300: loss 0\.[01]\d\d, (3[0-2]|29) of 32 right$`, out)
	require.Regexp(t, `(?m)^new pictures: (3[0-2]|29) of 32 right$`, out)
	_, err := os.Stat(filepath.Join(m.dir, "shapes.safetensors"))
	require.NoError(t, err)
}

// TestTrainerOnARM64 has the generated package's own tests compare steps of training on an emulated processor.
func TestTrainerOnARM64(t *testing.T) {
	runner := exectest.Runner(t, "linux", "arm64")
	m := copyModule(t, t.TempDir(), "trainer")
	m.run("generate")
	t.Setenv("GOARCH", "arm64")
	out := m.run("test", "-v", "-run", "TestLosses", "-exec", runner, "./shapes")
	require.Contains(t, out, "PASS: TestLosses/neon ")
}
