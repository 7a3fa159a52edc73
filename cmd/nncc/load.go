package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"nncc/frontend/onnx"
	"nncc/ir"
)

// loadModel reads a model file by its extension.
func loadModel(path string, dims map[string]int) (*ir.Graph, error) {
	var g *ir.Graph
	var err error
	switch ext := strings.ToLower(filepath.Ext(path)); ext {
	case ".onnx":
		g, err = onnx.Load(path, onnx.Options{Dims: dims})
	case ".nnir":
		var text []byte
		if text, err = os.ReadFile(path); err == nil {
			g, err = ir.Parse(path, string(text))
		}
	default:
		return nil, fmt.Errorf("%s: the extension %q says no model format", path, ext)
	}
	if err != nil {
		return nil, err
	}
	ir.MarkBatched(g)
	return g, nil
}
