// Package layertest reads the cases of testdata/pytorch: layers of model.json, and what PyTorch computes for them. It is
// for tests.
package layertest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"nncc/frontend/modeljson"
	"nncc/ir"
	"nncc/runtime/safetensors"
	"nncc/runtime/tensor"
)

// Tolerance is how far a result may be from PyTorch's, relative to its largest element.
const Tolerance = 1e-5

// Case is a network of few layers.
type Case struct {
	Name   string
	Torch  string // the same in PyTorch
	Shape  []int  // of the input without the batch
	Layers json.RawMessage

	Graph *ir.Graph
	Input *tensor.Tensor
	Want  *tensor.Tensor // PyTorch's result
}

// Load reads the cases in dir. Their models and weights are written to scratch, as files are what can be loaded.
func Load(dir, scratch string) ([]*Case, error) {
	text, err := os.ReadFile(filepath.Join(dir, "layers.json"))
	if err != nil {
		return nil, err
	}
	var cases []*Case
	if err := json.Unmarshal(text, &cases); err != nil {
		return nil, fmt.Errorf("layers.json: %w", err)
	}
	file, err := safetensors.ReadFile(filepath.Join(dir, "layers.safetensors"))
	if err != nil {
		return nil, err
	}
	for _, c := range cases {
		if err := c.load(file, scratch); err != nil {
			return nil, fmt.Errorf("%s: %w", c.Name, err)
		}
	}
	return cases, nil
}

func (c *Case) load(file *safetensors.File, scratch string) error {
	weights := &safetensors.File{}
	for _, t := range file.Tensors {
		name, ok := strings.CutPrefix(t.Name, c.Name+"/")
		if !ok {
			continue
		}
		plain := &tensor.Tensor{DType: tensor.F32, Shape: t.Shape, Data: t.Data}
		switch name {
		case "x":
			c.Input = plain
		case "result":
			c.Want = plain
		default:
			t.Name = name
			weights.Tensors = append(weights.Tensors, t)
		}
	}
	if c.Input == nil || c.Want == nil {
		return fmt.Errorf("layers.safetensors has no x or no result; run make.py")
	}
	if c.Shape == nil {
		c.Shape = []int{4, 6, 6}
	}
	var data bytes.Buffer
	if err := safetensors.Write(&data, weights); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(scratch, c.Name+".safetensors"), data.Bytes(), 0o644); err != nil {
		return err
	}
	model, err := json.Marshal(map[string]any{
		"input": map[string]any{"name": "x", "shape": c.Shape}, "layers": c.Layers, "weights": c.Name + ".safetensors",
	})
	if err != nil {
		return err
	}
	path := filepath.Join(scratch, c.Name+".json")
	if err := os.WriteFile(path, model, 0o644); err != nil {
		return err
	}
	c.Graph, err = modeljson.Load(path, modeljson.Options{})
	return err
}
