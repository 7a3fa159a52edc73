package onnx

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"nncc/ir"
)

// functionOf makes a function of domain "f".
func functionOf(name string, inputs, outputs []string, fields ...part) msg {
	m := msg{}.text(1, name).text(10, "f").bytes(9, msg{}.int(2, 17))
	for _, s := range inputs {
		m = m.text(4, s)
	}
	for _, s := range outputs {
		m = m.text(5, s)
	}
	for _, p := range fields {
		if p.num == 1 {
			p.num = 7 // a node
		}
		m = m.bytes(p.num, p.msg)
	}
	return m
}

// callOf makes a node that calls a function of domain "f".
func callOf(function, name string, inputs, outputs []string, attrs ...msg) part {
	p := nodeOf(function, name, inputs, outputs, attrs...)
	return part{p.num, p.msg.text(7, "f")}
}

func withFunctions(model []byte, functions ...msg) []byte {
	m := msg(model)
	for _, f := range functions {
		m = m.bytes(25, f)
	}
	return m
}

// attrRef stands for an attribute of the function around it.
func attrRef(name, of string, kind int64) msg {
	return msg{}.text(1, name).text(21, of).int(20, kind)
}

// attrNames and attrDefault are fields of a function: an attribute without a default, and one with.
func attrName(name string) part      { return part{6, []byte(name)} }
func attrDefault(attribute msg) part { return part{11, attribute} }

func TestFunctions(t *testing.T) {
	leaky := functionOf("Leaky", []string{"a"}, []string{"b"}, attrName("slope"), attrDefault(attrFloat("bias", 0.5)),
		nodeOf("LeakyRelu", "act", []string{"a"}, []string{"t"}, attrRef("alpha", "slope", kindFloat)),
		nodeOf("Constant", "", nil, []string{"k"}, attrRef("value_float", "bias", kindFloat)),
		nodeOf("Add", "", []string{"t", "k"}, []string{"b"}))
	twice := functionOf("Twice", []string{"a"}, []string{"b"}, attrName("by"),
		callOf("Leaky", "one", []string{"a"}, []string{"t"}, attrRef("slope", "by", kindFloat)),
		callOf("Leaky", "two", []string{"t"}, []string{"b"}, attrFloat("bias", 2)))
	both := functionOf("Both", []string{"a", "gone"}, []string{"b", "a", "b"}, nodeOf("Clip", "", []string{"a", "gone"}, []string{"c"}),
		nodeOf("Relu", "", []string{"c"}, []string{"b"}))
	cases := []struct {
		name  string
		parts []part
		want  string
	}{
		{"attributes given and by default", []part{callOf("Leaky", "l", []string{"x"}, y, attrFloat("slope", 0.25))},
			`%l/t = prelu(%x, 0.25) @"l/act" : f32[1, 2]
%y = add(%l/t, 0.5) @"l/Add" : f32[1, 2]`},
		{"nested, names unique", []part{nodeOf("Relu", "", []string{"x"}, []string{"m/t"}), callOf("Twice", "m", []string{"m/t"}, y, attrFloat("by", 3))},
			`%m/t = relu(%x) : f32[1, 2]
%m/one/t = prelu(%m/t, 3) @"m/one/act" : f32[1, 2]
%m/t.1 = add(%m/one/t, 0.5) @"m/one/Add" : f32[1, 2]
%m/two/t = prelu(%m/t.1, 0.01) @"m/two/act" : f32[1, 2]
%y = add(%m/two/t, 2) @"m/two/Add" : f32[1, 2]`},
		{"two calls without a name", []part{callOf("Leaky", "", []string{"x"}, []string{"z"}), callOf("Leaky", "", []string{"z"}, y)},
			`%Leaky/t = prelu(%x, 0.01) @"Leaky/act" : f32[1, 2]
%z = add(%Leaky/t, 0.5) @"Leaky/Add" : f32[1, 2]
%Leaky/t.1 = prelu(%z, 0.01) @"Leaky/act" : f32[1, 2]
%y = add(%Leaky/t.1, 0.5) @"Leaky/Add" : f32[1, 2]`},
		{"outputs that are inputs, or one another", []part{callOf("Both", "n", []string{"x"}, []string{"b", "i", "c"}),
			nodeOf("Sum", "", []string{"b", "i", "c"}, y)},
			`%n/c = clip(%x) @"n/Clip" : f32[1, 2]
%b = relu(%n/c) @"n/Relu" : f32[1, 2]
%i = identity(%x) @"n" : f32[1, 2]
%c = identity(%b) @"n" : f32[1, 2]
%y.add = add(%b, %i) @"y" : f32[1, 2]
%y = add(%y.add, %c) : f32[1, 2]`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			model := modelOf(17, append(c.parts, input("x", float, 1, 2), output("y"))...)
			g, err := Parse(withFunctions(model, leaky, twice, both), "test.onnx", Options{})
			require.NoError(t, err)
			require.NoError(t, ir.Verify(g))
			require.Equal(t, c.want, withNumbers(g))
		})
	}
}

