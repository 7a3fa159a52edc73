package onnx

import (
	"encoding/binary"
	"math"

	"google.golang.org/protobuf/encoding/protowire"
)

// msg is a protobuf message under construction; tests write models with it.
type msg []byte

func (m msg) int(num protowire.Number, v int64) msg {
	return protowire.AppendVarint(protowire.AppendTag(m, num, protowire.VarintType), uint64(v))
}

func (m msg) float(num protowire.Number, v float32) msg {
	return protowire.AppendFixed32(protowire.AppendTag(m, num, protowire.Fixed32Type), math.Float32bits(v))
}

func (m msg) bytes(num protowire.Number, b []byte) msg {
	return protowire.AppendBytes(protowire.AppendTag(m, num, protowire.BytesType), b)
}

func (m msg) text(num protowire.Number, s string) msg { return m.bytes(num, []byte(s)) }

func (m msg) packed(num protowire.Number, list ...int64) msg {
	var b []byte
	for _, v := range list {
		b = protowire.AppendVarint(b, uint64(v))
	}
	return m.bytes(num, b)
}

// modelOf makes a model of operator set opset with a graph of the given parts.
func modelOf(opset int64, parts ...part) []byte {
	var graph msg
	for _, p := range parts {
		graph = graph.bytes(p.num, p.msg)
	}
	return msg{}.int(1, 8).bytes(7, graph).bytes(8, msg{}.int(2, opset))
}

// part is a field of GraphProto.
type part struct {
	num protowire.Number
	msg msg
}

// nodeOf makes a node; an empty input is an omitted one.
func nodeOf(op, name string, inputs, outputs []string, attrs ...msg) part {
	m := msg{}
	for _, s := range inputs {
		m = m.text(1, s)
	}
	for _, s := range outputs {
		m = m.text(2, s)
	}
	m = m.text(3, name).text(4, op)
	for _, a := range attrs {
		m = m.bytes(5, a)
	}
	return part{1, m}
}

func attrInt(name string, v int64) msg { return msg{}.text(1, name).int(3, v).int(20, kindInt) }

func attrFloat(name string, v float32) msg { return msg{}.text(1, name).float(2, v).int(20, kindFloat) }

func attrString(name, v string) msg { return msg{}.text(1, name).text(4, v).int(20, kindString) }

func attrInts(name string, v ...int64) msg {
	return msg{}.text(1, name).packed(8, v...).int(20, kindInts)
}

func attrStrings(name string, v ...string) msg {
	m := msg{}.text(1, name)
	for _, s := range v {
		m = m.text(9, s)
	}
	return m.int(20, kindStrings)
}

func attrFloats(name string, v ...float32) msg {
	return msg{}.text(1, name).bytes(7, floatBytes(v)).int(20, kindFloats)
}

func attrTensor(name string, t msg) msg { return msg{}.text(1, name).bytes(5, t).int(20, kindTensor) }

// floats makes a TensorProto of float32 with raw data.
func floats(name string, dims []int64, v ...float32) msg {
	return msg{}.packed(1, dims...).int(2, 1).text(8, name).bytes(9, floatBytes(v))
}

// fill makes a TensorProto of float32 whose elements are small and distinct.
func fill(name string, dims ...int64) msg {
	n := int64(1)
	for _, d := range dims {
		n *= d
	}
	v := make([]float32, n)
	for i := range v {
		v[i] = float32(i%7)/4 - 0.75
	}
	return floats(name, dims, v...)
}

// ints makes a TensorProto that is a list of int64.
func ints(name string, v ...int64) msg {
	return msg{}.packed(1, int64(len(v))).int(2, 7).text(8, name).packed(7, v...)
}

func texts(name string, v ...string) msg {
	m := msg{}.packed(1, int64(len(v))).int(2, stringElem).text(8, name)
	for _, s := range v {
		m = m.text(6, s)
	}
	return m
}

func floatBytes(v []float32) []byte {
	b := make([]byte, 0, 4*len(v))
	for _, f := range v {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(f))
	}
	return b
}

func initializer(t msg) part { return part{5, t} }

// input declares a graph input; a dimension is an int, or a string for a symbolic one ("" for an unnamed one).
func input(name string, elem int64, dims ...any) part {
	shape := msg{}
	for _, d := range dims {
		dim := msg{}
		switch d := d.(type) {
		case int:
			dim = dim.int(1, int64(d))
		case string:
			if d != "" {
				dim = dim.text(2, d)
			}
		}
		shape = shape.bytes(1, dim)
	}
	return part{11, msg{}.text(1, name).bytes(2, msg{}.bytes(1, msg{}.int(1, elem).bytes(2, shape)))}
}

func output(name string) part { return part{12, msg{}.text(1, name)} }
