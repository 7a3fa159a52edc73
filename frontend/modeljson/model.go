package modeljson

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"nncc/ir"
	"nncc/ir/diag"
	"nncc/runtime/tensor"
)

// maxSeededBytes bounds what the parameters that a seed initialises may take, as a short text can ask for large ones.
const maxSeededBytes = 1 << 30

// modelKeys are the keys of the whole file, inputKeys those of its input.
var (
	modelKeys = []key{
		{name: "$schema", form: textForm, doc: "The JSON Schema, for editors."},
		{name: "name", form: textForm, doc: "The network's name; by default the file's."},
		{name: "license", form: textForm, doc: "The licence of the weights, carried into what is built."},
		{name: "provenance", form: textForm, doc: "Where the weights come from, carried into what is built."},
		{name: "input", form: objectForm, required: true, doc: "What goes in."},
		{name: "blocks", form: objectForm, doc: "Runs of layers that are used several times, by their names."},
		{name: "layers", form: listForm, required: true, doc: "The layers in order."},
		{name: "outputs", form: outputsForm, doc: "Names of the layers whose results come out, or an object of other names for them; by default the last layer."},
		{name: "weights", form: textForm, doc: "A safetensors file, relative to this file and not outside its folder."},
		{name: "seed", form: seedForm, doc: "Initialises the parameters at random, instead of weights."},
		{name: "classes", form: textsForm, doc: "The label of each class, in the order of the last layer's results."},
	}
	inputKeys = []key{
		{name: "name", form: textForm, doc: `Its name, by default "input".`},
		{name: "shape", form: countsForm, required: true, doc: "Its shape without the batch: [C, H, W] for pictures."},
		{name: "order", form: textForm, oneOf: []string{"rgb", "bgr"}, doc: `The order of a picture's channels, by default "rgb".`},
		{name: "scale", form: numberForm, doc: "What 8-bit pixels are multiplied with first, by default 1/255."},
		{name: "mean", form: numbersForm, doc: "What is then subtracted, per channel."},
		{name: "std", form: numbersForm, doc: "What the difference is divided by, per channel."},
	}
)

// model is the state of reading one file.
type model struct {
	path      string
	errs      diag.List
	failures  int             // reports, those left out of errs included
	reported  map[string]bool // what has been reported of layers in blocks
	build     *ir.Builder
	params    params
	input     *result
	blocks    []*block
	scope     *scope             // where the layer that is being read stands
	layers    map[string]*result // by whole name
	ordered   []*result          // the layers in order
	expanded  int                // how many values have been read as layers of blocks
	exhausted bool               // those were too many
}

// Options say what a model leaves open.
type Options struct {
	Seed *int // replaces the seed of a model whose parameters are random; nil keeps it
}

// Load reads a model file and its weights. The error is a *diag.List of every mistake, with its place.
func Load(path string, o Options) (*ir.Graph, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s: not a regular file", path)
	case info.Size() > maxFileBytes:
		return nil, fmt.Errorf("%s: larger than %d bytes; weights belong into a safetensors file", path, maxFileBytes)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return parse(path, text, maxSeededBytes, o)
}

func parse(path string, text []byte, seededBytes int, o Options) (*ir.Graph, error) {
	root, err := parseJSON(path, text)
	if err != nil {
		return nil, err
	}
	m := &model{path: path, input: &result{}, layers: map[string]*result{}, reported: map[string]bool{}}
	m.params = params{model: m, seededBytesLeft: seededBytes}
	f, _ := m.readFields(root, "the model", modelKeys)
	name := strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
	m.build = ir.NewBuilder(get(f, "name", name))
	m.params.open(f, root, o.Seed)
	meta := ir.Meta{License: get(f, "license", ""), Provenance: get(f, "provenance", ""), Classes: plain(get[[]textAt](f, "classes", nil))}
	if v := get[*value](f, "input", nil); v != nil {
		meta.Preprocess = m.readInput(v)
	}
	if v := get[*value](f, "blocks", nil); v != nil {
		m.readBlocks(v)
	}
	if v := get[*value](f, "layers", nil); v != nil {
		m.scope = &scope{inputs: map[string]*result{m.input.name: m.input}, previous: m.input, counts: map[string]int{}}
		m.readLayers(v)
		if !m.exhausted {
			m.outputs(f)
			m.params.checkExtra()
		}
	}
	return m.finish(f, meta)
}

func (m *model) finish(f *fields, meta ir.Meta) (*ir.Graph, error) {
	if err := m.errs.Err(); err != nil {
		return nil, err
	}
	g, err := m.build.Graph()
	if err != nil {
		return nil, err
	}
	g.Meta = meta
	if !ir.MarkBatched(g) {
		return nil, errors.New("internal error: a network of model.json mixes samples")
	}
	m.checkClasses(f, g)
	if err := m.errs.Err(); err != nil {
		return nil, err
	}
	return g, nil
}

