package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"nncc/runtime/data"
	"nncc/runtime/program"
	"nncc/runtime/tensor"
)

// inputFolder is the folder that --input names, or nothing if it names something else.
func (o runOptions) inputFolder(sig program.Signature) (string, error) {
	files, err := assignFiles(o.inputs, portNames(sig.Inputs), "input")
	if err != nil {
		return "", err
	}
	for _, p := range sig.Inputs {
		info, err := os.Stat(files[p.Name])
		switch {
		case err != nil || !info.IsDir():
			continue
		case len(sig.Inputs) > 1:
			return "", usagef("%s is a folder, and the model has %d inputs: folders of pictures are for models with one", files[p.Name], len(sig.Inputs))
		case len(o.outputs) > 0:
			return "", usagef("--output is for a single input, and %s is a folder; --json prints the outputs", files[p.Name])
		}
		return files[p.Name], nil
	}
	return "", nil
}

// folderRun puts the pictures of a folder through a model.
type folderRun struct {
	options runOptions
	engine  *engine
	pre     *data.Preprocess
	pending []string // files of the samples in the engine's input
	bad     []error
	stdout  io.Writer
}

// runFolder prints a result for every picture in dir, and in the end what is wrong with the others.
func (o runOptions) runFolder(s *session, sig program.Signature, dir string, stdout, stderr io.Writer) error {
	files, err := data.Pictures(dir)
	if err != nil {
		return err
	}
	r := &folderRun{options: o, stdout: stdout}
	if r.pre, err = o.pictures.preprocess(sig, stderr); err != nil {
		return err
	}
	if sig.Batched {
		o.engine.batch = min(len(files), runBatch)
	}
	if r.engine, err = s.open(o.engine, stderr); err != nil {
		return err
	}
	defer r.engine.Close()
	for _, file := range files {
		if err := r.add(file); err != nil {
			return err
		}
	}
	if err := r.flush(); err != nil {
		return err
	}
	for _, err := range r.bad {
		note(stderr, "left out: %v", err)
	}
	if len(r.bad) > 0 && !o.skipBad {
		return fmt.Errorf("%d of %s could not be read (--skip-bad makes that no error)", len(r.bad), plural(len(files), "picture"))
	}
	return nil
}

// add puts a picture into the engine's input, and runs the engine when that is full.
func (r *folderRun) add(file string) error {
	m, err := data.ReadImage(file, data.DefaultMaxPixels)
	if err == nil {
		port := r.engine.signature.Inputs[0]
		in := &tensor.Tensor{DType: tensor.F32, Shape: []int{r.engine.maxBatch, port.Elems()}, Data: r.engine.Input(0)}
		at := len(r.pending) * port.Elems()
		err = r.pre.Apply(in.F32s()[at:at+port.Elems()], m)
	}
	if err != nil {
		r.bad = append(r.bad, err)
		return nil
	}
	r.pending = append(r.pending, file)
	if len(r.pending) == r.engine.maxBatch {
		return r.flush()
	}
	return nil
}

// flush runs what is in the input and prints the results.
func (r *folderRun) flush() error {
	if len(r.pending) == 0 {
		return nil
	}
	if err := r.engine.Run(len(r.pending)); err != nil {
		return err
	}
	for n, file := range r.pending {
		var outputs []*tensor.Tensor
		for i := range r.engine.signature.Outputs {
			outputs = append(outputs, r.engine.sample(i, n))
		}
		if err := r.print(file, outputs); err != nil {
			return err
		}
	}
	r.pending = r.pending[:0]
	return nil
}

// print prints the result of a picture: a line.
func (r *folderRun) print(file string, outputs []*tensor.Tensor) error {
	sig := r.engine.signature
	top := r.options.top(sig, outputs[0], 1)
	if r.options.json {
		result := runResult(sig, outputs, nil, top)
		result.Input = file
		return printJSON(r.stdout, result)
	}
	var parts []string
	for _, t := range top {
		parts = append(parts, fmt.Sprintf("%s %.4f", t.name(), float64(t.Score)))
	}
	for i, p := range sig.Outputs {
		if i > 0 || len(top) == 0 {
			parts = append(parts, summary(p.Name, outputs[i]))
		}
	}
	_, err := fmt.Fprintf(r.stdout, "%s: %s\n", file, strings.Join(parts, ", "))
	return err
}
