package frontend

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

const graphText = "// a comment\ngraph tiny {\n  input %x: f32[1, 3]\n  %y = relu(%x)\n  output %y\n}\n"

// onnxModel is a serialised ModelProto: relu of a float tensor [1, 3], operator set 17.
const onnxModel = "\x08\x08:;\n\f\n\x01x\x12\x01y\"\x04Relu\x12\x01gZ\x13\n\x01x\x12\x0e\n\f\b\x01\x12\b\n\x02\b\x01\n\x02\b\x03" +
	"b\x13\n\x01y\x12\x0e\n\f\b\x01\x12\b\n\x02\b\x01\n\x02\b\x03B\x04\n\x00\x10\x11"

// TestLoadFormats reads one model of each format under names that tell, and that do not.
func TestLoadFormats(t *testing.T) {
	lenet, err := os.ReadFile("../testdata/models/lenet.json")
	require.NoError(t, err)
	for _, c := range []struct {
		name, content, graph string
	}{
		{"m.json", string(lenet), "lenet"}, {"json", string(lenet), "lenet"},
		{"m.nnir", graphText, "tiny"}, {"m.txt", graphText, "tiny"}, {"m.NNIR", graphText, "tiny"},
		{"m.onnx", onnxModel, "m"}, {"blob", onnxModel, "blob"},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), c.name)
			require.NoError(t, os.WriteFile(path, []byte(c.content), 0o644))
			g, err := Load(path, Options{})
			require.NoError(t, err)
			require.Equal(t, c.graph, g.Name)
		})
	}
}

func TestLoadErrors(t *testing.T) {
	dir := t.TempDir()
	write := func(name, content string) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte(content), 0o644))
		return path
	}
	text := write("m.nnir", graphText)
	for _, c := range []struct {
		path    string
		options Options
		want    string
	}{
		{write("m.bin", "\x89PNG"), Options{}, "not a model; expected .onnx, .json or .nnir"},
		{write("empty", ""), Options{}, "not a model; expected .onnx, .json or .nnir"},
		{dir, Options{}, "is a folder; name the model file in it: m.nnir"},
		{text, Options{Dims: map[string]int{"N": 1}}, "only ONNX models have dimensions"},
		{filepath.Join(dir, "absent.onnx"), Options{}, "no such file"},
	} {
		_, err := Load(c.path, c.options)
		require.ErrorContains(t, err, c.want)
	}
}
