// Package frontend reads models of every format into graph IR.
package frontend

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"nncc/frontend/modeljson"
	"nncc/frontend/onnx"
	"nncc/ir"
)

// Options say what a model leaves open.
type Options struct {
	// Dims gives sizes to symbolic dimensions of an ONNX model's inputs by name. A dimension without a name is called after
	// its input and place: "image.2".
	Dims map[string]int
	// Seed replaces the seed of a model.json whose parameters are random; nil keeps it.
	Seed *int
}

// maxTextBytes bounds a file of IR text; weights make it long.
const maxTextBytes = 1 << 30

// format is one of the formats of models.
type format uint8

const (
	unknownFormat format = iota
	onnxFormat
	jsonFormat
	textFormat
)

// Load reads a model: .onnx, .json (docs/model.json.md) or .nnir (the text form of package ir). Files with another
// extension are told apart by their first bytes. Problems of the model come as a *diag.List or *diag.Error with their places.
func Load(path string, o Options) (*ir.Graph, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, err
	case info.IsDir():
		return nil, fmt.Errorf("%s is a folder; name the model file in it%s", path, modelsIn(path))
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s is not a regular file", path)
	}
	f, err := formatOf(path)
	if err != nil {
		return nil, err
	}
	if f != onnxFormat && o.Dims != nil {
		return nil, fmt.Errorf("%s: only ONNX models have dimensions to choose", path)
	}
	switch f {
	case onnxFormat:
		return onnx.Load(path, onnx.Options{Dims: o.Dims})
	case jsonFormat:
		return modeljson.Load(path, modeljson.Options{Seed: o.Seed})
	case textFormat:
		return loadText(path, info.Size())
	}
	return nil, fmt.Errorf("%s: not a model; expected .onnx, .json or .nnir", path)
}

func loadText(path string, size int64) (*ir.Graph, error) {
	if size > maxTextBytes {
		return nil, fmt.Errorf("%s: %d bytes, at most %d are supported", path, size, maxTextBytes)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return ir.Parse(path, string(text))
}

// formatOf goes by the extension, or the first bytes where that is unknown.
func formatOf(path string) (format, error) {
	switch strings.ToLower(filepath.Ext(path)) {
	case ".onnx":
		return onnxFormat, nil
	case ".json":
		return jsonFormat, nil
	case ".nnir":
		return textFormat, nil
	}
	f, err := os.Open(path)
	if err != nil {
		return unknownFormat, err
	}
	defer f.Close()
	start := make([]byte, 256)
	n, err := io.ReadFull(f, start)
	if err != nil && err != io.ErrUnexpectedEOF && err != io.EOF {
		return unknownFormat, err
	}
	text := bytes.TrimSpace(start[:n])
	const irVersionTag = 0x08 // ModelProto's first field, a varint, which all exporters write first
	switch {
	case bytes.HasPrefix(text, []byte("{")):
		return jsonFormat, nil
	case bytes.HasPrefix(text, []byte("graph ")), bytes.HasPrefix(text, []byte("//")):
		return textFormat, nil
	case n > 1 && start[0] == irVersionTag:
		return onnxFormat, nil
	}
	return unknownFormat, nil
}

// modelsIn names the models in a folder, for the message.
func modelsIn(dir string) string {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return ""
	}
	var names []string
	for _, e := range entries {
		switch filepath.Ext(e.Name()) {
		case ".onnx", ".json", ".nnir":
			names = append(names, e.Name())
		}
	}
	const most = 5
	if len(names) == 0 || len(names) > most {
		return ""
	}
	return ": " + strings.Join(names, ", ")
}
