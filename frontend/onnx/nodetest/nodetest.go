// Package nodetest reads the ONNX project's tests of single operators, in the files that testdata/onnx/collect.py
// writes. It is for tests.
package nodetest

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"nncc/frontend/onnx"
	"nncc/ir"
	"nncc/runtime/data"
	"nncc/runtime/tensor"
)

// EnvDir is the environment variable that names the folder with the cases.
const EnvDir = "NNCC_ONNX_NODE_TESTS"

// Case is one test.
type Case struct {
	Name     string // such as test_add_bcast
	Operator string
	RTol     float64 // tolerance relative to the expected value, and absolute, as the ONNX project states them
	ATol     float64
	dir      string
}

// List reads the list of cases in dir, sorted by operator and name.
func List(dir string) ([]Case, error) {
	text, err := os.ReadFile(filepath.Join(dir, "cases.json"))
	if err != nil {
		return nil, err
	}
	var found map[string]map[string]struct{ RTol, ATol float64 }
	if err := json.Unmarshal(text, &found); err != nil {
		return nil, fmt.Errorf("cases.json: %w", err)
	}
	var cases []Case
	for operator, byName := range found {
		for name, tolerances := range byName {
			cases = append(cases, Case{name, operator, tolerances.RTol, tolerances.ATol, filepath.Join(dir, name)})
		}
	}
	slices.SortFunc(cases, func(a, b Case) int {
		return cmp.Or(strings.Compare(a.Operator, b.Operator), strings.Compare(a.Name, b.Name))
	})
	return cases, nil
}

// shapeInputs tells, by operator, which inputs give shapes, axes, bounds or indices. nncc needs those when compiling, so
// they are bound as constants.
var shapeInputs = map[string][]int{
	"CenterCropPad": {1}, "Clip": {1, 2}, "Col2Im": {1, 2}, "Compress": {1}, "ConstantOfShape": {0}, "CumProd": {1}, "CumSum": {1}, "Dropout": {1, 2}, "Expand": {1},
	"GatherND": {1}, "GRU": {4}, "LSTM": {4}, "NonZero": {0}, "OneHot": {1}, "Pad": {1, 2, 3}, "Range": {0, 1, 2}, "ReduceL1": {1},
	"ReduceL2": {1}, "ReduceLogSum": {1}, "ReduceLogSumExp": {1}, "ReduceMax": {1}, "ReduceMean": {1}, "ReduceMin": {1},
	"ReduceProd": {1}, "ReduceSum": {1}, "ReduceSumSquare": {1}, "Reshape": {1}, "Resize": {1, 2, 3}, "ReverseSequence": {1}, "RNN": {4},
	"Scatter": {1}, "ScatterElements": {1}, "ScatterND": {1}, "SequenceInsert": {2}, "Slice": {1, 2, 3, 4}, "Split": {1}, "SplitToSequence": {1},
	"Squeeze": {1}, "Tile": {1},
	"TopK": {1}, "Trilu": {1}, "Unsqueeze": {1}, "Upsample": {1},
}

// Model is a case ready to run: Want are the outputs for Inputs.
type Model struct {
	Graph  *ir.Graph
	Inputs []*tensor.Tensor
	Want   []*tensor.Tensor
}

// Load imports the case.
func (c *Case) Load() (*Model, error) { return c.load(c.isShape) }

// isShape reports whether input i is one that nncc needs when compiling.
func (c *Case) isShape(i int) bool { return slices.Contains(shapeInputs[c.Operator], i) }

// LoadBound is Load with all inputs but the first as constants, as the weights of a network are.
func (c *Case) LoadBound() (*Model, error) {
	return c.load(func(i int) bool { return i > 0 || c.isShape(i) })
}

func (c *Case) load(bind func(input int) bool) (*Model, error) {
	path := filepath.Join(c.dir, "model.onnx")
	inputs, err := readValues(c.dir, "input")
	if err != nil {
		return nil, err
	}
	want, err := readValues(c.dir, "output")
	if err != nil {
		return nil, err
	}
	names, err := onnx.InputNames(path)
	if err != nil {
		return nil, err
	}
	o := onnx.Options{BindInputs: map[string]*tensor.Tensor{}, Dims: map[string]int{}}
	m := &Model{}
	for _, w := range want {
		m.Want = append(m.Want, w.tensors...)
	}
	for i, in := range inputs {
		name := names[i]
		switch {
		case in.sequence: // which need not say what shapes its tensors have
			o.Dims[name] = len(in.tensors)
			for k, t := range in.tensors {
				o.BindInputs[fmt.Sprintf("%s.%d", name, k)] = t
			}
		case bind(i):
			o.BindInputs[name] = in.tensors[0]
		default:
			m.Inputs = append(m.Inputs, in.tensors...)
		}
	}
	m.Graph, err = onnx.Load(path, o)
	return m, err
}

// recorded is the value of an input or output: a tensor, or a sequence of them.
type recorded struct {
	tensors  []*tensor.Tensor
	sequence bool
}

// readValues reads role_0, role_1, ... until there is none.
func readValues(dir, role string) ([]recorded, error) {
	var out []recorded
	for {
		path := filepath.Join(dir, fmt.Sprintf("%s_%d", role, len(out)))
		if t, err := readTensor(path); err == nil {
			out = append(out, recorded{tensors: []*tensor.Tensor{t}})
			continue
		} else if !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		items, err := readSequence(path)
		if err != nil || len(items) == 0 {
			return out, err
		}
		out = append(out, recorded{items, true})
	}
}

// readSequence reads path.0, path.1, ... until there is none.
func readSequence(path string) ([]*tensor.Tensor, error) {
	var items []*tensor.Tensor
	for {
		t, err := readTensor(fmt.Sprintf("%s.%d", path, len(items)))
		if errors.Is(err, fs.ErrNotExist) {
			return items, nil
		}
		if err != nil {
			return nil, err
		}
		items = append(items, t)
	}
}

// readTensor reads path.npy, or path.pb where it has a type that .npy files lack.
func readTensor(path string) (*tensor.Tensor, error) {
	t, err := data.ReadNPY(path + ".npy")
	if !errors.Is(err, fs.ErrNotExist) {
		return t, err
	}
	proto, err := os.ReadFile(path + ".pb")
	if err != nil {
		return nil, err
	}
	return onnx.ParseTensor(proto)
}