// checkClasses compares the number of labels with the last layer's size.
func (m *model) checkClasses(f *fields, g *ir.Graph) {
	labels := len(g.Meta.Classes)
	if size := g.Outputs[0].Value.Type.Elems(); labels > 0 && labels != size {
		m.fail(f.at("classes"), "%d classes, but output %q has %d elements", labels, g.Outputs[0].Name, size)
	}
}

func plain(list []textAt) []string {
	var out []string
	for _, t := range list {
		out = append(out, t.string)
	}
	return out
}

// readInput declares the network's input and returns how pictures become it, nil if the file does not say.
func (m *model) readInput(v *value) *ir.Preprocess {
	f, ok := m.readFields(v, "input", inputKeys)
	name := get(f, "name", "input")
	in := &result{name: name, pos: v.pos}
	m.input = in
	if !ok {
		return nil
	}
	t := ir.T(tensor.F32, append([]int{1}, get[[]int](f, "shape", nil)...)...)
	switch err := t.Check(); {
	case err != nil:
		m.fail(f.at("shape"), "input %v", err)
		return nil
	case t.Rank() == 1:
		m.fail(f.at("shape"), "shape has no dimensions")
		return nil
	}
	in.value = m.build.Input(v.pos, name, t)
	return m.preprocess(f, t.Shape[1:])
}

func (m *model) preprocess(f *fields, shape []int) *ir.Preprocess {
	if !f.has("order") && !f.has("scale") && !f.has("mean") && !f.has("std") {
		return nil
	}
	p := &ir.Preprocess{
		Scale: get(f, "scale", 1.0/255), Order: get(f, "order", "rgb"),
		Mean: get[[]float64](f, "mean", nil), Std: get[[]float64](f, "std", nil),
	}
	if len(shape) != 3 || shape[0] != 1 && shape[0] != 3 {
		m.fail(f.at("shape"), "order, scale, mean and std concern pictures, whose shape is [3, H, W] or [1, H, W]")
		return nil
	}
	for name, list := range map[string][]float64{"mean": p.Mean, "std": p.Std} {
		if f.has(name) && len(list) != shape[0] {
			m.fail(f.at(name), "%s has %d numbers for %d channels", name, len(list), shape[0])
		}
	}
	for _, s := range p.Std {
		if s <= 0 {
			m.fail(f.at("std"), "std %v is not positive", s)
		}
	}
	return p
}

// outputs makes the named layers leave the graph, or the last one, and reports layers that lead to none.
func (m *model) outputs(f *fields) {
	names := get[[]binding](f, "outputs", nil)
	if f.has("outputs") && len(names) == 0 {
		m.fail(f.at("outputs"), "outputs is empty")
	}
	if last := m.scope.previous; !f.has("outputs") && last != m.input && m.isSingle(last, last.pos) {
		last.use()
		m.build.Output(last.name, last.value)
	}
	given := map[string]bool{}
	for _, b := range names {
		r := m.find(b.layer)
		switch {
		case r == nil || !m.isSingle(r, b.layer.pos):
		case b.name.string == "":
			m.fail(b.name.pos, "the name is empty")
		case given[b.name.string]:
			m.fail(b.name.pos, "output %q is named twice", b.name.string)
		case r == m.input:
			m.fail(b.layer.pos, "output %q is the input", b.layer.string)
		default:
			given[b.name.string] = true
			r.use()
			m.build.Output(b.name.string, r.value)
		}
	}
	if m.errs.Len() == 0 { // otherwise a mistake may be what cut a layer off
		m.checkUsed()
		m.checkBlocks()
	}
}

func (m *model) checkUsed() {
	for _, r := range append([]*result{m.input}, m.ordered...) {
		if !r.used {
			m.fail(r.pos, "no output depends on %q", r.name).Hint = `remove it, or name it in "outputs" or in another layer's "inputs"`
		}
	}
}

// find looks up a layer or an input of the scope, and reports a name that there is not.
func (m *model) find(name textAt) *result {
	s := m.scope
	if r := s.inputs[name.string]; r != nil {
		return r
	}
	if r := m.layers[s.prefix+name.string]; r != nil {
		return r
	}
	if m.isInMistake(s.prefix + name.string) {
		return &result{}
	}
	known := slices.Sorted(maps.Keys(s.inputs))
	for _, r := range m.ordered[max(0, len(m.ordered)-maxListed):] {
		if own, inside := strings.CutPrefix(r.name, s.prefix); inside && m.layers[r.name] == r {
			known = append(known, own)
		}
	}
	m.fail(name.pos, "there is no layer %q before this place", name.string).Hint = suggest(name.string, known, "there are")
	return nil
}

// isInMistake reports whether a name is one in a block that could not be used, which has been reported.
func (m *model) isInMistake(name string) bool {
	for i, c := range name[:min(len(name), maxNameBytes)] {
		if r := m.layers[name[:i]]; c == '.' && r != nil && r.value == nil {
			return true
		}
	}
	return false
}
