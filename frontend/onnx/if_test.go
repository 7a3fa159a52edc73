package onnx

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// branchOf is a graph attribute.
func branchOf(name string, parts ...part) msg {
	graph := msg{}
	for _, p := range parts {
		graph = graph.bytes(p.num, p.msg)
	}
	return msg{}.text(1, name).bytes(6, graph).int(20, kindGraph)
}

// TestIf covers conditions about shapes, which choose a branch that reads values from outside, and branches in branches.
func TestIf(t *testing.T) {
	shape := func(of int64) []part {
		return []part{initializer(ints("at", of)), initializer(ints("one", 1)), nodeOf("Shape", "", []string{"x"}, []string{"s"}),
			nodeOf("Gather", "", []string{"s", "at"}, []string{"d"}), nodeOf("Equal", "", []string{"d", "one"}, []string{"c"})}
	}
	inner := nodeOf("If", "inner", []string{"c"}, []string{"r"}, branchOf("then_branch", nodeOf("Relu", "", []string{"w"}, []string{"i"}), output("i")),
		branchOf("else_branch", nodeOf("Unknown", "", nil, []string{"j"}), output("j")))
	then := branchOf("then_branch", initializer(fill("f", 4, 1, 1)), nodeOf("Add", "", []string{"x", "f"}, []string{"w"}), inner, output("r"))
	otherwise := branchOf("else_branch", nodeOf("Tanh", "", []string{"x"}, []string{"q"}), output("q"))
	choose := nodeOf("If", "choose", []string{"c"}, y, then, otherwise)
	cases := map[int64]string{
		0: "%w = add(%x, %f) : f32[1, 4, 6, 6]\n%i = relu(%w) : f32[1, 4, 6, 6]",
		1: "%q = tanh(%x) : f32[1, 4, 6, 6]",
	}
	for dimension, want := range cases {
		g, err := Parse(modelOf(17, append(shape(dimension), x, choose, output("y"))...), "m.onnx", Options{})
		require.NoError(t, err)
		require.Equal(t, want, withNumbers(g))
		require.True(t, g.Batched)
	}
}
