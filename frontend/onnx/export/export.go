// Package export writes graphs as ONNX files: the way back from package onnx.
package export

import (
	"encoding/json"
	"fmt"
	"io"
	"math"

	"nncc/frontend/onnx"
	"nncc/ir"
	"nncc/ir/diag"
	"nncc/runtime/tensor"
)

// Versions of what is written: the operator set of ONNX 1.15, which runtimes of 2024 and later read.
const (
	irVersion    = 9
	opsetVersion = 20
)

// batchDim names the open first dimension of a batched graph's inputs and outputs.
const batchDim = "N"

// Write writes g. Batched graphs get an open first dimension. The error is a *diag.List of everything that ONNX, or this
// package, has no words for.
func Write(w io.Writer, g *ir.Graph) error {
	f := &file{operators: operatorTable(), names: namesOf(g), nodeNames: map[string]bool{}, carries: carriers(g)}
	graph := f.graph(g)
	if err := f.errs.Err(); err != nil {
		return err
	}
	model := appendInt(nil, modelIRVersion, irVersion)
	model = appendText(model, modelProducer, "nncc")
	opset := appendInt(nil, opsetIDVersion, opsetVersion)
	model = appendMessage(model, modelOpset, opset)
	for _, p := range metadata(g.Meta) {
		model = appendMessage(model, modelMetadata, appendText(appendText(nil, entryKey, p.key), entryValue, p.value))
	}
	model = appendMessage(model, modelGraph, graph)
	if len(model) > math.MaxInt32 {
		return fmt.Errorf("the file would have %d bytes; a protocol buffer has at most %d", len(model), math.MaxInt32)
	}
	_, err := w.Write(model)
	return err
}

type entry struct{ key, value string }

// metadata is what the model says about itself, as far as it does.
func metadata(m ir.Meta) []entry {
	var out []entry
	add := func(key, value string) {
		if value != "" {
			out = append(out, entry{key, value})
		}
	}
	add(onnx.LicenseKey, m.License)
	add(onnx.ProvenanceKey, m.Provenance)
	if len(m.Classes) > 0 {
		add(onnx.ClassesKey, jsonOf(m.Classes))
	}
	if m.Preprocess != nil {
		add(onnx.PreprocessKey, jsonOf(m.Preprocess))
	}
	return out
}

// jsonOf writes strings and numbers that are finite, which cannot fail.
func jsonOf(v any) string {
	text, _ := json.Marshal(v)
	return string(text)
}

// file is an ONNX file under construction.
type file struct {
	errs      diag.List
	operators map[string]func(*writer)
	names     map[*ir.Value]string
	nodeNames map[string]bool    // those given
	carries   map[*ir.Value]bool // values whose first dimension counts samples of an open batch
	nodes     []byte
	extra     []byte // initializers that stand for attributes
	fresh     int    // names given so far
}

// graph is a GraphProto.
func (f *file) graph(g *ir.Graph) []byte {
	for _, n := range g.Nodes {
		f.node(n)
	}
	f.outputs(g)
	out := appendText(f.nodes, graphName, g.Name)
	for _, v := range g.Constants() {
		out = appendMessage(out, graphInitializer, f.tensor(v.Pos, f.names[v], v.Const))
	}
	out = append(out, f.extra...)
	for _, v := range g.Inputs {
		out = appendMessage(out, graphInput, f.valueInfo(v, v.Name))
	}
	for _, o := range g.Outputs {
		out = appendMessage(out, graphOutput, f.valueInfo(o.Value, o.Name))
	}
	return out
}

// outputs gives values the names under which they leave the graph, where they have others.
func (f *file) outputs(g *ir.Graph) {
	for _, o := range g.Outputs {
		if f.names[o.Value] != o.Name {
			f.emit("Identity", o.Name, nil, []string{f.names[o.Value]}, o.Name)
		}
	}
}

// node writes a node of the graph, as its row in the table says.
func (f *file) node(n *ir.Node) {
	write, ok := f.operators[n.Op.Name]
	if !ok {
		f.errs.Add(n.Pos, "ONNX has no operator for %s", n.Op.Name)
		return
	}
	write(&writer{f, n})
}

// emit appends a NodeProto.
func (f *file) emit(op, name string, attrs []byte, inputs []string, output string) {
	var n []byte
	for _, in := range inputs {
		n = appendText(n, nodeInput, in)
	}
	n = appendText(n, nodeOutput, output)
	n = appendText(n, nodeName, f.nodeName(name))
	n = appendText(n, nodeOp, op)
	f.nodes = appendMessage(f.nodes, graphNode, append(n, attrs...))
}

// nodeName makes a node's name one that no other node has.
func (f *file) nodeName(name string) string {
	unique := name
	for i := 2; f.nodeNames[unique]; i++ {
		unique = fmt.Sprintf("%s_%d", name, i)
	}
	f.nodeNames[unique] = true
	return unique
}

// tensor is a TensorProto.
func (f *file) tensor(pos diag.Pos, name string, t *tensor.Tensor) []byte {
	var out []byte
	for _, d := range t.Shape {
		out = appendInt(out, tensorDims, d)
	}
	out = appendInt(out, tensorType, f.elemType(pos, t.DType))
	out = appendText(out, tensorName, name)
	return appendBytes(out, tensorRaw, t.Data)
}

// valueInfo is a ValueInfoProto.
func (f *file) valueInfo(v *ir.Value, name string) []byte {
	var shape []byte
	for i, d := range v.Type.Shape {
		dim := appendInt(nil, dimValue, d)
		if i == 0 && f.carries[v] {
			dim = appendText(nil, dimParam, batchDim)
		}
		shape = appendMessage(shape, shapeDim, dim)
	}
	t := appendMessage(appendInt(nil, tensorTypeElem, f.elemType(v.Pos, v.Type.DType)), tensorTypeShape, shape)
	return appendMessage(appendText(nil, valueName, name), valueType, appendMessage(nil, typeTensor, t))
}

// elemType is TensorProto.DataType.
func (f *file) elemType(pos diag.Pos, d tensor.DType) int {
	types := map[tensor.DType]int{
		tensor.F32: 1, tensor.U8: 2, tensor.I8: 3, tensor.U16: 4, tensor.I16: 5, tensor.I32: 6, tensor.I64: 7,
		tensor.Bool: 9, tensor.F16: 10, tensor.F64: 11, tensor.U32: 12, tensor.U64: 13, tensor.BF16: 16,
	}
	t, ok := types[d]
	if !ok {
		f.errs.Add(pos, "ONNX has no type for %v", d)
	}
	return t
}
