package ir

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"nncc/ir/diag"
	"nncc/runtime/tensor"
)

var update = flag.Bool("update", false, "write the expected texts anew")

const testdata = "../testdata/ir"

func sources(t testing.TB) map[string]string {
	files, err := filepath.Glob(filepath.Join(testdata, "*.nnir"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	out := map[string]string{}
	for _, f := range files {
		text, err := os.ReadFile(f)
		require.NoError(t, err)
		out[f] = string(text)
	}
	return out
}

// The package comment shows the text form; it must be right.
func TestDocumentedText(t *testing.T) {
	doc, err := os.ReadFile("doc.go")
	require.NoError(t, err)
	var text strings.Builder
	for line := range strings.Lines(string(doc)) {
		if code, ok := strings.CutPrefix(line, "//\t"); ok {
			text.WriteString(code)
		}
	}
	g, err := Parse("doc.go", text.String())
	require.NoError(t, err)
	require.Len(t, g.Nodes, 4)
}

// golden compares got with a file, or writes it with -update.
func golden(t *testing.T, path, got string) {
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), got)
}

func TestRoundTrip(t *testing.T) {
	for file, text := range sources(t) {
		g, err := Parse(file, text)
		require.NoError(t, err, file)
		printed := g.String()
		again, err := Parse(file, printed)
		require.NoError(t, err, printed)
		require.Equal(t, printed, again.String())
		requireSameGraph(t, g, again)

		var short strings.Builder
		require.NoError(t, Print(&short, g, PrintOptions{Short: true}))
		golden(t, strings.TrimSuffix(file, ".nnir")+".short", short.String())
	}
}

// requireSameGraph compares everything but positions.
func requireSameGraph(t testing.TB, want, got *Graph) {
	require.Equal(t, want.Name, got.Name)
	require.Equal(t, want.Batched, got.Batched)
	require.Equal(t, want.Meta, got.Meta)
	require.Equal(t, len(want.Nodes), len(got.Nodes))
	for i, n := range want.Nodes {
		m := got.Nodes[i]
		require.Equal(t, n.Op, m.Op)
		require.Equal(t, n.Name, m.Name)
		require.Equal(t, n.Attrs, m.Attrs)
		require.Equal(t, len(n.Inputs), len(m.Inputs))
		for j := range n.Inputs {
			requireSameValue(t, n.Inputs[j], m.Inputs[j])
		}
		for j := range n.Outputs {
			requireSameValue(t, n.Outputs[j], m.Outputs[j])
		}
		if n.Body != nil {
			requireSameGraph(t, n.Body, m.Body)
		}
	}
	require.Equal(t, len(want.States), len(got.States))
	for i, s := range want.States {
		require.Equal(t, s.Name, got.States[i].Name)
		requireSameValue(t, s.In, got.States[i].In)
		requireSameValue(t, s.Out, got.States[i].Out)
		require.True(t, s.Init.Equal(got.States[i].Init), s.Name)
	}
	require.Equal(t, len(want.Outputs), len(got.Outputs))
	for i, o := range want.Outputs {
		require.Equal(t, o.Name, got.Outputs[i].Name)
		requireSameValue(t, o.Value, got.Outputs[i].Value)
	}
}

func requireSameValue(t testing.TB, want, got *Value) {
	if want == nil {
		require.Nil(t, got)
		return
	}
	require.Equal(t, want.Name, got.Name)
	require.True(t, want.Type.Equal(got.Type))
	require.Equal(t, want.IsConst(), got.IsConst())
	if want.IsConst() {
		require.True(t, want.Const.Equal(got.Const), want.Name)
	}
}

// Texts that must be refused, with every message.
func TestParseErrors(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(testdata, "errors", "*.nnir"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, f := range files {
		text, err := os.ReadFile(f)
		require.NoError(t, err)
		name := filepath.Base(f)
		_, err = Parse(name, string(text))
		require.Error(t, err, f)
		var out strings.Builder
		diag.Fprint(&out, err, func(file string) (string, bool) { return string(text), file == name })
		golden(t, strings.TrimSuffix(f, ".nnir")+".want", out.String())
	}
}

func TestConstLimit(t *testing.T) {
	text := "graph g {\n input %x: f32[4]\n const %c: f32[4] = zeros\n %y = add(%x, %c)\n output %y\n}"
	_, err := parse("f", text, 16)
	require.NoError(t, err)
	_, err = parse("f", text, 15)
	require.ErrorContains(t, err, "f:3:21: the constants take more than")
}

// The generator is part of the format: these values must never change.
func TestUniform(t *testing.T) {
	u := Uniform(tensor.F32, 1, -1, 1, 4)
	require.Equal(t, []float32{0.13312304, 0.49156344, 0.9420054, -0.11128163}, u.F32s())
}

// The seeds are the texts of testdata/ir, good and broken. Whatever the input, Parse must not panic, and what it
// accepts must print and read back the same.
func FuzzParse(f *testing.F) {
	for _, text := range sources(f) {
		f.Add(text)
	}
	broken, err := filepath.Glob(filepath.Join(testdata, "errors", "*.nnir"))
	require.NoError(f, err)
	for _, file := range broken {
		text, err := os.ReadFile(file)
		require.NoError(f, err)
		f.Add(string(text))
	}
	f.Fuzz(func(t *testing.T, text string) {
		g, err := parse("fuzz", text, 1<<16)
		if err != nil {
			require.NotEmpty(t, err.Error())
			return
		}
		printed := g.String()
		again, err := Parse("printed", printed)
		require.NoError(t, err, printed)
		requireSameGraph(t, g, again)
	})
}
