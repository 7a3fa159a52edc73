package passes

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"nncc/ir"
	"nncc/ir/interp"
	"nncc/ir/irtest"
)

// The seeds are the texts of testdata/passes. Any graph that parses must come out of the passes valid, and nothing may
// panic, the interpreter included.
func FuzzPasses(f *testing.F) {
	files, err := filepath.Glob("../../testdata/passes/*.nnir")
	require.NoError(f, err)
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(f, err)
		f.Add(string(text))
	}
	f.Fuzz(func(t *testing.T, text string) {
		g, err := ir.Parse("fuzz", text)
		if err != nil || !small(g) {
			return
		}
		before := g.Clone()
		_, failed := Run(g, Options{})
		if failed != nil { // folding met an error that running would meet as well, if the result was used
			return
		}
		require.NoError(t, ir.Verify(g))
		want, err := interp.Run(before, irtest.Inputs(before, 1), interp.Options{})
		if err != nil {
			return
		}
		got, err := interp.Run(g, irtest.Inputs(before, 1), interp.Options{})
		require.NoError(t, err)
		for i := range want {
			require.Equal(t, want[i].Shape, got[i].Shape)
		}
	})
}

// small reports whether the graph is quick to evaluate.
func small(g *ir.Graph) bool {
	elems := 0
	for _, v := range g.Inputs {
		elems += v.Type.Elems()
	}
	for _, n := range g.Nodes {
		elems += n.Out().Type.Elems()
	}
	return elems < 1<<16 && g.FLOPs() < 1<<20
}
