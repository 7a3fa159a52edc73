package lower_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"nncc/codegen/loopir"
	"nncc/codegen/lower"
	"nncc/codegen/sched"
	"nncc/ir"
)

// Whatever graph is valid, it is lowered to kernels whose addresses are proved, or refused with an error.
func FuzzLower(f *testing.F) {
	files, err := filepath.Glob("../../testdata/lower/*.nnir")
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
		for _, target := range sched.Targets {
			res, err := lower.Lower(g, sched.Assign(g, target), &lower.Packs{})
			if err != nil {
				continue
			}
			for _, s := range slices.Concat(res.Init, res.Steps) {
				require.NoError(t, loopir.Verify(s.Func), "%v", s.Func)
			}
		}
	})
}

// small keeps away graphs that take long: the size of kernels must not depend on that of tensors, but packing does.
func small(g *ir.Graph) bool {
	elems := 0
	for _, v := range g.Inputs {
		elems += v.Type.Elems()
	}
	for _, n := range g.Nodes {
		for _, v := range n.Outputs {
			elems += v.Type.Elems()
		}
	}
	return elems < 1<<16
}
