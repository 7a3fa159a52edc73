package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"nncc/codegen"
	"nncc/runtime/data"
	"nncc/runtime/program"
	"nncc/runtime/tensor"
)

// runBatch is how many samples of a larger input go through the network at once.
const runBatch = 16

type runOptions struct {
	model    modelOptions
	engine   engineOptions
	pictures pictureOptions
	inputs   []string
	outputs  []string
	topK     int
	skipBad  bool
	json     bool
}

func runCommand() *cobra.Command {
	var o runOptions
	cmd := &cobra.Command{
		Use:   "run MODEL --input FILE",
		Short: "Run a model on a picture or an array",
		Long: `Run computes a model's outputs. An input is an .npy file of the input's shape (or of
several samples, if the model keeps them apart), or a JPEG, PNG, GIF, BMP or WebP
picture, which is resized to the input's size and normalised as the model says.

Where it is a folder, every picture in it is an input, and its result a line (with --json,
an object that names the file under "input"). Files that cannot be read are reported in the
end, and the exit code is 1.`,
		Example: `  nncc run resnet20.onnx --input cat.png --topk 3
  nncc run resnet20.onnx --input pictures --topk 1
  nncc run lenet.onnx --input x.npy --output y.npy
  nncc run net.onnx --input image=a.npy --input mask=b.npy --json`,
		Args: oneModelOfRun,
		RunE: func(cmd *cobra.Command, args []string) error {
			return o.run(args[0], cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	o.model.register(cmd)
	o.engine.register(cmd)
	o.pictures.register(cmd)
	f := cmd.Flags()
	f.StringArrayVar(&o.inputs, "input", nil, "read an input from `FILE`, or NAME=FILE, or pictures from a folder; may be repeated")
	f.StringArrayVar(&o.outputs, "output", nil, "write an output to `FILE`.npy, or NAME=FILE; may be repeated")
	f.IntVar(&o.topK, "topk", 0, "print the `K` classes of the first output with the largest values (default 5 if the model names its classes)")
	f.BoolVar(&o.skipBad, "skip-bad", false, "of a folder: pictures that cannot be read are no error")
	f.BoolVar(&o.json, "json", false, "print one JSON object: outputs (name, shape, dtype, data or file) and top")
	return cmd
}

func (o runOptions) run(path string, stdout, stderr io.Writer) error {
	if o.topK < 0 {
		return usagef("--topk %d is negative", o.topK)
	}
	s, err := openSession(path, o.model)
	if err != nil {
		return err
	}
	sig := codegen.SignatureOf(s.loaded)
	if len(o.inputs) == 0 && len(sig.Inputs) > 0 {
		return usagef("--input is missing")
	}
	files, err := assignFiles(o.outputs, portNames(sig.Outputs), "output")
	if err != nil {
		return err
	}
	for _, file := range files {
		if !strings.EqualFold(filepath.Ext(file), ".npy") {
			return usagef("--output %s: outputs are written as .npy files", file)
		}
	}
	if dir, err := o.inputFolder(sig); err != nil {
		return err
	} else if dir != "" {
		return o.runFolder(s, sig, dir, stdout, stderr)
	}
	in, err := readInputs(o.inputs, sig, o.pictures, stderr)
	if err != nil {
		return err
	}
	o.engine.batch = min(in.samples, runBatch)
	e, err := s.open(o.engine, stderr)
	if err != nil {
		return err
	}
	defer e.Close()
	outputs, err := e.runAll(in)
	if err != nil {
		return err
	}
	return o.report(stdout, sig, outputs, files, in.samples)
}

// runAll runs every sample and returns the outputs, samples one behind the other.
func (e *engine) runAll(in *inputSet) ([]*tensor.Tensor, error) {
	var all []*tensor.Tensor
	for from := 0; from < in.samples; from += e.maxBatch {
		n := in.copyTo(e, from)
		if err := e.Run(n); err != nil {
			return nil, err
		}
		for i := range e.signature.Outputs {
			t := e.output(i, n)
			if from == 0 {
				all = append(all, t)
				continue
			}
			all[i].Data = append(all[i].Data, t.Data...)
			all[i].Shape[0] += t.Shape[0]
		}
	}
	return all, nil
}

// report writes the files and prints the result.
func (o runOptions) report(w io.Writer, sig program.Signature, outputs []*tensor.Tensor, files map[string]string, samples int) error {
	for i, p := range sig.Outputs {
		if file, ok := files[p.Name]; ok {
			if err := uninterrupted(func(context.Context) error { return data.WriteNPY(file, outputs[i]) }); err != nil {
				return err
			}
		}
	}
	top := o.top(sig, outputs[0], samples)
	if o.json {
		return printJSON(w, runResult(sig, outputs, files, top))
	}
	for i, p := range sig.Outputs {
		if i > 0 || len(top) == 0 {
			printSummary(w, p.Name, outputs[i])
		}
	}
	printTop(w, top, samples)
	return nil
}

// top ranks the classes of each sample, if that is asked for or the model has names for them.
func (o runOptions) top(sig program.Signature, t *tensor.Tensor, samples int) []ranked {
	k := o.topK
	if k == 0 && len(sig.Classes) > 0 {
		k = 5
	}
	var out []ranked
	values := t.Float64s()
	classes := len(values) / samples
	for n := range samples {
		for _, i := range largest(values[n*classes:(n+1)*classes], k) {
			r := ranked{Sample: n, Index: i, Score: number(values[n*classes+i])}
			if i < len(sig.Classes) {
				r.Label = sig.Classes[i]
			}
			out = append(out, r)
		}
	}
	return out
}

func printTop(w io.Writer, top []ranked, samples int) {
	for i, r := range top {
		if samples > 1 && (i == 0 || top[i-1].Sample != r.Sample) {
			fmt.Fprintf(w, "sample %d\n", r.Sample)
		}
		fmt.Fprintf(w, "%10.4f  %s\n", float64(r.Score), r.name())
	}
}

// printSummary describes a tensor in one line, and prints a small one.
func printSummary(w io.Writer, name string, t *tensor.Tensor) {
	fmt.Fprintln(w, summary(name, t))
	values := t.Float64s()
	const shown = 10
	for _, v := range values[:min(shown, len(values))] {
		fmt.Fprintf(w, " %.6g", v)
	}
	if len(values) > shown {
		fmt.Fprint(w, " ...")
	}
	fmt.Fprintln(w)
}

// summary describes a tensor in a few words.
func summary(name string, t *tensor.Tensor) string {
	values := t.Float64s()
	text := fmt.Sprintf("%s: %v%v", name, t.DType, t.Shape)
	if len(values) == 0 {
		return text
	}
	lo, hi, sum := math.Inf(1), math.Inf(-1), 0.0
	for _, v := range values {
		lo, hi, sum = min(lo, v), max(hi, v), sum+v
	}
	return text + fmt.Sprintf(" min %.6g max %.6g mean %.6g", lo, hi, sum/float64(len(values)))
}
