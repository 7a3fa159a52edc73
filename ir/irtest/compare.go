package irtest

import (
	"fmt"
	"math"

	"nncc/ir"
	"nncc/ir/interp"
	"nncc/runtime/tensor"
)

// Difference evaluates both graphs in float64 on the same inputs and returns the largest difference of their outputs
// relative to the largest element of each, or an error if they disagree on names or types.
func Difference(a, b *ir.Graph, inputs []*tensor.Tensor) (float64, error) {
	want, err := interp.Run(a, inputs, interp.Options{Float64: true})
	if err != nil {
		return 0, err
	}
	got, err := interp.Run(b, inputs, interp.Options{Float64: true})
	if err != nil {
		return 0, err
	}
	if len(got) != len(want) {
		return 0, fmt.Errorf("%d outputs, want %d", len(got), len(want))
	}
	largest := 0.0
	for i := range want {
		if a.Outputs[i].Name != b.Outputs[i].Name {
			return 0, fmt.Errorf("output %d is called %q, want %q", i, b.Outputs[i].Name, a.Outputs[i].Name)
		}
		e, err := RelativeError(want[i], got[i])
		if err != nil {
			return 0, fmt.Errorf("output %q: %w", a.Outputs[i].Name, err)
		}
		largest = max(largest, e)
	}
	return largest, nil
}

// RelativeError is the largest difference of two tensors, divided by the largest finite magnitude in want or, if that
// is smaller, 1e-6. Infinities must stand at the same places, as must elements that are not a number.
func RelativeError(want, got *tensor.Tensor) (float64, error) {
	if w, g := ir.T(want.DType, want.Shape...), ir.T(got.DType, got.Shape...); !w.Equal(g) {
		return 0, fmt.Errorf("is %v, want %v", g, w)
	}
	scale, largest := 1e-6, 0.0
	ws, gs := want.Float64s(), got.Float64s()
	for _, w := range ws {
		if !math.IsInf(w, 0) && !math.IsNaN(w) {
			scale = max(scale, math.Abs(w))
		}
	}
	for i, w := range ws {
		switch g := gs[i]; {
		case w == g || math.IsNaN(w) && math.IsNaN(g):
		case math.IsInf(w, 0) || math.IsInf(g, 0) || math.IsNaN(w) || math.IsNaN(g):
			return 0, fmt.Errorf("element %d is %v, want %v", i, g, w)
		default:
			largest = max(largest, math.Abs(w-g))
		}
	}
	return largest / scale, nil
}