// withNumbers are the statements of a graph with the constants of one number written in their places.
func withNumbers(g *ir.Graph) string {
	text := strings.Join(statements(g), "\n")
	for _, v := range g.Constants() {
		if v.Type.Elems() == 1 {
			text = strings.ReplaceAll(text, ", %"+v.Name+")", fmt.Sprintf(", %v)", float32(v.Const.Float64s()[0])))
		}
	}
	return text
}

// TestFunctionOfOtherOperatorSet runs a function written in an operator set in which an operator means something else.
func TestFunctionOfOtherOperatorSet(t *testing.T) {
	old := msg{}.text(1, "Old").text(10, "f").bytes(9, msg{}.int(2, 12)).text(4, "a").text(5, "b").
		bytes(7, nodeOf("Softmax", "", []string{"a"}, []string{"b"}).msg)
	model := modelOf(17, x, callOf("Old", "", []string{"x"}, []string{"z"}), nodeOf("Softmax", "", []string{"z"}, y), output("y"))
	g, err := Parse(withFunctions(model, old), "test.onnx", Options{})
	require.NoError(t, err)
	require.Contains(t, g.String(), "reshape(%x) {shape = [1, 144]}")
	require.Contains(t, g.String(), "softmax(%z) {axis = 3}")
}

// TestFunctionsThatExplode covers models whose functions call others many times, and deep ones.
func TestFunctionsThatExplode(t *testing.T) {
	tower := func(height int, body ...part) []msg {
		floors := []msg{functionOf("F0", []string{"a"}, []string{"b"}, body...)}
		for i := 1; i < height; i++ {
			below := fmt.Sprintf("F%d", i-1)
			floors = append(floors, functionOf(fmt.Sprintf("F%d", i), []string{"a"}, []string{"b"},
				callOf(below, "", []string{"a"}, []string{"t"}), callOf(below, "", []string{"t"}, []string{"b"})))
		}
		return floors
	}
	relu := nodeOf("Relu", "", []string{"a"}, []string{"b"})
	long := nodeOf("Relu", strings.Repeat("long", 1000), []string{"a"}, []string{"b"})
	cases := map[string]struct {
		functions []msg
		want      string
	}{
		"many nodes":    {tower(40, relu), "test.onnx: functions expand to more than 67108864 bytes"},
		"no nodes":      {tower(40), "test.onnx: functions expand to more than 67108864 bytes"},
		"long names":    {tower(17, long), "test.onnx: functions expand to more than 67108864 bytes"},
		"too deep":      {tower(70, relu), "test.onnx: functions call one another more than 64 deep: f.F69 -> f.F68 -> f.F67 -> f.F66 -> ... -> f.F9 -> f.F8 -> f.F7 -> f.F6 -> f.F5"},
		"many calls":    {tower(3, slicesOf(callOf("F-1", "", nil, nil), 1<<17)...), "test.onnx: more than 131072 nodes when functions are expanded"},
		"nested graphs": {[]msg{functionOf("F0", []string{"a"}, []string{"b"}, nested(1000))}, "graphs are nested more than 64 deep"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			top := fmt.Sprintf("F%d", len(c.functions)-1)
			_, err := Parse(withFunctions(modelOf(17, x, callOf(top, "", []string{"x"}, y), output("y")), c.functions...), "test.onnx", Options{})
			require.Error(t, err)
			require.Contains(t, err.Error(), c.want)
		})
	}
}

func slicesOf(p part, times int) []part {
	parts := make([]part, times)
	for i := range parts {
		parts[i] = p
	}
	return parts
}

// nested is a node with a graph in a graph in a graph, and so on.
func nested(depth int) part {
	branch := msg{}
	for range depth {
		node := msg{}.text(4, "If").bytes(5, msg{}.text(1, "then_branch").bytes(6, branch).int(20, 5))
		branch = msg{}.bytes(1, node)
	}
	return part{1, msg{}.text(4, "If").bytes(5, msg{}.text(1, "then_branch").bytes(6, branch).int(20, 5))}
}
