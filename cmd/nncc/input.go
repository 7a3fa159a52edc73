package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"nncc/ir"
	"nncc/runtime/data"
	"nncc/runtime/program"
	"nncc/runtime/tensor"
)

// inputSet is what a model is run on: for every input, in order, the samples one behind the other.
type inputSet struct {
	samples int
	data    [][]byte
}

// readInputs reads the files of --input, each FILE or NAME=FILE: .npy or, for the first input, a picture.
func readInputs(args []string, sig program.Signature, pictures pictureOptions, notes io.Writer) (*inputSet, error) {
	files, err := assignFiles(args, portNames(sig.Inputs), "input")
	if err != nil {
		return nil, err
	}
	set := &inputSet{samples: 1}
	for i, p := range sig.Inputs {
		file, ok := files[p.Name]
		if !ok {
			return nil, usagef("input %q has no file; the model's inputs are %s", p.Name, list(portNames(sig.Inputs)))
		}
		var bytes []byte
		samples := 1
		if strings.EqualFold(filepath.Ext(file), ".npy") {
			bytes, samples, err = readArray(file, p, sig.Batched)
		} else {
			bytes, err = readPicture(file, i, sig, pictures, notes)
		}
		if err != nil {
			return nil, err
		}
		if i > 0 && samples != set.samples {
			return nil, fmt.Errorf("%s has %s, the input before it has %d", file, plural(samples, "sample"), set.samples)
		}
		set.samples, set.data = samples, append(set.data, bytes)
	}
	return set, nil
}

// assignFiles maps names to files: NAME=FILE says so, a FILE alone stands for the next name not taken.
func assignFiles(args, names []string, what string) (map[string]string, error) {
	files := map[string]string{}
	var rest []string
	for _, a := range args {
		name, file, ok := cutKnown(a, names)
		if unknown, _, assigns := strings.Cut(a, "="); !ok && assigns && !exists(a) {
			return nil, usagef("--%s %s: the model has no %s %q; there are %s", what, a, what, unknown, orNothing(names))
		}
		if !ok {
			file = a
		}
		if file == "" {
			return nil, usagef("--%s %s: the name of the file is missing", what, a)
		}
		if !ok {
			rest = append(rest, a)
			continue
		}
		if _, twice := files[name]; twice {
			return nil, usagef("%s %q is given twice", what, name)
		}
		files[name] = file
	}
	for _, name := range names {
		if _, taken := files[name]; !taken && len(rest) > 0 {
			files[name], rest = rest[0], rest[1:]
		}
	}
	if len(rest) > 0 {
		return nil, usagef("%s: the model has no further %s for it; there are %s", rest[0], what, orNothing(names))
	}
	return files, nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func orNothing(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return list(names)
}

// cutKnown splits NAME=FILE if the name is one of names; both names and files may contain equals signs.
func cutKnown(arg string, names []string) (name, file string, ok bool) {
	for _, n := range names {
		if file, ok := strings.CutPrefix(arg, n+"="); ok {
			return n, file, true
		}
	}
	return "", "", false
}

// readArray reads an array of the port's shape, or of any number of samples if the model is batched. Floating-point
// numbers are converted to the port's dtype, as NumPy makes f64 by default.
func readArray(file string, p program.Port, batched bool) (bytes []byte, samples int, err error) {
	t, err := data.ReadNPY(file)
	if err != nil {
		return nil, 0, err
	}
	samples, ok := countSamples(t.Shape, p.Shape, batched)
	if _, several := countSamples(t.Shape, p.Shape, true); !ok && several {
		return nil, 0, fmt.Errorf("%s has %s, input %q takes 1: the model does not keep samples apart (--dim sets the size of a batch that an ONNX model leaves open)",
			file, plural(t.Shape[0], "sample"), p.Name)
	}
	if !ok {
		return nil, 0, fmt.Errorf("%s is %v%v, input %q needs %v%v", file, t.DType, t.Shape, p.Name, p.DType, p.Shape)
	}
	if t.DType != p.DType {
		if !t.DType.IsFloat() || !p.DType.IsFloat() {
			return nil, 0, fmt.Errorf("%s holds %v, input %q needs %v", file, t.DType, p.Name, p.DType)
		}
		t = tensor.FromFloat64s(p.DType, t.Float64s(), t.Shape...)
	}
	return t.Data, samples, nil
}

// countSamples says how many samples of shape want an array of shape have holds.
func countSamples(have, want []int, batched bool) (int, bool) {
	switch {
	case slices.Equal(have, want) || len(want) > 0 && want[0] == 1 && slices.Equal(have, want[1:]):
		return 1, true
	case batched && len(have) == len(want) && have[0] > 0 && slices.Equal(have[1:], want[1:]):
		return have[0], true
	}
	return 0, false
}

func readPicture(file string, input int, sig program.Signature, o pictureOptions, notes io.Writer) ([]byte, error) {
	if input > 0 {
		return nil, fmt.Errorf("%s: only the model's first input can be a picture; pass an .npy file", file)
	}
	pre, err := o.preprocess(sig, notes)
	if err != nil {
		return nil, err
	}
	m, err := data.ReadImage(file, data.DefaultMaxPixels)
	if err != nil {
		return nil, err
	}
	t := tensor.New(tensor.F32, sig.Inputs[0].Shape...)
	return t.Data, pre.Apply(t.F32s(), m)
}

// randomInputs makes the same samples of uniform noise in [-1, 1) for the same seed; integers are 0.
func randomInputs(sig program.Signature, seed uint64, samples int) *inputSet {
	set := &inputSet{samples: samples}
	for i, p := range sig.Inputs {
		shape := append([]int{samples}, p.Shape...)
		t := tensor.New(p.DType, shape...)
		if p.DType.IsFloat() {
			t = ir.Uniform(p.DType, seed+uint64(i), -1, 1, shape...)
		}
		set.data = append(set.data, t.Data)
	}
	return set
}

// clearNumbers makes 0 of inputs that are a single number, such as a learning rate.
func (s *inputSet) clearNumbers(sig program.Signature) {
	for i, p := range sig.Inputs {
		if len(p.Shape) == 0 {
			clear(s.data[i])
		}
	}
}

// copyTo puts samples from on, as many as fit, into the engine's inputs and returns how many.
func (s *inputSet) copyTo(e *engine, from int) int {
	n := min(e.maxBatch, s.samples-from)
	for i, all := range s.data {
		size := len(all) / s.samples
		copy(e.Input(i), all[from*size:(from+n)*size])
	}
	return n
}

func portNames(ports []program.Port) []string {
	var names []string
	for _, p := range ports {
		names = append(names, p.Name)
	}
	return names
}

// list joins names for a message.
func list(names []string) string { return strings.Join(names, ", ") }
