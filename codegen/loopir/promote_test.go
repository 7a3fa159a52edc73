package loopir

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Each file promotes to its .out, which parses, and computes the same. "// unroll T S" in front asks for an Unroll.
func TestPromoteGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/promote/*.loop")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			text, err := os.ReadFile(file)
			require.NoError(t, err)
			funcs, err := Parse(file, string(text))
			require.NoError(t, err)
			before := printed(t, funcs...)
			var u Unroll
			_, _ = fmt.Sscanf(string(text), "// unroll %d %d", &u.Times, &u.Statements)
			var promoted []*Func
			for _, f := range funcs {
				require.NoError(t, Verify(f))
				g := PromoteAll([]*Func{f}, u)[0]
				require.NoError(t, VerifyPromoted(g))
				requireSameResults(t, f, g)
				promoted = append(promoted, g)
			}
			require.Equal(t, before, printed(t, funcs...), "the source stays as it is")
			out := printed(t, promoted[len(promoted)-1])
			if len(promoted[len(promoted)-1].Callees()) == 0 {
				out = printed(t, promoted...)
			}
			golden(t, strings.TrimSuffix(file, ".loop")+".out", out)
			_, err = Parse(file, out)
			require.NoError(t, err)
		})
	}
}

func TestPromoteSharesCallees(t *testing.T) {
	leaf := NewBuilder("leaf")
	leaf.Store(leaf.Out("out", F32, 1), Num(Scalar(F32), 1), C(0))
	b := NewBuilder("twice")
	out := b.Out("out", F32, 2)
	b.Unroll("k", 0, 2, func(k Index) { b.Call(leaf.Func(), out.From(k)) })
	g := Promote(b.Func())
	require.Len(t, g.Callees(), 1)
	require.NotSame(t, leaf.Func(), g.Callees()[0])
}

// requireSameResults interprets both functions on the same random memory.
func requireSameResults(t *testing.T, f, g *Func) {
	t.Helper()
	const batch = 2
	want, got := randomArgs(f, batch), randomArgs(f, batch)
	require.NoError(t, Interpret(f, want, batch))
	require.NoError(t, Interpret(g, got, batch))
	for i := range want {
		require.Equal(t, want[i], got[i], "parameter %s of %s", f.Params[i].Name, f.Name)
	}
}

// randomArgs is memory for the parameters of f: always the same, and floats of moderate size.
func randomArgs(f *Func, batch int) [][]byte {
	rng := rand.New(rand.NewPCG(5, 6))
	args := make([][]byte, len(f.Params))
	for i, p := range f.Params {
		n := p.Elems()
		if p.Batched() {
			n *= batch
		}
		args[i] = f32Bytes(randomF32(rng, n)...)
	}
	return args
}
