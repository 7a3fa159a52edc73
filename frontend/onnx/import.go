package onnx

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"nncc/ir"
	"nncc/ir/diag"
	"nncc/runtime/tensor"
)

// Options say what a model leaves open.
type Options struct {
	// Dims gives sizes to symbolic dimensions of the inputs by name. A dimension without a name is called after its
	// input and place: "image.2".
	Dims map[string]int
	// BindInputs makes constants of graph inputs.
	BindInputs map[string]*tensor.Tensor
}

// Load reads a model file. The error is a *diag.List of everything found wrong with the model, or says why the file
// cannot be read.
func Load(path string, o Options) (*ir.Graph, error) {
	data, err := readFile(path)
	if err != nil {
		return nil, err
	}
	return load(data, path, func() *externalFiles { return &externalFiles{dir: filepath.Dir(path), read: map[string][]extent{}} }, o)
}

func readFile(path string) ([]byte, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s: not a regular file", path)
	case info.Size() > maxFileBytes:
		return nil, fmt.Errorf("%s: %d bytes; ONNX files have at most %d", path, info.Size(), maxFileBytes)
	}
	return os.ReadFile(path)
}

// Parse imports a serialised ModelProto, whose bytes the graph's constants alias. name stands for the file in
// messages; external data is refused.
func Parse(data []byte, name string, o Options) (*ir.Graph, error) {
	return load(data, name, func() *externalFiles { return nil }, o)
}

// load imports a model, with a batch that is chosen at run time where samples stay apart.
func load(data []byte, path string, files func() *externalFiles, o Options) (*ir.Graph, error) {
	im, err := newImporter(data, path, files(), o)
	if err != nil {
		return nil, err
	}
	g, err := im.run()
	if err != nil || !ir.MarkBatched(g) || im.openBatch == "" {
		return g, err
	}
	if im, err = newImporter(data, path, files(), o); err != nil {
		return nil, err
	}
	im.batch = sizeOfBatch
	larger, err := im.run()
	g.Batched = err == nil && keepsForm(g, larger)
	return g, nil
}

// run imports the model.
func (im *importer) run() (*ir.Graph, error) {
	im.checkOpset()
	im.expandFunctions()
	if im.errs.Len() == 0 {
		im.checkOperators()
	}
	if err := im.errs.Err(); err != nil {
		return nil, err
	}
	im.findUsed(im.graph)
	im.addInitializers(im.graph)
	im.addInputs()
	im.addNodes(im.graph.nodes)
	im.addOutputs()
	return im.finish()
}

func parseModelFile(data []byte, path string) (*modelProto, error) {
	model, err := parseModel(data)
	if err != nil {
		return nil, &diag.Error{Pos: diag.Pos{File: path}, Msg: "not a valid ONNX model: " + err.Error()}
	}
	return model, nil
}

// importer holds the state of one import.
type importer struct {
	model     *modelProto
	graph     *graphProto
	operators []operator
	opts      Options
	files     *externalFiles
	pos       diag.Pos
	opset     int
	errs      diag.List

	build        *ir.Builder
	values       map[string]*ir.Value  // by ONNX name; nil if what makes it failed, which has been reported
	narrow       map[value]*narrowType // of values that are of one
	sequences    map[value][]value     // of values that stand for several
	made         int                   // parts, see roomFor
	used         map[string]bool       // names that a node or an output of the graph reads
	batch        int                   // size of an open batch
	openBatch    string                // name of the batch dimension that is chosen at run time; empty if all sizes are known
	batchParam   string                // what the model calls it, if it does
	foldedBytes  int64                 // work done so far, see foldBudgetBytes
	createdBytes int
}

func newImporter(data []byte, path string, files *externalFiles, o Options) (*importer, error) {
	model, err := parseModelFile(data, path)
	if err != nil {
		return nil, err
	}
	name := strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
	im := &importer{
		model: model, graph: model.graph, operators: operatorTable(), opts: o, files: files, pos: diag.Pos{File: path},
		build: ir.NewBuilder(name), values: map[string]*ir.Value{}, narrow: map[value]*narrowType{}, used: map[string]bool{},
		sequences: map[value][]value{}, batch: 1,
	}
	return im, nil
}

