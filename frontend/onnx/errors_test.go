package onnx

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"nncc/ir/diag"
)

var update = flag.Bool("update", false, "write the broken models and their messages anew")

// errorDir holds broken models, each with the messages it must give.
const errorDir = "../../testdata/errors/onnx"

// brokenModels makes the files of errorDir.
func brokenModels() map[string][]byte {
	conv := []string{"x", "w"}
	relu := nodeOf("Relu", "relu1", []string{"x"}, y)
	w := initializer(fill("w", 6, 4, 3, 3))
	rnn := []string{"s", "w", "r"}
	one := func(opset int64, parts ...part) []byte { return modelOf(opset, append(parts, x, output("y"))...) }
	valid := one(17, relu)
	outside := msg{}.packed(1, 4).int(2, 1).text(8, "w").int(14, 1)
	return map[string][]byte{
		"truncated":    valid[:len(valid)-9],
		"not-protobuf": []byte("{\"layers\": []}\n"),
		"no-graph":     msg{}.int(1, 8).bytes(8, msg{}.int(2, 17)),
		"no-opset":     msg{}.bytes(7, msg{}),
		"opset-old":    one(0, relu), "operator-old": one(6, nodeOf("Add", "a", []string{"x", "x"}, y)),
		"opset-new":     one(99, relu),
		"no-names":      modelOf(17, input("", float, 1), relu, output("")),
		"no-outputs":    modelOf(17, x, relu),
		"output-absent": modelOf(17, x, relu, output("z")),
		"unsupported-ops": one(17,
			nodeOf("Loop", "loop", []string{"x"}, []string{"a"}), nodeOf("Scan", "", []string{"a"}, []string{"b"}),
			nodeOf("Scan", "e2", []string{"b"}, []string{"c"}), nodeOf("Scan", "e3", []string{"c"}, []string{"d"}),
			nodeOf("Scan", "e4", []string{"d"}, []string{"e"}),
			part{1, append(nodeOf("FusedConv", "f", []string{"e"}, y).msg, msg{}.text(7, "com.microsoft")...)},
			nodeOf("Relu", "also wrong", []string{"nowhere"}, []string{"z"})),
		"strings": one(17, initializer(texts("a", "1")), nodeOf("Cast", "from", []string{"a"}, []string{"b"}, attrInt("to", 1)),
			nodeOf("Cast", "to", []string{"x"}, y, attrInt("to", stringElem)), nodeOf("Cast", "same", []string{"a"}, []string{"c"}, attrInt("to", stringElem))),
		"recurrent": modelOf(17, input("s", float, 5, 1, 3), initializer(fill("w", 1, 8, 3)), initializer(fill("r", 1, 8, 2)), initializer(fill("b", 1, 8)),
			initializer(ints("lengths", 4)), initializer(fill("wide", 2, 2)),
			nodeOf("LSTM", "d", rnn, y, attrString("direction", "sideways")), nodeOf("LSTM", "a", rnn, []string{"a"}, attrStrings("activations", "Tanh", "Sin", "Affine")),
			nodeOf("LSTM", "n", rnn, []string{"n"}, attrStrings("activations", "Tanh")), nodeOf("LSTM", "g", rnn, []string{"g"}, attrInt("hidden_size", 3)),
			nodeOf("GRU", "u", rnn, []string{"u"}), nodeOf("LSTM", "b", append(rnn, "b"), []string{"v"}), nodeOf("LSTM", "l", append(rnn, "", "lengths"), []string{"l"}),
			nodeOf("LSTM", "i", []string{"wide", "w", "r"}, []string{"i"}), output("y")),
		"col2im": one(20, initializer(ints("a", 6, 6)), initializer(ints("huge", 1<<32, 1<<32)), initializer(ints("b", 2, 2)), initializer(ints("none", 0, 2)), input("blocks", float, 1, 8, 8),
			nodeOf("Col2Im", "s", []string{"blocks", "a", "b"}, y), nodeOf("Col2Im", "r", []string{"x", "a", "b"}, []string{"z"}), nodeOf("Col2Im", "n", []string{"blocks", "a", "none"}, []string{"u"}), nodeOf("Col2Im", "h", []string{"blocks", "huge", "huge"}, []string{"t"}),
			nodeOf("GridSample", "g", []string{"x", "x"}, []string{"v"}, attrString("mode", "best"), attrString("padding_mode", "none")),
			nodeOf("GridSample", "old", []string{"x"}, []string{"w"})),
		"sequence": one(17, initializer(ints("five", 5)), nodeOf("SequenceConstruct", "s", []string{"x", "x"}, []string{"l"}),
			nodeOf("Relu", "r", []string{"l"}, []string{"a"}), nodeOf("SequenceLength", "n", []string{"x"}, []string{"b"}),
			nodeOf("SequenceAt", "t", []string{"l", "five"}, []string{"c"}), nodeOf("SequenceInsert", "i", []string{"l", "l"}, []string{"d"}),
			nodeOf("SequenceEmpty", "e", nil, []string{"f"}), nodeOf("SequenceErase", "d", []string{"f"}, []string{"g"}),
			nodeOf("ConcatFromSequence", "c", []string{"f"}, []string{"h"}, attrInt("axis", 0)),
			nodeOf("ConcatFromSequence", "c2", []string{"l"}, []string{"i"}, attrInt("axis", 4)),
			nodeOf("SplitToSequence", "p", []string{"x", "five"}, []string{"j"}, attrInt("axis", 1)),
			nodeOf("SequenceConstruct", "s2", []string{"x", "l"}, y)),
		"input-undefined":   one(17, nodeOf("Relu", "r", []string{"nowhere"}, y)),
		"defined-twice":     one(17, relu, nodeOf("Tanh", "t", []string{"x"}, y)),
		"too-few-inputs":    one(17, nodeOf("Conv", "c", []string{"x"}, y)),
		"input-required":    one(17, w, nodeOf("Conv", "c", []string{"", "w"}, y)),
		"channels":          one(17, initializer(fill("w", 6, 3, 3, 3)), nodeOf("Conv", "c", conv, y)),
		"kernel-shape":      one(17, w, nodeOf("Conv", "c", conv, y, attrInts("kernel_shape", 5, 5))),
		"weight-rank":       one(17, initializer(fill("w", 6, 4)), nodeOf("Conv", "c", conv, y)),
		"auto-pad":          one(17, w, nodeOf("Conv", "c", conv, y, attrString("auto_pad", "SAME"))),
		"auto-pad-and-pads": one(17, w, nodeOf("Conv", "c", conv, y, attrString("auto_pad", "VALID"), attrInts("pads", 1, 1, 1, 1))),
		"stride-zero":       one(17, w, nodeOf("Conv", "c", conv, y, attrString("auto_pad", "SAME_UPPER"), attrInts("strides", 0, 1))),
		"attribute-unknown": one(17, nodeOf("Relu", "r", []string{"x"}, y, attrFloat("alpha", 1), attrInt("beta", 1))),
		"attribute-kind":    one(17, nodeOf("Softmax", "s", []string{"x"}, y, attrFloat("axis", 1))),
		"attribute-twice":   one(17, nodeOf("Softmax", "s", []string{"x"}, y, attrInt("axis", 1), attrInt("axis", 1))),
		"attribute-missing": one(17, nodeOf("MaxPool", "p", []string{"x"}, y), nodeOf("Concat", "c", []string{"x"}, []string{"z"})),
		"attribute-range":   one(17, nodeOf("MaxPool", "p", []string{"x"}, y, attrInts("kernel_shape", 2, 1<<40))),
		"indices-of-batch": modelOf(17, input("x", float, "N", 4, 6, 6), nodeOf("MaxPool", "p", []string{"x"}, []string{"z", "i"}, attrInts("kernel_shape", 2, 2)),
			nodeOf("Cast", "c", []string{"i"}, y, attrInt("to", 1)), output("y")),
		"indices-many": modelOf(17, input("x", float, 1, 1, 1, 1, 1), nodeOf("MaxPool", "p", []string{"x"}, []string{"z", "i"}, attrInts("kernel_shape", 1<<21, 1<<21, 1<<21),
			attrInts("pads", 1<<21-1, 1<<21-1, 1<<21-1, 0, 0, 0)), nodeOf("Cast", "c", []string{"i"}, y, attrInt("to", 1)), output("y")),
		"output-unsupported": one(17, nodeOf("Relu", "r", []string{"x"}, []string{"z", "i"}), nodeOf("Cast", "c", []string{"i"}, y, attrInt("to", 1))),
		"training-mode": modelOf(17, input("x", float, "N", 4, 6, 6), initializer(fill("p", 4)),
			nodeOf("BatchNormalization", "bn", []string{"x", "p", "p", "p", "p"}, y, attrInt("training_mode", 1)),
			initializer(floats("r", nil, 0.5)), initializer(msg{}.int(2, 9).text(8, "t").bytes(9, []byte{1})),
			nodeOf("Dropout", "d", []string{"x", "r", "t"}, []string{"z"}), output("y")),
		"shape-from-input": one(17, input("s", 7, 2), nodeOf("Reshape", "r", []string{"x", "s"}, y)),
		"reshape-elements": one(17, initializer(ints("s", 5, -1)), nodeOf("Reshape", "r", []string{"x", "s"}, y)),
		"axis-range":       one(17, nodeOf("Flatten", "f", []string{"x"}, y, attrInt("axis", 5)), nodeOf("Softmax", "s", []string{"x"}, []string{"z"}, attrInt("axis", -5))),
		"slice-step": one(17, initializer(ints("zero", 0)), initializer(ints("two", 2)),
			nodeOf("Slice", "s", []string{"x", "zero", "two", "two", "zero"}, y)),
		"dimensions-open": modelOf(17, input("x", float, "N", 3, "height", ""), input("t", 8, 1), input("c", 14, 1), relu, output("y")),
		"constant-huge":   one(17, initializer(ints("s", 1<<15, 1<<15)), nodeOf("ConstantOfShape", "c", []string{"s"}, y)),
		"several": one(17, w, initializer(fill("w2", 6, 3, 3, 3)), nodeOf("Conv", "c1", conv, []string{"a"}, attrInts("stride", 2, 2)),
			nodeOf("Conv", "c2", []string{"x", "w2"}, []string{"b"}), nodeOf("Add", "depends on broken nodes", []string{"a", "b"}, []string{"c"}),
			nodeOf("Add", "add", []string{"x", "w"}, y)),
		"function-recursive": withFunctions(one(17, callOf("F", "c", []string{"x"}, y)),
			functionOf("F", []string{"a"}, []string{"b"}, callOf("G", "", []string{"a"}, []string{"b"})),
			functionOf("G", []string{"a"}, []string{"b"}, callOf("F", "", []string{"a"}, []string{"b"}))),
		"function-twice": withFunctions(one(17, relu), functionOf("F", nil, nil), functionOf("F", nil, nil)),
		"function-attribute": withFunctions(one(17, callOf("F", "c", []string{"x"}, y, attrInt("wrong", 1))),
			functionOf("F", []string{"a"}, []string{"b"}, attrName("right"), attrDefault(attrInt("other", 1)))),
		"function-inputs": withFunctions(one(17, callOf("F", "c", []string{"x", "x"}, y)),
			functionOf("F", []string{"a"}, []string{"b"})),
		"function-outside": withFunctions(one(17, callOf("F", "c", nil, y)),
			functionOf("F", nil, []string{"b"}, nodeOf("Relu", "", []string{"x"}, []string{"b"}))),
		"function-operator": withFunctions(one(17, callOf("F", "c", []string{"x"}, y)),
			functionOf("F", []string{"a"}, []string{"b"}, nodeOf("LSTM", "", []string{"a"}, []string{"b"}))),
		"topk-too-many":    one(17, initializer(ints("k", 7)), nodeOf("TopK", "t", []string{"x", "k"}, y)),
		"indices-computed": one(17, input("i", 7, 1, 4, 6, 6), nodeOf("GatherND", "g", []string{"x", "i"}, y)),
		"indices-range":    one(17, initializer(ints("i", 1)), nodeOf("GatherND", "g", []string{"x", "i"}, y), nodeOf("ScatterND", "s", []string{"x", "i", "x"}, []string{"z"})),
		"nonzero-computed": one(17, nodeOf("NonZero", "n", []string{"x"}, y)),
		"range-endless":    one(17, initializer(ints("a", 0)), initializer(ints("b", 1<<60)), initializer(ints("c", 1)), nodeOf("Range", "r", []string{"a", "b", "c"}, y)),
		"einsum": one(17, nodeOf("Einsum", "rank", []string{"x", "x"}, y, attrString("equation", "ab,abcd->d")),
			nodeOf("Einsum", "result", []string{"x"}, []string{"a"}, attrString("equation", "abcd->xx")),
			nodeOf("Einsum", "sizes", []string{"x", "x"}, []string{"b"}, attrString("equation", "abcd,dbca")),
			nodeOf("Einsum", "diagonal", []string{"x"}, []string{"c"}, attrString("equation", "aacd")),
			nodeOf("Einsum", "operands", []string{"x"}, []string{"d"}, attrString("equation", "abcd,")),
			nodeOf("Einsum", "dimensions", []string{"x", "x", "x"}, []string{"e"}, attrString("equation", "abcd,efgh,ijkl->abcdefghijkl"))),
		"if-computed": one(17, input("c", 9, 1), nodeOf("If", "i", []string{"c"}, y, branchOf("then_branch", output("x")), branchOf("else_branch", output("x")))),
		"if-branches": one(17, initializer(msg{}.packed(1, 1).int(2, 9).text(8, "c").packed(5, 1)), nodeOf("If", "i", []string{"c"}, y, branchOf("then_branch")),
			nodeOf("If", "two", []string{"c"}, []string{"a"}, branchOf("then_branch"), branchOf("else_branch")),
			nodeOf("If", "unknown", []string{"c"}, []string{"b"}, branchOf("then_branch", nodeOf("Scan", "", nil, []string{"d"}), output("d")), branchOf("else_branch"))),
		"if-in-function": withFunctions(one(17, callOf("F", "c", []string{"x"}, y)), functionOf("F", []string{"a"}, []string{"b"},
			nodeOf("If", "", []string{"a"}, []string{"b"}, branchOf("then_branch"), branchOf("else_branch")))),
		"graphs-deep":         one(17, nested(1000)),
		"tensor-short":        one(17, relu, initializer(floats("w", []int64{2, 2}, 1, 2, 3))),
		"tensor-negative":     one(17, relu, initializer(floats("w", []int64{-1}))),
		"tensor-huge":         one(17, relu, initializer(floats("w", []int64{1 << 20, 1 << 20, 1 << 30}))),
		"tensor-kind":         one(17, relu, initializer(msg{}.packed(1, 1).int(2, 8).text(8, "w"))),
		"tensor-twice":        one(17, relu, w, w),
		"external-escape":     one(17, relu, initializer(external(outside, "location", "../secret.bin"))),
		"external-missing":    one(17, relu, initializer(external(outside, "location", "absent.bin"))),
		"external-no-place":   one(17, relu, initializer(outside)),
		"external-bad-length": one(17, relu, initializer(external(external(outside, "location", "x"), "length", "15"))),
		"external-beyond":     one(17, relu, initializer(external(external(outside, "location", "opset-old.onnx"), "offset", "1000000"))),
		"external-offset":     one(17, relu, initializer(external(external(outside, "location", "opset-old.onnx"), "offset", "9223372036854775807"))),
		"external-overlap": one(17, relu, initializer(external(outside, "location", "opset-old.onnx")),
			initializer(external(external(msg{}.packed(1, 4).int(2, 1).text(8, "v").int(14, 1), "location", "./opset-old.onnx"), "offset", "8"))),
	}
}

// external adds an entry of external_data to a TensorProto.
func external(t msg, key, value string) msg {
	return append(t[:len(t):len(t)], msg{}.bytes(13, msg{}.text(1, key).text(2, value))...)
}

func TestErrors(t *testing.T) {
	if *update {
		for name, data := range brokenModels() {
			require.NoError(t, os.WriteFile(filepath.Join(errorDir, name+".onnx"), data, 0o644))
		}
	}
	files, err := filepath.Glob(filepath.Join(errorDir, "*.onnx"))
	require.NoError(t, err)
	require.Len(t, files, len(brokenModels()), "run with -update")
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			_, err := Load(file, Options{})
			require.Error(t, err)
			var got strings.Builder
			diag.Fprint(&got, err, nil)
			text := strings.ReplaceAll(got.String(), filepath.ToSlash(errorDir)+"/", "")
			golden := strings.TrimSuffix(file, ".onnx") + ".want"
			if *update {
				require.NoError(t, os.WriteFile(golden, []byte(text), 0o644))
			}
			want, err := os.ReadFile(golden)
			require.NoError(t, err)
			require.Equal(t, string(want), text)
		})
	}
}
