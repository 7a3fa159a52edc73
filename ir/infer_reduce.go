package ir

import (
	"fmt"
	"slices"

	"nncc/runtime/tensor"
)

// inferReduce is the shape rule of reduce: the axes, in ascending order and none of them twice, become 1.
func inferReduce(n *Node) ([]Type, error) {
	x, axes, to := n.Inputs[0].Type, n.Ints("axes"), n.Str("to")
	if !slices.Contains([]string{"sum", "mean", "max", "min", "prod"}, to) {
		return nil, withHint("sum, mean, max, min or prod", "unknown reduction %q", to)
	}
	if to != "max" && to != "min" {
		if err := needNumeric(n.Inputs...); err != nil {
			return nil, err
		}
	}
	out := slices.Clone(x.Shape)
	for i, axis := range axes {
		if axis < 0 || axis >= x.Rank() || i > 0 && axis <= axes[i-1] {
			return nil, fmt.Errorf("axes %s of %s must be ascending and in range", dims(axes), dims(x.Shape))
		}
		out[axis] = 1
	}
	if to == "mean" && !x.DType.IsFloat() && x.Elems() == 0 {
		return nil, fmt.Errorf("the mean of no integers is undefined")
	}
	return []Type{{x.DType, out}}, nil
}

// inferArg is the shape rule of argmax and argmin.
func inferArg(n *Node) ([]Type, error) {
	if err := needNumeric(n.Inputs...); err != nil {
		return nil, err
	}
	x := n.Inputs[0].Type
	if err := normalizeAxis(n, x.Rank()); err != nil {
		return nil, err
	}
	axis := n.Int("axis")
	if x.Shape[axis] == 0 {
		return nil, fmt.Errorf("axis %d of %s has no entries", axis, dims(x.Shape))
	}
	out := slices.Clone(x.Shape)
	out[axis] = 1
	return []Type{{tensor.I64, out}}, nil
}