// findUsed notes what a graph, and those in it, read.
func (im *importer) findUsed(g *graphProto) {
	for i := range g.nodes {
		for _, name := range g.nodes[i].inputs {
			im.used[name] = true
		}
		for j := range g.nodes[i].attrs {
			if inner := g.nodes[i].attrs[j].g; inner != nil {
				im.findUsed(inner)
			}
		}
	}
	for i := range g.outputs {
		im.used[g.outputs[i].name] = true
	}
}

func (im *importer) errorf(format string, args ...any) *diag.Error {
	return im.errs.Add(im.pos, format, args...)
}

// checkOpset finds the version of the operator set that the graph's nodes are written in.
func (im *importer) checkOpset() {
	for _, o := range im.model.opsets {
		if o.isDefault() { // operators of others, if used, are reported as unsupported
			im.opset = im.checkedOpset(o.version)
		}
	}
	if im.opset == 0 && im.errs.Len() == 0 {
		im.errorf("the model does not say which operator set it uses")
	}
	im.graph.setOpset(im.opset)
}

// checkedOpset reports a version that is not understood, for which it returns 0.
func (im *importer) checkedOpset(version int64) int {
	if version < oldestOpset || version > newestOpset {
		im.errorf("operator set %d is not supported", version).
			Hint = fmt.Sprintf("export the model with an opset_version from %d to %d", wholeOpset, newestOpset)
		return 0
	}
	return int(version)
}

func (im *importer) addInitializers(g *graphProto) {
	if g.sparse {
		im.errorf("sparse initializers are not supported")
	}
	for i := range g.initializers {
		t := &g.initializers[i]
		if _, twice := im.values[t.name]; twice {
			im.errorf("two initializers are called %q", t.name)
			continue
		}
		im.values[t.name] = nil
		value, err := t.decode(im.files)
		if err != nil {
			im.errorf("initializer %q: %v", t.name, err)
			continue
		}
		im.values[t.name] = im.markNarrow(im.build.Const(im.pos, t.name, widened(value)), narrowTypeOf(t.elem))
	}
}

// addNodes imports the nodes in the order of the file, which ONNX requires to be topological.
func (im *importer) addNodes(nodes []nodeProto) {
	for i := range nodes {
		p := &nodes[i]
		n := &node{importer: im, proto: p, opset: p.opset, label: nodeLabel(p, i), asked: map[string]bool{}}
		result := n.run()
		for k, name := range p.outputs {
			if name == "" {
				continue
			}
			if _, twice := im.values[name]; twice {
				n.errorf("%q is defined twice", name)
				continue
			}
			im.values[name] = n.result(result, k)
		}
	}
}

func nodeLabel(p *nodeProto, index int) string {
	if p.name != "" {
		return fmt.Sprintf("node %q (%s)", p.name, p.op)
	}
	return fmt.Sprintf("node #%d (%s)", index, p.op)
}

func (im *importer) addOutputs() {
	for i := range im.graph.outputs {
		out := &im.graph.outputs[i]
		v, ok := im.values[out.name]
		if out.name == "" {
			im.errorf("an output has no name")
		} else if !ok {
			im.errorf("output %q is not computed by any node", out.name)
		}
		items, many := im.sequences[v]
		if !many {
			im.build.Output(out.name, im.leave(out, v))
		}
		for k, v := range items {
			item := *out
			item.name = itemName(out.name, k)
			im.build.Output(item.name, im.leave(&item, v))
		}
	}
	if len(im.graph.outputs) == 0 {
		im.errorf("the graph has no outputs")
	}
}

func (im *importer) finish() (*ir.Graph, error) {
	if err := im.errs.Err(); err != nil {
		return nil, err
	}
	g, err := im.build.Graph()
	if err != nil {
		return nil, err
	}
	if g.Meta, err = meta(im.model.metadata); err != nil {
		im.errorf("%v", err)
		return nil, im.errs.Err()
	}
	g.Prune() // nodes that a better form has replaced must not decide whether samples stay apart
	return g, nil
}
