package onnx

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"nncc/ir"
)

// namesModel is a model whose names are code, keywords of Go, and what becomes the same once it is an identifier.
// testdata/script/names.txtar builds a package of it.
func namesModel() []byte {
	const (
		first  = "x\"; func init() { panic(1) } //"
		second = "func"
		third  = "a-b"
		fourth = "a_b"
		weight = "`*/\n//go:embed names.onnx\nvar Stolen []byte /*"
		sum    = "type\x00\u2028\u202e"
		last   = "*/ import \"os\" /*"
		other  = "Predict\n\t\r"
	)
	entry := func(key, value string) msg { return msg{}.text(1, key).text(2, value) }
	hostile := "MIT\n*/\nfunc init() { panic(2) }\n/*\n//go:build ignore"
	port := func(name string) part { return input(name, float, "N", 4) }
	model := modelOf(17, part{2, msg("net\n\"*/")}, port(first), port(second), port(third), port(fourth),
		initializer(fill(weight, 4, 4)),
		nodeOf("MatMul", "//go:linkname x os.Exit\nTEXT ·k(SB), $0", []string{first, weight}, []string{sum}),
		nodeOf("Sum", "a\n\tRET\n#include \"passwd\"", []string{sum, second, third}, []string{"init"}),
		nodeOf("Softmax", "\\\"%s%n${PATH}`id`", []string{"init"}, []string{last}),
		nodeOf("Sub", "", []string{"init", fourth}, []string{other}),
		nodeOf("Relu", "go", []string{other}, []string{"日本語 名前"}),
		output(last), output(other), output("日本語 名前"))
	return msg(model).bytes(14, entry("license", hostile)).bytes(14, entry("author", hostile))
}

// TestHostileNames imports the model; -update writes the file that the script builds.
func TestHostileNames(t *testing.T) {
	const file = "../../testdata/models/names.onnx"
	if *update {
		require.NoError(t, os.WriteFile(file, namesModel(), 0o644))
	}
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, namesModel(), data, "run with -update")
	g, err := Load(file, Options{})
	require.NoError(t, err)
	again, err := ir.Parse("text", g.String())
	require.NoError(t, err)
	require.Equal(t, g.String(), again.String())
}
