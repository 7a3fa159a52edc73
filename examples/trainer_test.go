package examples_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
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
