package onnx

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"nncc/ir"
)

// float is TensorProto.FLOAT.
const float = 1

// x is the input that most cases use.
var x = input("x", float, 1, 4, 6, 6)

// y are the outputs of most nodes.
var y = []string{"y"}

// operatorCase is a small model and the statements it becomes.
type operatorCase struct {
	name  string
	opset int64
	parts []part
	want  string
}

func (c *operatorCase) model() []byte { return modelOf(c.opset, append(c.parts, output("y"))...) }

// operatorCases show what nodes become that the ONNX project's own tests, which use new operator sets only, do not
// cover, and what attributes are translated to.
var operatorCases = []operatorCase{
	{"conv with all attributes", 17, []part{x, initializer(fill("w", 6, 2, 3, 1)), initializer(fill("b", 6)),
		nodeOf("Conv", "n", []string{"x", "w", "b"}, y, attrInts("kernel_shape", 3, 1), attrInts("strides", 2, 1),
			attrInts("pads", 1, 0, 2, 1), attrInts("dilations", 1, 3), attrInt("group", 2), attrString("auto_pad", "NOTSET"))},
		`%y = conv(%x, %w, %b) {stride = [2, 1], pad = [1, 0, 2, 1], dilation = [1, 3], groups = 2} @"n" : f32[1, 6, 4, 7]`},
	{"conv 1-D, omitted bias", 11, []part{input("x", float, 1, 2, 9), initializer(fill("w", 3, 2, 4)),
		nodeOf("Conv", "n", []string{"x", "w", ""}, y)},
		`%y = conv(%x, %w) @"n" : f32[1, 3, 6]`},
	{"conv SAME_UPPER", 11, []part{x, initializer(fill("w", 6, 4, 2, 3)),
		nodeOf("Conv", "n", []string{"x", "w"}, y, attrString("auto_pad", "SAME_UPPER"), attrInts("strides", 1, 4))},
		`%y = conv(%x, %w) {stride = [1, 4], pad = [0, 0, 1, 1]} @"n" : f32[1, 6, 6, 2]`},
	{"conv SAME_LOWER dilated", 11, []part{x, initializer(fill("w", 6, 4, 2, 3)),
		nodeOf("Conv", "n", []string{"x", "w"}, y, attrString("auto_pad", "SAME_LOWER"), attrInts("dilations", 3, 2))},
		`%y = conv(%x, %w) {pad = [2, 2, 1, 2], dilation = [3, 2]} @"n" : f32[1, 6, 6, 6]`},
	{"maxpool VALID with ceil_mode", 12, []part{x,
		nodeOf("MaxPool", "n", []string{"x"}, y, attrInts("kernel_shape", 3, 3), attrInts("strides", 2, 2),
			attrString("auto_pad", "VALID"), attrInt("ceil_mode", 1), attrInt("storage_order", 0))},
		`%y = maxpool(%x) {kernel = [3, 3], stride = [2, 2], ceil = 1} @"n" : f32[1, 4, 3, 3]`},
	{"maxpool SAME_UPPER ignores ceil_mode", 12, []part{x,
		nodeOf("MaxPool", "n", []string{"x"}, y, attrInts("kernel_shape", 3, 3), attrInts("strides", 4, 4),
			attrString("auto_pad", "SAME_UPPER"), attrInt("ceil_mode", 1))},
		`%y = maxpool(%x) {kernel = [3, 3], stride = [4, 4], pad = [0, 0, 1, 1]} @"n" : f32[1, 4, 2, 2]`},
	{"maxpool with indices that nobody reads", 12, []part{x,
		nodeOf("MaxPool", "n", []string{"x"}, []string{"y", "i"}, attrInts("kernel_shape", 2, 2), attrInt("ceil_mode", 1), attrInts("strides", 4, 4))},
		`%y = maxpool(%x) {kernel = [2, 2], stride = [4, 4], ceil = 1} @"n" : f32[1, 4, 2, 2]`},
	{"global pools", 9, []part{x,
		nodeOf("GlobalMaxPool", "n", []string{"x"}, []string{"m"}), nodeOf("GlobalAveragePool", "n2", []string{"m"}, y)},
		"%m = maxpool(%x) {kernel = [6, 6]} @\"n\" : f32[1, 4, 1, 1]\n%y = avgpool(%m) {kernel = [1, 1]} @\"n2\" : f32[1, 4, 1, 1]"},
	{"batch norm 7", 7, []part{x, initializer(fill("s", 4)), initializer(fill("b", 4)), initializer(fill("m", 4)), initializer(fill("v", 4)),
		nodeOf("BatchNormalization", "n", []string{"x", "s", "b", "m", "v"}, []string{"y", "", "", "sm", ""},
			attrFloat("epsilon", 0.5), attrFloat("momentum", 0.1), attrInt("spatial", 1))},
		`%y = batchnorm(%x, %s, %b, %m, %v) {epsilon = 0.5} @"n" : f32[1, 4, 6, 6]`},
	{"clip 6", 6 + 1, []part{x, nodeOf("Clip", "n", []string{"x"}, y, attrFloat("min", 0), attrFloat("max", 6))},
		`%y = clip(%x) {min = 0, max = 6} @"n" : f32[1, 4, 6, 6]`},
	{"clip 11, only max", 11, []part{x, initializer(floats("six", nil, 6)), nodeOf("Clip", "n", []string{"x", "", "six"}, y)},
		`%y = clip(%x) {max = 6} @"n" : f32[1, 4, 6, 6]`},
	{"dropout 7", 7, []part{x, nodeOf("Dropout", "n", []string{"x"}, []string{"y", "mask"}, attrFloat("ratio", 0.25))},
		`%y = dropout(%x) {rate = 0.25} @"n" : f32[1, 4, 6, 6]`},
	{"dropout 13", 13, []part{x, initializer(floats("r", nil, 0.5)), nodeOf("Dropout", "n", []string{"x", "r"}, y, attrInt("seed", 3))},
		`%y = dropout(%x) @"n" : f32[1, 4, 6, 6]`},
	{"sum of three", 8, []part{x, initializer(fill("b", 1, 4, 1, 1)), nodeOf("Sum", "n", []string{"x", "b", "x"}, y)},
		"%y.add = add(%x, %b) @\"n\" : f32[1, 4, 6, 6]\n%y = add(%y.add, %x) @\"n\" : f32[1, 4, 6, 6]"},
	{"sum of one", 8, []part{x, nodeOf("Sum", "n", []string{"x"}, y)},
		`%y = identity(%x) @"n" : f32[1, 4, 6, 6]`},
	{"slice 1", 9, []part{x, nodeOf("Slice", "n", []string{"x"}, y,
		attrInts("starts", -3, 1), attrInts("ends", 1<<40, -2), attrInts("axes", 2, 3))},
		`%y = slice(%x) {start = [0, 0, 3, 1], size = [1, 4, 3, 3], step = [1, 1, 1, 1]} @"n" : f32[1, 4, 3, 3]`},
	{"slice 10, backwards", 10, []part{x, initializer(ints("s", -1)), initializer(ints("e", -1<<63)), initializer(ints("a", 1)), initializer(ints("d", -3)),
		nodeOf("Slice", "n", []string{"x", "s", "e", "a", "d"}, y)},
		`%y = slice(%x) {start = [0, 3, 0, 0], size = [1, 2, 6, 6], step = [1, -3, 1, 1]} @"n" : f32[1, 2, 6, 6]`},
	{"softmax before 13", 12, []part{x, nodeOf("Softmax", "n", []string{"x"}, y)},
		"%y.reshape = reshape(%x) {shape = [1, 144]} @\"n\" : f32[1, 144]\n" +
			"%y.softmax = softmax(%y.reshape) {axis = 1} @\"n\" : f32[1, 144]\n" +
			"%y = reshape(%y.softmax) {shape = [1, 4, 6, 6]} @\"n\" : f32[1, 4, 6, 6]"},
	{"softmax before 13, last axis", 12, []part{x, nodeOf("Softmax", "n", []string{"x"}, y, attrInt("axis", -1))},
		`%y = softmax(%x) {axis = 3} @"n" : f32[1, 4, 6, 6]`},
	{"squeeze and unsqueeze before 13", 12, []part{x,
		nodeOf("Unsqueeze", "n", []string{"x"}, []string{"u"}, attrInts("axes", 5, 0)), nodeOf("Squeeze", "n2", []string{"u"}, y)},
		"%u = reshape(%x) {shape = [1, 1, 4, 6, 6, 1]} @\"n\" : f32[1, 1, 4, 6, 6, 1]\n%y = reshape(%u) {shape = [4, 6, 6]} @\"n2\" : f32[4, 6, 6]"},
	{"squeeze before 13 with axes", 12, []part{x, nodeOf("Squeeze", "n", []string{"x"}, y, attrInts("axes", -4))},
		`%y = reshape(%x) {shape = [4, 6, 6]} @"n" : f32[4, 6, 6]`},
	{"pad 2", 10, []part{x, nodeOf("Pad", "n", []string{"x"}, y, attrInts("pads", 0, 2, 0, 0, 0, 2, 0, 1), attrFloat("value", 1.5), attrString("mode", "constant"))},
		`%y = pad(%x) {pad = [0, 2, 0, 0, 0, 2, 0, 1], value = 1.5} @"n" : f32[1, 8, 6, 7]`},
	{"pad 18 with axes", 18, []part{x, initializer(ints("p", 1, 2, 3, 4)), initializer(ints("a", -1, 2)),
		nodeOf("Pad", "n", []string{"x", "p", "", "a"}, y, attrString("mode", "edge"))},
		`%y = pad(%x) {pad = [0, 0, 2, 1, 0, 0, 4, 3], mode = "edge"} @"n" : f32[1, 4, 12, 10]`},
	{"reshape with 0 and -1", 13, []part{x, initializer(ints("s", 0, -1, 2, 9)), nodeOf("Reshape", "n", []string{"x", "s"}, y)},
		`%y = reshape(%x) {shape = [1, 8, 2, 9]} @"n" : f32[1, 8, 2, 9]`},
	{"transpose without perm", 13, []part{x, nodeOf("Transpose", "n", []string{"x"}, y)},
		`%y = transpose(%x) {perm = [3, 2, 1, 0]} @"n" : f32[6, 6, 4, 1]`},
	{"gemm", 13, []part{input("x", float, 2, 3), initializer(fill("w", 4, 3)), initializer(fill("b", 4)),
		nodeOf("Gemm", "n", []string{"x", "w", "b"}, y, attrFloat("alpha", 0.5), attrFloat("beta", 1), attrInt("transB", 1), attrInt("transA", 0))},
		`%y = gemm(%x, %w, %b) {trans_b = 1, alpha = 0.5} @"n" : f32[2, 4]`},
	{"cast", 13, []part{x, nodeOf("Cast", "n", []string{"x"}, y, attrInt("to", 7))},
		`%y = cast(%x) {to = "i64"} @"n" : i64[1, 4, 6, 6]`},
	{"split to a sequence of ones, without the axis, and stacked", 17, []part{input("x", float, 2, 3),
		nodeOf("SplitToSequence", "s", []string{"x"}, []string{"l"}, attrInt("axis", -2), attrInt("keepdims", 0)),
		nodeOf("ConcatFromSequence", "n", []string{"l"}, y, attrInt("axis", -1), attrInt("new_axis", 1))},
		"%l.0 = slice(%x) {start = [0, 0], size = [1, 3], step = [1, 1]} @\"s\" : f32[1, 3]\n" +
			"%l.1 = slice(%x) {start = [1, 0], size = [1, 3], step = [1, 1]} @\"s\" : f32[1, 3]\n" +
			"%l.0.squeezed = reshape(%l.0) {shape = [3]} @\"s\" : f32[3]\n" +
			"%l.1.squeezed = reshape(%l.1) {shape = [3]} @\"s\" : f32[3]\n" +
			"%y.reshape = reshape(%l.0.squeezed) {shape = [3, 1]} @\"n\" : f32[3, 1]\n" +
			"%y.reshape.1 = reshape(%l.1.squeezed) {shape = [3, 1]} @\"n\" : f32[3, 1]\n" +
			"%y = concat(%y.reshape, %y.reshape.1) {axis = 1} @\"n\" : f32[3, 2]"},
	{"parts of two, the last of one", 17, []part{input("x", float, 1, 5), initializer(msg{}.int(2, 7).text(8, "two").packed(7, 2)), initializer(ints("last", -1)),
		nodeOf("SplitToSequence", "s", []string{"x", "two"}, []string{"l"}, attrInt("axis", 1)),
		nodeOf("SequenceAt", "n", []string{"l", "last"}, []string{"z"}), nodeOf("Relu", "r", []string{"z"}, y)},
		"%l.2 = slice(%x) {start = [0, 4], size = [1, 1], step = [1, 1]} @\"s\" : f32[1, 1]\n%y = relu(%l.2) @\"r\" : f32[1, 1]"},
	{"a sequence put together", 17, []part{x, initializer(ints("two", 2)), nodeOf("SequenceEmpty", "e", nil, []string{"a"}, attrInt("dtype", 1)),
		nodeOf("SequenceInsert", "i", []string{"a", "x"}, []string{"b"}), nodeOf("Relu", "r", []string{"x"}, []string{"z"}),
		nodeOf("SequenceInsert", "i", []string{"b", "z"}, []string{"c"}), nodeOf("SequenceErase", "d", []string{"c"}, []string{"d"}),
		nodeOf("SequenceLength", "n", []string{"d"}, []string{"n"}), nodeOf("SequenceConstruct", "k", []string{"x", "z", "n"}, []string{"f"}),
		nodeOf("SequenceAt", "t", []string{"f", "two"}, []string{"g"}), nodeOf("Cast", "o", []string{"g"}, []string{"h"}, attrInt("to", 1)),
		nodeOf("Add", "p", []string{"x", "h"}, y)},
		`%y = add(%x, %h) @"p" : f32[1, 4, 6, 6]`},
	{"strings, compared and chosen", 17, []part{input("x", stringElem, 2), initializer(texts("c", "cat", "")), initializer(texts("d", "cat", "dog")),
		nodeOf("Equal", "e", []string{"c", "d"}, []string{"same"}), nodeOf("Where", "n", []string{"same", "d", "x"}, y)},
		`%y = where(%same, %d, %x) @"n" : i64[2]`},
	{"a recurrent layer of two steps, backwards", 17, []part{input("x", float, 2, 1, 3), initializer(fill("w", 1, 2, 3)), initializer(fill("r", 1, 2, 2)),
		nodeOf("RNN", "n", []string{"x", "w", "r"}, []string{"", "y"}, attrString("direction", "reverse"), attrInt("hidden_size", 2))},
		"%y.reshape = reshape(%x) {shape = [2, 3]} @\"n\" : f32[2, 3]\n" +
			"%y.gemm = gemm(%y.reshape, %y.reshape.1) {trans_b = 1} @\"n\" : f32[2, 2]\n" +
			"%y.slice.2 = slice(%y.gemm) {start = [1, 0], size = [1, 2], step = [1, 1]} @\"n\" : f32[1, 2]\n" +
			"%y.tanh = tanh(%y.slice.2) @\"n\" : f32[1, 2]\n" +
			"%y.gemm.1 = gemm(%y.tanh, %y.reshape.2) {trans_b = 1} @\"n\" : f32[1, 2]\n" +
			"%y.slice.3 = slice(%y.gemm) {start = [0, 0], size = [1, 2], step = [1, 1]} @\"n\" : f32[1, 2]\n" +
			"%y.add = add(%y.gemm.1, %y.slice.3) @\"n\" : f32[1, 2]\n" +
			"%y.tanh.1 = tanh(%y.add) @\"n\" : f32[1, 2]\n" +
			"%y.reshape.3 = reshape(%y.tanh.1) {shape = [1, 1, 2]} @\"n\" : f32[1, 1, 2]"},
	{"nodes without a name", 13, []part{x, nodeOf("Relu", "", []string{"x"}, y)},
		`%y = relu(%x) : f32[1, 4, 6, 6]`},
}

func TestOperators(t *testing.T) {
	for _, c := range operatorCases {
		t.Run(c.name, func(t *testing.T) {
			g, err := Parse(c.model(), "test.onnx", Options{})
			require.NoError(t, err)
			require.NoError(t, ir.Verify(g))
			require.Equal(t, c.want, strings.Join(statements(g), "\n"))
		})
	}
}

// statements are the lines of the graph's text that compute something.
func statements(g *ir.Graph) []string {
	var out []string
	for line := range strings.Lines(g.String()) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "%") {
			out = append(out, line)
		}
	}
	return out
}
