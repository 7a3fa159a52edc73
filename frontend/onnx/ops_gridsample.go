package onnx

import (
	"slices"

	"nncc/frontend/compose"
	"nncc/runtime/tensor"
)

// gridModes are the names that operator sets have for interpolation.
var gridModes = map[string]string{"linear": "linear", "bilinear": "linear", "cubic": "cubic", "bicubic": "cubic", "nearest": "nearest"}

func applyGridSample(n *node) value {
	s := compose.GridSampling{
		Mode:    gridModes[n.stringAttr("mode", "linear")],
		Padding: n.stringAttr("padding_mode", "zeros"),
		Corners: n.boolAttr("align_corners", 0) == 1,
	}
	if s.Mode == "" {
		n.errorf("mode %q is not known", n.stringAttr("mode", ""))
	}
	if s.Padding != "zeros" && s.Padding != "border" && s.Padding != "reflection" {
		n.errorf("padding_mode %q is not known", s.Padding)
	}
	x, grid := n.shape(0), n.shape(1)
	if len(x) < 3 || len(grid) != len(x) || grid[0] != x[0] || grid[len(grid)-1] != len(x)-2 {
		n.errorf("grid %s does not fit the input %s", dims(grid), dims(x))
	}
	for i, v := range n.inputs {
		if v.Type.DType != tensor.F32 {
			n.errorf("input %d is %v, must be f32", i, v.Type.DType)
		}
	}
	pixels := map[string]int{"nearest": 1, "linear": 2, "cubic": 4}[s.Mode] // along each axis
	if n.failed || !n.roomFor(productUpTo(slices.Repeat([]int{pixels}, len(x)-2), maxParts)) {
		return nil
	}
	return n.compose().GridSample(n.inputs[0], n.inputs[1], s)
}
