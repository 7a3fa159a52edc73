package onnx

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// batchCases are operators that are made of several ops, by name, with x as their input.
func batchCases() map[string][]part {
	list := func(v ...int64) part { return initializer(ints("i", v...)) }
	return map[string][]part{
		"TopK":      {list(2), nodeOf("TopK", "", []string{"x", "i"}, y, attrInt("axis", 1))},
		"CumSum":    {list(-1), nodeOf("CumSum", "", []string{"x", "i"}, y)},
		"Squeeze":   {nodeOf("ReduceMax", "", []string{"x"}, []string{"r"}, attrInts("axes", 2, 3)), nodeOf("Squeeze", "", []string{"r"}, y)},
		"Hardmax":   {nodeOf("Hardmax", "", []string{"x"}, y)},
		"LpPool":    {nodeOf("LpPool", "", []string{"x"}, y, attrInts("kernel_shape", 2, 2))},
		"attention": {nodeOf("Einsum", "", []string{"x", "x"}, y, attrString("equation", "bhid,bhjd->bhij"))},
		"weights":   {initializer(fill("w", 6, 5)), nodeOf("Einsum", "", []string{"x", "w"}, y, attrString("equation", "nchw,wo->nohc"))},
		"moved away and back": {nodeOf("Transpose", "", []string{"x"}, []string{"t"}, attrInts("perm", 1, 0, 2, 3)), initializer(msg{}.packed(1, 3, 1).int(2, 7).text(8, "i").packed(7, 2, 0, 3)),
			nodeOf("GatherND", "", []string{"t", "i"}, []string{"g"}), nodeOf("Transpose", "", []string{"g"}, y, attrInts("perm", 1, 0, 2, 3))},
		"ellipsis": {nodeOf("Einsum", "", []string{"x", "x"}, y, attrString("equation", "...ij,...kj->...ik"))},
	}
}

// TestSamplesStayApart covers operators which must not mix the samples of a batch whose size is not known.
func TestSamplesStayApart(t *testing.T) {
	images := input("x", float, "N", 4, 6, 6)
	for name, parts := range batchCases() {
		t.Run(name, func(t *testing.T) {
			g, err := Parse(modelOf(17, append(parts, images, output("y"))...), "m.onnx", Options{})
			require.NoError(t, err)
			require.True(t, g.Batched, "%v", g)
		})
	}
}

// TestSamplesTogether covers models in which a batch of one looks as if samples stayed apart.
func TestSamplesTogether(t *testing.T) {
	images := input("x", float, "N", 4, 6, 6)
	first, last := []part{initializer(ints("zero", 0)), initializer(ints("one", 1))}, []part{initializer(ints("from", -1)), initializer(ints("to", 1<<40)), initializer(ints("zero", 0))}
	size := []part{nodeOf("Shape", "", []string{"x"}, []string{"s"}), initializer(ints("zero", 0)), nodeOf("Gather", "", []string{"s", "zero"}, []string{"n"}),
		nodeOf("Cast", "", []string{"n"}, []string{"f"}, attrInt("to", 1)), nodeOf("Div", "", []string{"x", "f"}, y)}
	cases := map[string][]part{
		"first":   append(first, nodeOf("Slice", "", []string{"x", "zero", "one", "zero"}, y)),
		"last":    append(last, nodeOf("Slice", "", []string{"x", "from", "to", "zero"}, y)),
		"size":    size,
		"CumSum":  {initializer(ints("zero", 0)), nodeOf("CumSum", "", []string{"x", "zero"}, y)},
		"Reshape": {initializer(ints("to", 1, -1)), nodeOf("Reshape", "", []string{"x", "to"}, y)},
		"split":   {initializer(ints("zero", 0)), nodeOf("SplitToSequence", "", []string{"x"}, []string{"l"}), nodeOf("SequenceAt", "", []string{"l", "zero"}, y)},
		"RNN": {initializer(ints("to", 0, 4, 36)), nodeOf("Reshape", "", []string{"x", "to"}, []string{"steps"}), initializer(fill("w", 1, 1, 36)), initializer(fill("r", 1, 1, 1)),
			nodeOf("RNN", "", []string{"steps", "w", "r"}, y)},
		"gather": {initializer(msg{}.packed(1, 1, 1, 1, 2).int(2, 7).text(8, "i").packed(7, 5, 0)),
			nodeOf("GatherElements", "", []string{"x", "i"}, y, attrInt("axis", 3))},
		"scatter": {initializer(msg{}.packed(1, 1, 1, 1, 1).int(2, 7).text(8, "i").packed(7, 2)), nodeOf("ReduceMax", "", []string{"x"}, []string{"u"}, attrInts("axes", 1, 2, 3)),
			nodeOf("ScatterElements", "", []string{"x", "i", "u"}, y, attrInt("axis", 1))},
	}
	for name, parts := range cases {
		t.Run(name, func(t *testing.T) {
			g, err := Parse(modelOf(17, append(parts, images, output("y"))...), "m.onnx", Options{})
			require.NoError(t, err)
			require.False(t, g.Batched, "%v", g)
		})
	}
}
