package main

import (
	"fmt"
	"os"
	"strings"

	"nncc/ir"
	"nncc/runtime/program"
)

// maxClassesBytes bounds a file of labels.
const maxClassesBytes = 1 << 20

// annotate gives the model what flags say of it and ONNX models do not: how pictures become its input, and the labels of
// its classes.
func (o buildOptions) annotate(s *session) error {
	meta := s.graph.Meta
	if o.picture.given() {
		p, err := o.picture.describe(s.graph)
		if err != nil {
			return err
		}
		meta.Preprocess = p
	}
	if o.classes != "" {
		labels, err := readClasses(o.classes)
		if err != nil {
			return err
		}
		if out := s.graph.Outputs[0]; len(labels) != out.Value.Type.Elems() {
			return fmt.Errorf("%s: %s, but output %q has %s", o.classes, plural(len(labels), "label"), out.Name, plural(out.Value.Type.Elems(), "element"))
		}
		meta.Classes = labels
	}
	s.loaded.Meta, s.graph.Meta = meta, meta
	return nil
}

// describe is what the flags say, in the terms of a model.
func (o pictureOptions) describe(g *ir.Graph) (*ir.Preprocess, error) {
	in := g.Inputs[0]
	sig := program.Signature{Inputs: []program.Port{{Name: in.Name, DType: in.Type.DType, Shape: in.Type.Shape}}}
	p, err := o.preprocess(sig, nil)
	if err != nil {
		return nil, err
	}
	each := func(values []float64) []float64 {
		if len(values) != 1 {
			return values
		}
		all := make([]float64, p.Channels)
		for c := range all {
			all[c] = values[0]
		}
		return all
	}
	out := &ir.Preprocess{Scale: o.scale, Mean: each(o.mean), Std: each(o.std), Order: o.order}
	if out.Scale == 0 {
		out.Scale = 1.0 / 255
	}
	if out.Order == "" {
		out.Order = "rgb"
	}
	return out, nil
}

// readClasses reads one label a line.
func readClasses(path string) ([]string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > maxClassesBytes {
		return nil, fmt.Errorf("%s: not a file of at most %d bytes", path, maxClassesBytes)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var labels []string
	for line := range strings.Lines(string(text)) {
		labels = append(labels, strings.TrimSpace(line))
	}
	return labels, nil
}
