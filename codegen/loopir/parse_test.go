package loopir

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"nncc/ir/diag"
)

var update = flag.Bool("update", false, "write the golden files")

// golden compares got with a file, or writes it with -update.
func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(got), 0o644))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, string(want), got)
}

func printed(t *testing.T, funcs ...*Func) string {
	t.Helper()
	var b strings.Builder
	require.NoError(t, Print(&b, funcs...))
	return b.String()
}

// describe is err as the command line shows it.
func describe(err error, file, text string) string {
	var b strings.Builder
	if err != nil {
		diag.Fprint(&b, err, func(name string) (string, bool) { return text, name == file })
	}
	return b.String()
}

// Each file prints as its .out says, which in turn prints as itself.
func TestPrintGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/print/*.loop")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			text, err := os.ReadFile(file)
			require.NoError(t, err)
			funcs, err := Parse(file, string(text))
			require.NoError(t, err)
			out := printed(t, funcs...)
			golden(t, strings.TrimSuffix(file, ".loop")+".out", out)
			again, err := Parse(file, out)
			require.NoError(t, err)
			require.Equal(t, out, printed(t, again...))
		})
	}
}

// The messages for texts with errors, all of them at once.
func TestParseErrors(t *testing.T) {
	files, err := filepath.Glob("testdata/bad/parse_*.loop")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			text, err := os.ReadFile(file)
			require.NoError(t, err)
			funcs, err := Parse(filepath.Base(file), string(text))
			require.Error(t, err)
			require.Nil(t, funcs)
			golden(t, strings.TrimSuffix(file, ".loop")+".out", describe(err, filepath.Base(file), string(text)))
		})
	}
}
