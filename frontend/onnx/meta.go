package onnx

import (
	"encoding/json"
	"fmt"

	"nncc/ir"
)

// Keys of a model's metadata. The first two are ONNX's; the others are what nncc puts into files that it writes, as JSON,
// because ONNX has no place for it.
const (
	LicenseKey    = "license"
	ProvenanceKey = "author"
	ClassesKey    = "nncc.classes"    // a list of names
	PreprocessKey = "nncc.preprocess" // the fields of ir.Preprocess
)

// meta is what a model's metadata say about it.
func meta(metadata map[string]string) (ir.Meta, error) {
	m := ir.Meta{License: metadata[LicenseKey], Provenance: metadata[ProvenanceKey]}
	for key, to := range map[string]any{ClassesKey: &m.Classes, PreprocessKey: &m.Preprocess} {
		text, ok := metadata[key]
		if !ok {
			continue
		}
		if err := json.Unmarshal([]byte(text), to); err != nil {
			return m, fmt.Errorf("metadata %s: %w", key, err)
		}
	}
	if p := m.Preprocess; p != nil && p.Order != "" && p.Order != "rgb" && p.Order != "bgr" {
		return m, fmt.Errorf("metadata %s: order %q is neither rgb nor bgr", PreprocessKey, p.Order)
	}
	return m, nil
}
