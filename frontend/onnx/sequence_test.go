package onnx

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// sequenceOf is an input or output that is a sequence of tensors, or an optional one.
func sequenceOf(p part, optional bool) part {
	var name, tensor []byte
	s := scan("ValueInfoProto", p.msg)
	for s.next() {
		if s.num == 1 {
			name = s.bytes()
		} else {
			tensor = s.bytes()
		}
	}
	list := msg{}.bytes(4, msg{}.bytes(1, tensor))
	if optional {
		list = msg{}.bytes(9, msg{}.bytes(1, list))
	}
	return part{p.num, msg{}.bytes(1, name).bytes(2, list)}
}

// TestSequences covers what the operator cases, which have one tensor as input and output, do not: sequences that come in
// and go out.
func TestSequences(t *testing.T) {
	in := sequenceOf(input("x", float, 2, 3), true)
	parts := []part{in, initializer(ints("first", 0)),
		nodeOf("Identity", "", []string{"x"}, []string{"same"}),
		nodeOf("SequenceAt", "", []string{"same", "first"}, []string{"a"}),
		nodeOf("Relu", "", []string{"a"}, []string{"b"}),
		nodeOf("SequenceInsert", "", []string{"same", "b", "first"}, []string{"y"}),
		sequenceOf(output("y"), false)}
	g, err := Parse(modelOf(17, parts...), "m.onnx", Options{Dims: map[string]int{"x": 2}})
	require.NoError(t, err)
	require.Equal(t, "%b = relu(%x.0) : f32[2, 3]", withNumbers(g))
	require.Len(t, g.Inputs, 2)
	require.Len(t, g.Outputs, 3)
	for i, want := range []string{"y.0", "y.1", "y.2"} {
		require.Equal(t, want, g.Outputs[i].Name)
	}

	_, err = Parse(modelOf(17, parts...), "m.onnx", Options{})
	require.EqualError(t, err, "m.onnx: input \"x\" is a sequence, of open length (give it a length with --dim x=N)")
	_, err = Parse(modelOf(17, parts...), "m.onnx", Options{Dims: map[string]int{"x": -1}})
	require.ErrorContains(t, err, `input "x" is a sequence; a length of -1 is not possible`)
}

// Sequences of sequences, and more tensors than a file of that size should make, are refused.
func TestSequenceLimits(t *testing.T) {
	in := sequenceOf(input("x", float, 2, 3), false)
	twice := part{in.num, msg{}.text(1, "x").bytes(2, msg{}.bytes(4, msg{}.bytes(1, msg{}.bytes(4, nil).bytes(4, nil))))}
	_, err := Parse(modelOf(17, twice, nodeOf("Identity", "", []string{"x"}, y), output("y")), "m.onnx", Options{})
	require.ErrorContains(t, err, `"x" is a sequence of sequences`)

	long := []part{input("x", float, 1<<17, 1, 1), initializer(fill("w", 1, 1, 1)), nodeOf("RNN", "r", []string{"x", "w", "w"}, y), output("y")}
	_, err = Parse(modelOf(17, long...), "m.onnx", Options{})
	require.EqualError(t, err, "m.onnx: sequences, recurrent layers, samplings and pools have more than 65536 parts")

	parts := []part{input("x", float, 20000)}
	for _, name := range []string{"a", "b", "c", "d", "e"} {
		parts = append(parts, nodeOf("SplitToSequence", name, []string{"x"}, []string{name}))
	}
	_, err = Parse(modelOf(17, append(parts, output("a"))...), "m.onnx", Options{})
	require.EqualError(t, err, "m.onnx: sequences, recurrent layers, samplings and pools have more than 65536 parts")
}
