package onnx

import (
	"os"
	"path/filepath"
	"testing"

	"nncc/ir"
)

// FuzzImport checks that no input makes the importer panic, and that what it accepts is a valid graph.
func FuzzImport(f *testing.F) {
	broken, err := filepath.Glob(filepath.Join(errorDir, "*.onnx"))
	if err != nil || len(broken) == 0 {
		f.Fatal("no broken models", err)
	}
	for _, file := range broken {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	for _, c := range operatorCases {
		f.Add(c.model())
	}
	f.Add(namesModel())
	f.Add(withFunctions(modelOf(17, x, callOf("F", "c", []string{"x"}, y, attrInt("axis", 1)), output("y")),
		functionOf("F", []string{"a"}, []string{"b"}, attrName("axis"), nodeOf("Softmax", "", []string{"a"}, []string{"b"}, attrRef("axis", "axis", kindInt)))))
	f.Add(modelOf(17, input("x", float, 2, 1, 3), initializer(fill("w", 1, 8, 3)), initializer(fill("r", 1, 8, 2)), input("h", float, 1, 1, 2), input("c", float, 1, 1, 2),
		nodeOf("LSTM", "", []string{"x", "w", "r", "", "", "h", "c"}, []string{"", "y"}), output("y")))
	f.Add(modelOf(17, input("x", float, 1, 2, 3), initializer(fill("w", 2, 6, 3)), initializer(fill("r", 2, 6, 2)), initializer(fill("b", 2, 12)),
		nodeOf("GRU", "", []string{"x", "w", "r", "b"}, y, attrString("direction", "bidirectional"), attrInt("layout", 1), attrInt("linear_before_reset", 1)), output("y")))
	for _, parts := range batchCases() {
		f.Add(modelOf(17, append(parts, x, output("y"))...))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		g, err := Parse(data, "fuzz.onnx", Options{})
		if err != nil {
			return
		}
		if err := ir.Verify(g); err != nil {
			t.Fatal(err)
		}
	})
}
