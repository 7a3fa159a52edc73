package onnx

import (
	"errors"
	"fmt"

	"nncc/ir"
)

// The messages of onnx.proto, as far as the importer needs them. Field numbers are those of that file.

type modelProto struct {
	graph     *graphProto
	functions []functionProto
	opsets    []opsetID
	metadata  map[string]string
	producer  string
}

type opsetID struct {
	domain  string
	version int64
}

// isDefault reports whether it is the operator set of ONNX itself.
func (o opsetID) isDefault() bool { return o.domain == "" || o.domain == "ai.onnx" }

type graphProto struct {
	name         string
	nodes        []nodeProto
	initializers []tensorProto
	sparse       bool // has sparse initializers
	inputs       []valueInfo
	outputs      []valueInfo
}

// setOpset notes in which version of the operator set the nodes of a graph, and of those in it, are written.
func (g *graphProto) setOpset(opset int) {
	for i := range g.nodes {
		g.nodes[i].opset = opset
		for j := range g.nodes[i].attrs {
			if inner := g.nodes[i].attrs[j].g; inner != nil {
				inner.setOpset(opset)
			}
		}
	}
}

type nodeProto struct {
	name     string
	op       string
	domain   string
	overload string
	inputs   []string
	outputs  []string
	attrs    []attributeProto
	opset    int // version of the operator set, which the importer fills in
}

type attributeProto struct {
	name    string
	kind    int // AttributeType
	f       float32
	i       int64
	s       string
	t       *tensorProto
	g       *graphProto
	floats  []byte // little-endian float32
	ints    []int64
	strings []string
	ref     string // name of the attribute of the surrounding function that this one is
}

// valueInfo is the name and type of an input or output of the graph. What is optional is taken to be there.
type valueInfo struct {
	name     string
	isTensor bool
	optional bool
	sequence bool // of tensors such as the rest says
	elem     int
	hasShape bool
	dims     []dimension
}

// dimension is a size, or unknown (value -1) with or without a name.
type dimension struct {
	value int64
	param string
}

func parseModel(data []byte) (*modelProto, error) {
	m := &modelProto{metadata: map[string]string{}}
	s := scan("ModelProto", data)
	for s.next() {
		switch s.num {
		case 2:
			m.producer = s.text()
		case 7:
			if m.graph != nil {
				s.fail(errors.New("two graphs"))
				break
			}
			graph, err := parseGraph(s.bytes(), 0)
			s.fail(err)
			m.graph = graph
		case 8:
			opset, err := parseOpset(s.bytes())
			s.fail(err)
			m.opsets = append(m.opsets, opset)
		case 14:
			key, value, err := parseEntry(s.bytes())
			s.fail(err)
			m.metadata[key] = value
		case 25:
			if len(m.functions) == maxNodes {
				s.fail(fmt.Errorf("more than %d functions", maxNodes))
				break
			}
			f, err := parseFunction(s.bytes())
			s.fail(err)
			m.functions = append(m.functions, f)
		}
	}
	if s.err == nil && m.graph == nil {
		s.fail(errors.New("no graph"))
	}
	return m, s.err
}

func parseFunction(data []byte) (functionProto, error) {
	var f functionProto
	s := scan("FunctionProto", data)
	for s.next() {
		switch s.num {
		case 1:
			f.name = s.text()
		case 4:
			f.inputs = append(f.inputs, s.text())
		case 5:
			f.outputs = append(f.outputs, s.text())
		case 6:
			f.attrs = append(f.attrs, s.text())
		case 7:
			node, err := parseNode(s.bytes(), 0)
			s.fail(err)
			f.nodes = append(f.nodes, node)
		case 9:
			opset, err := parseOpset(s.bytes())
			s.fail(err)
			f.opsets = append(f.opsets, opset)
		case 10:
			f.domain = s.text()
		case 11:
			a, err := parseAttribute(s.bytes(), 0)
			s.fail(err)
			f.defaults = append(f.defaults, a)
		case 13:
			f.overload = s.text()
		}
	}
	return f, s.err
}

func parseOpset(data []byte) (opsetID, error) {
	var o opsetID
	s := scan("OperatorSetIdProto", data)
	for s.next() {
		switch s.num {
		case 1:
			o.domain = s.text()
		case 2:
			o.version = s.int()
		}
	}
	return o, s.err
}

func parseEntry(data []byte) (key, value string, err error) {
	s := scan("StringStringEntryProto", data)
	for s.next() {
		switch s.num {
		case 1:
			key = s.text()
		case 2:
			value = s.text()
		}
	}
	return key, value, s.err
}

var errDeep = fmt.Errorf("graphs are nested more than %d deep", maxGraphDepth)

