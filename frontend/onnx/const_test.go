package onnx

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestConstants covers every form of constants, and that arithmetic on shapes is done while importing.
func TestConstants(t *testing.T) {
	constant := func(name string, attr msg) part { return nodeOf("Constant", "", nil, []string{name}, attr) }
	cases := []struct {
		name  string
		parts []part
		shape []int
		want  []float64
	}{
		{"value", []part{constant("y", attrTensor("value", floats("", []int64{1, 2}, 3, 4)))}, []int{1, 2}, []float64{3, 4}},
		{"value_float", []part{constant("y", attrFloat("value_float", 2.5))}, []int{}, []float64{2.5}},
		{"value_floats", []part{constant("y", attrFloats("value_floats", 2.5, 3))}, []int{2}, []float64{2.5, 3}},
		{"value_int", []part{constant("y", attrInt("value_int", 1<<40))}, []int{}, []float64{1 << 40}},
		{"value_ints", []part{constant("y", attrInts("value_ints", 4, -5))}, []int{2}, []float64{4, -5}},
		{"empty value_ints", []part{constant("y", attrInts("value_ints"))}, []int{0}, []float64{}},
		{"ConstantOfShape", []part{initializer(ints("s", 2)), nodeOf("ConstantOfShape", "", []string{"s"}, y)}, []int{2}, []float64{0, 0}},
		{"ConstantOfShape with a value", []part{initializer(ints("s", 3)), nodeOf("ConstantOfShape", "", []string{"s"}, y, attrTensor("value", ints("", 7)))},
			[]int{3}, []float64{7, 7, 7}},
		{"Shape", []part{nodeOf("Shape", "", []string{"x"}, y, attrInt("start", -3), attrInt("end", 99))}, []int{3}, []float64{4, 6, 6}},
		{"a chain", []part{initializer(ints("minus", -1)), initializer(ints("one", 1)), initializer(ints("three", 3)),
			nodeOf("Shape", "", []string{"x"}, []string{"a"}), nodeOf("Gather", "", []string{"a", "one"}, []string{"b"}),
			nodeOf("Concat", "", []string{"b", "minus"}, []string{"c"}, attrInt("axis", 0)), nodeOf("Mul", "", []string{"c", "three"}, y)},
			[]int{2}, []float64{12, -3}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			g, err := Parse(modelOf(17, append(c.parts, x, output("y"))...), "m.onnx", Options{})
			require.NoError(t, err)
			require.Empty(t, g.Nodes)
			got := g.Outputs[0].Value.Const
			require.NotNil(t, got)
			require.Equal(t, dims(c.shape), dims(got.Shape))
			require.Equal(t, c.want, got.Float64s())
		})
	}
}
