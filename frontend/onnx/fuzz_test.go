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
