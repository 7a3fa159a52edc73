package loopir

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// Any text is either refused with places or prints as text that reads back the same; nothing panics or takes long.
func FuzzParse(f *testing.F) {
	files, err := filepath.Glob("testdata/*/*.loop")
	require.NoError(f, err)
	require.NotEmpty(f, files)
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(f, err)
		f.Add(string(text))
	}
	for seed := range uint64(5) {
		f.Add(generateFunc(rand.New(rand.NewPCG(seed, 11)), nil).String())
	}
	f.Fuzz(func(t *testing.T, text string) {
		funcs, err := Parse("fuzz.loop", text)
		if err != nil {
			require.Empty(t, funcs)
			require.NotEmpty(t, describe(err, "fuzz.loop", text))
			return
		}
		for _, g := range funcs {
			if Verify(g) == nil {
				g.ScratchBytes()
			}
		}
		out := printed(t, funcs...)
		again, err := Parse("again.loop", out)
		require.NoError(t, err, out)
		require.Equal(t, out, printed(t, again...))
	})
}