// parseGraph reads a graph that is depth graphs deep in others.
func parseGraph(data []byte, depth int) (*graphProto, error) {
	g := &graphProto{}
	if depth > maxGraphDepth {
		return nil, errDeep
	}
	s := scan("GraphProto", data)
	for s.next() {
		switch s.num {
		case 1:
			if len(g.nodes) == maxNodes {
				s.fail(fmt.Errorf("more than %d nodes", maxNodes))
				break
			}
			node, err := parseNode(s.bytes(), depth)
			s.fail(err)
			g.nodes = append(g.nodes, node)
		case 2:
			g.name = s.text()
		case 5:
			t, err := parseTensor(s.bytes())
			s.fail(err)
			g.initializers = append(g.initializers, *t)
		case 11:
			v, err := parseValueInfo(s.bytes())
			s.fail(err)
			g.inputs = append(g.inputs, v)
		case 12:
			v, err := parseValueInfo(s.bytes())
			s.fail(err)
			g.outputs = append(g.outputs, v)
		case 15:
			g.sparse = true
		}
	}
	return g, s.err
}

func parseNode(data []byte, depth int) (nodeProto, error) {
	var n nodeProto
	s := scan("NodeProto", data)
	for s.next() {
		switch s.num {
		case 1:
			n.inputs = append(n.inputs, s.text())
		case 2:
			n.outputs = append(n.outputs, s.text())
		case 3:
			n.name = s.text()
		case 4:
			n.op = s.text()
		case 5:
			a, err := parseAttribute(s.bytes(), depth)
			s.fail(err)
			n.attrs = append(n.attrs, a)
		case 7:
			n.domain = s.text()
		case 8:
			n.overload = s.text()
		}
	}
	return n, s.err
}

func parseAttribute(data []byte, depth int) (attributeProto, error) {
	var a attributeProto
	s := scan("AttributeProto", data)
	for s.next() {
		switch s.num {
		case 1:
			a.name = s.text()
		case 2:
			a.f = s.float()
		case 3:
			a.i = s.int()
		case 4:
			a.s = string(s.bytes())
		case 5:
			t, err := parseTensor(s.bytes())
			s.fail(err)
			a.t = t
		case 6:
			g, err := parseGraph(s.bytes(), depth+1)
			s.fail(err)
			a.g = g
		case 7:
			a.floats = s.appendFixed(a.floats, 4)
		case 8:
			a.ints = s.appendInts(a.ints)
		case 9:
			a.strings = append(a.strings, s.text())
		case 20:
			a.kind = s.enum()
		case 21:
			a.ref = s.text()
		}
	}
	return a, s.err
}

func parseValueInfo(data []byte) (valueInfo, error) {
	var v valueInfo
	s := scan("ValueInfoProto", data)
	for s.next() {
		switch s.num {
		case 1:
			v.name = s.text()
		case 2:
			s.fail(v.parseType(s.bytes()))
		}
	}
	return v, s.err
}

func (v *valueInfo) parseType(data []byte) error {
	s := scan("TypeProto", data)
	for s.next() {
		switch s.num {
		case 1:
			v.isTensor = true
			s.fail(v.parseTensorType(s.bytes()))
		case 4:
			if v.sequence {
				return fmt.Errorf("%q is a sequence of sequences", v.name)
			}
			v.sequence = true
			s.fail(v.parseElementType("TypeProto.Sequence", s.bytes()))
		case 9:
			if v.optional {
				return fmt.Errorf("%q is optional twice", v.name)
			}
			v.optional = true
			s.fail(v.parseElementType("TypeProto.Optional", s.bytes()))
		}
	}
	return s.err
}

func (v *valueInfo) parseElementType(message string, data []byte) error {
	s := scan(message, data)
	for s.next() {
		if s.num == 1 {
			s.fail(v.parseType(s.bytes()))
		}
	}
	return s.err
}

func (v *valueInfo) parseTensorType(data []byte) error {
	s := scan("TypeProto.Tensor", data)
	for s.next() {
		switch s.num {
		case 1:
			v.elem = s.enum()
		case 2:
			v.hasShape = true
			s.fail(v.parseShape(s.bytes()))
		}
	}
	return s.err
}

func (v *valueInfo) parseShape(data []byte) error {
	s := scan("TensorShapeProto", data)
	for s.next() {
		if s.num != 1 {
			continue
		}
		if len(v.dims) == ir.MaxRank {
			return fmt.Errorf("%q has more than %d dimensions", v.name, ir.MaxRank)
		}
		d, err := parseDimension(s.bytes())
		s.fail(err)
		v.dims = append(v.dims, d)
	}
	return s.err
}

func parseDimension(data []byte) (dimension, error) {
	d := dimension{value: -1}
	s := scan("TensorShapeProto.Dimension", data)
	for s.next() {
		switch s.num {
		case 1:
			d.value = s.int()
		case 2:
			d.param = s.text()
		}
	}
	return d, s.err
}
