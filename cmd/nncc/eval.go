package main

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"nncc/runtime/data"
	"nncc/runtime/tensor"
)

// evalBatch is how many samples go through the network at once, where it keeps them apart.
const evalBatch = 16

type evalOptions struct {
	model    modelOptions
	engine   engineOptions
	pictures pictureOptions
	dataset  string
	split    string
	limit    int
	skipBad  bool
	json     bool
}

func evalCommand() *cobra.Command {
	var o evalOptions
	cmd := &cobra.Command{
		Use:   "eval MODEL --data PATH",
		Short: "Measure a classifier's accuracy on labelled pictures",
		Long: `Eval runs a classifier on every picture of a data set and counts how often the right class
comes first, and among the first five. PATH is one of these, recognised by its names:

  cifar-10-binary.tar.gz    CIFAR-10 or CIFAR-100 as it is offered, or what comes out of it
  t10k-images-idx3-ubyte    MNIST's pictures beside t10k-labels-idx1-ubyte, .gz or not, or
                            the folder with all four files
  FILE.npz                  images and labels, or x_train, y_train, x_test and y_test, or
                            train_images, train_labels, test_images and test_labels
  a folder                  with a folder of pictures for each class, or with the arrays
                            images_u8_nhwc.npy and labels_i64.npy; or with two of those,
                            called train and test (or val)

Classes that are named as the model's are matched by name; otherwise they are numbered in
the order of the data set, folders in the order of their names.`,
		Example: `  nncc eval resnet20.onnx --data cifar-10-binary.tar.gz
  nncc eval resnet20.onnx --data pictures --split train
  nncc eval lenet.json --data digits --limit 1000 --backend interp --json`,
		Args: oneModel,
		RunE: func(cmd *cobra.Command, args []string) error {
			return o.run(args[0], cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	o.model.register(cmd)
	o.engine.register(cmd)
	o.pictures.register(cmd)
	f := cmd.Flags()
	f.StringVar(&o.dataset, "data", "", "the data set: `PATH`")
	f.StringVar(&o.split, "split", "", "`train|test`: the part of a data set that comes divided (default test)")
	f.IntVar(&o.limit, "limit", 0, "stop after `N` pictures; 0 means all")
	f.BoolVar(&o.skipBad, "skip-bad", false, "leave out pictures that cannot be read, and say so")
	f.BoolVar(&o.json, "json", false, "print one JSON object")
	return cmd
}

func (o evalOptions) run(path string, stdout, stderr io.Writer) error {
	switch {
	case o.dataset == "":
		return usagef("--data is missing")
	case o.split != "" && o.split != string(data.Train) && o.split != string(data.Test):
		return usagef("--split %s: expected train or test", o.split)
	case o.limit < 0:
		return usagef("--limit %d is negative", o.limit)
	}
	s, err := openSession(path, o.model)
	if err != nil {
		return err
	}
	ds, err := data.OpenDataset(o.dataset, data.Split(o.split))
	if err != nil {
		return err
	}
	if s.graph.Batched {
		o.engine.batch = evalBatch
	}
	e, err := s.open(o.engine, stderr)
	if err != nil {
		return err
	}
	defer e.Close()
	ev, err := newEvaluation(e, ds, o, stderr)
	if err != nil {
		return err
	}
	start := time.Now()
	if err := ev.all(o, stderr); err != nil {
		return err
	}
	return ev.report(stdout, s.name(), time.Since(start), o.json)
}

// evaluation counts the answers of an engine on a data set.
type evaluation struct {
	engine    *engine
	set       data.Dataset
	pre       *data.Preprocess
	classes   int
	classOf   []int // the model's class for each label of the set; nil if they are the same
	pending   []int // labels of the samples in the engine's input
	total     int
	top1      int
	top5      int
	skipped   int
	confusion [][]int // [right class][answer]
}

func newEvaluation(e *engine, ds data.Dataset, o evalOptions, notes io.Writer) (*evaluation, error) {
	if len(e.signature.Inputs) != 1 {
		return nil, fmt.Errorf("the model has %d inputs: eval feeds pictures to models with one", len(e.signature.Inputs))
	}
	pre, err := o.pictures.preprocess(e.signature, notes)
	if err != nil {
		return nil, err
	}
	out := e.signature.Outputs[0]
	ev := &evaluation{engine: e, set: ds, pre: pre, classes: out.Elems()}
	if !out.DType.IsFloat() || ev.classes == 0 {
		return nil, fmt.Errorf("output %q is %v%v: eval needs a score for each class", out.Name, out.DType, out.Shape)
	}
	ev.classOf = matchClasses(ds.Classes(), e.signature.Classes, notes)
	ev.confusion = make([][]int, ev.classes)
	for i := range ev.confusion {
		ev.confusion[i] = make([]int, ev.classes)
	}
	return ev, nil
}

// matchClasses finds the model's class for every label of a set by name. Where only numbers are left it returns nil,
// and says so if both sides have names.
func matchClasses(labels, classes []string, notes io.Writer) []int {
	if len(labels) == 0 || len(classes) == 0 || slices.Equal(labels, classes) {
		return nil
	}
	out := make([]int, len(labels))
	var unknown []string
	for i, name := range labels {
		if out[i] = slices.Index(classes, name); out[i] < 0 {
			unknown = append(unknown, name)
		}
	}
	if len(unknown) > 0 {
		const shown = 5
		note(notes, "the model has no class of the name %s; labels are compared by number", list(unknown[:min(shown, len(unknown))]))
		return nil
	}
	return out
}

// all runs the whole set in batches.
func (ev *evaluation) all(o evalOptions, notes io.Writer) error {
	walk := &data.Walk{SkipBad: o.skipBad}
	taken := 0
	for sample, err := range walk.Samples(ev.set) {
		if err != nil {
			return err
		}
		if err := ev.add(sample); err != nil {
			return fmt.Errorf("%s: %w", sample.Name, err)
		}
		if taken++; taken == o.limit {
			break
		}
	}
	for _, err := range walk.Skipped {
		note(notes, "left out: %v", err)
	}
	ev.skipped = len(walk.Skipped)
	if err := ev.flush(); err != nil {
		return err
	}
	if ev.total == 0 {
		return fmt.Errorf("%s has no pictures that could be read", o.dataset)
	}
	return nil
}

// add puts a sample into the engine's input, and runs the engine when that is full.
func (ev *evaluation) add(s data.Sample) error {
	label := s.Label
	if ev.classOf != nil {
		label = ev.classOf[label]
	}
	if label < 0 || label >= ev.classes {
		return fmt.Errorf("label %d is no class of the model, which has %d", label, ev.classes)
	}
	in := &tensor.Tensor{DType: tensor.F32, Shape: []int{ev.engine.maxBatch, ev.engine.signature.Inputs[0].Elems()}, Data: ev.engine.Input(0)}
	size := in.Shape[1]
	at := len(ev.pending) * size
	if err := ev.pre.Apply(in.F32s()[at:at+size], s.Image); err != nil {
		return err
	}
	ev.pending = append(ev.pending, label)
	if len(ev.pending) == ev.engine.maxBatch {
		return ev.flush()
	}
	return nil
}

// flush runs what is in the input and counts the answers.
func (ev *evaluation) flush() error {
	if len(ev.pending) == 0 {
		return nil
	}
	if err := ev.engine.Run(len(ev.pending)); err != nil {
		return err
	}
	for n, label := range ev.pending {
		best := largest(ev.engine.sample(0, n).Float64s(), 5)
		ev.confusion[label][best[0]]++
		ev.total++
		if best[0] == label {
			ev.top1++
		}
		if slices.Contains(best, label) {
			ev.top5++
		}
	}
	ev.pending = ev.pending[:0]
	return nil
}

// evalResult is the line of eval --json.
type evalResult struct {
	Model     string   `json:"model"`
	Backend   string   `json:"backend"`
	ISA       string   `json:"isa"`
	DType     string   `json:"dtype"`
	Total     int      `json:"total"`
	Correct   int      `json:"correct"`
	Top1      float64  `json:"top1"`
	Top5      float64  `json:"top5"`
	Seconds   float64  `json:"seconds"`
	Skipped   int      `json:"skipped"`
	Classes   []string `json:"classes"`
	Confusion [][]int  `json:"confusion"` // [right class][answer]
}

func (ev *evaluation) report(w io.Writer, model string, took time.Duration, asJSON bool) error {
	sig := ev.engine.signature
	r := evalResult{
		Model: model, Backend: ev.engine.backend, ISA: ev.engine.isa, DType: mainDType(sig), Total: ev.total, Correct: ev.top1,
		Top1: float64(ev.top1) / float64(ev.total), Top5: float64(ev.top5) / float64(ev.total), Seconds: took.Seconds(), Skipped: ev.skipped,
		Classes: append([]string{}, sig.Classes...), Confusion: ev.confusion,
	}
	if asJSON {
		return printJSON(w, r)
	}
	fmt.Fprintf(w, "%d of %d right: top-1 %.2f%%, top-5 %.2f%%, %.2f s (%s)\n", r.Correct, r.Total, 100*r.Top1, 100*r.Top5, r.Seconds, ev.engine.isa)
	const printable = 20
	if ev.classes > 1 && ev.classes <= printable {
		printConfusion(w, ev.confusion, sig.Classes)
	}
	return nil
}

// printConfusion prints a row for each right class and a column for each answer.
func printConfusion(w io.Writer, confusion [][]int, classes []string) {
	names := make([]string, len(confusion))
	nameWidth, width := 0, 0
	for i := range confusion {
		names[i] = fmt.Sprint(i)
		if i < len(classes) {
			names[i] += " " + classes[i]
		}
		nameWidth = max(nameWidth, len(names[i]))
		width = max(width, int(math.Log10(float64(max(slices.Max(confusion[i]), len(confusion)))))+2)
	}
	fmt.Fprintf(w, "\nright class in rows, answer in columns\n%s", strings.Repeat(" ", nameWidth))
	for i := range confusion {
		fmt.Fprintf(w, "%*d", width, i)
	}
	fmt.Fprintln(w)
	for i, row := range confusion {
		fmt.Fprintf(w, "%-*s", nameWidth, names[i])
		for _, n := range row {
			fmt.Fprintf(w, "%*d", width, n)
		}
		fmt.Fprintln(w)
	}
}
