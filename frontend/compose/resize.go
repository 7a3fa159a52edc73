package compose

import (
	"math"
	"slices"

	"nncc/ir"
	"nncc/runtime/tensor"
)

// Resizing says how to resize. Its words are those of ONNX's Resize.
type Resizing struct {
	Mode        string // nearest, linear or cubic
	Nearest     string // which pixel is the nearest: round_prefer_floor, round_prefer_ceil, floor or ceil
	Coordinates string // one of coordinateModes
	// CubicA is the parameter of cubic convolution, Extrapolation what is outside the part looked at.
	CubicA, Extrapolation     float64
	ExcludeOutside, Antialias bool
}

// ResizedAxis is one dimension's new size, by a scale that need not be exactly what the sizes say, and the part of it
// that is looked at.
type ResizedAxis struct {
	Dim, In, Out int
	Scale        float64
	From, To     float64
}

// Resize changes one dimension after the other: each result is a sum of few elements of the input, gathered and weighted.
func (m Maker) Resize(x *ir.Value, r Resizing, axes []ResizedAxis) *ir.Value {
	if !m.checkResized(x.Type, r, axes) {
		return nil
	}
	v := x
	for _, a := range axes {
		if a.In == a.Out && a.Scale == 1 && r.Coordinates != cropped {
			continue
		}
		var taps [][]tap
		for i := range a.Out {
			at, ok := m.taps(r, a, i)
			if !ok {
				return nil
			}
			taps = append(taps, at)
		}
		if v = m.weigh(v, a, taps); v == nil {
			return nil
		}
		v = m.extrapolate(v, r, a)
	}
	return m.Emit("identity", nil, v)
}

// mostTaps bounds of how many elements each of the result is made, as there is a node for each.
const mostTaps = 256

// checkResized bounds what Resize is going to make, and rejects unknown modes.
func (m Maker) checkResized(x ir.Type, r Resizing, axes []ResizedAxis) bool {
	shape, ok := slices.Clone(x.Shape), true
	wrong := func(format string, args ...any) {
		m.Errorf(format, args...)
		ok = false
	}
	resized := map[int]bool{}
	for _, a := range axes {
		switch {
		case resized[a.Dim]:
			wrong("axis %d is there twice", a.Dim)
		case a.Out < 1:
			wrong("dimension %d of %v cannot become %d", a.Dim, x, a.Out)
		case r.Antialias && r.Mode != "nearest" && a.Scale*mostTaps < 4:
			wrong("antialias with a scale of %v needs more than %d elements for each of the result", a.Scale, mostTaps)
		}
		resized[a.Dim] = true
		shape[a.Dim] = a.Out
	}
	if !slices.Contains(coordinateModes, r.Coordinates) {
		wrong("attribute coordinate_transformation_mode is %q, must be one of %v", r.Coordinates, coordinateModes)
	}
	if err := ir.T(x.DType, shape...).Check(); ok && err != nil {
		wrong("result %v", err)
	}
	return ok
}

// weigh sums gathered elements; the shorter lists of taps are filled with weights of 0.
func (m Maker) weigh(v *ir.Value, a ResizedAxis, taps [][]tap) *ir.Value {
	most := 0
	for _, t := range taps {
		most = max(most, len(t))
	}
	shape := ones(v.Type.Rank() - a.Dim)
	shape[0] = a.Out
	var sum *ir.Value
	for k := range most {
		indices, weights := make([]int64, a.Out), make([]float64, a.Out)
		exact := true
		for i, t := range taps {
			if k < len(t) {
				indices[i], weights[i] = int64(t[k].index), t[k].weight
			}
			exact = exact && weights[i] == 1
		}
		index := m.Const("index", tensor.FromI64(indices, a.Out))
		part := m.Step("gather", ir.Attrs{"axis": a.Dim}, v, index)
		if exact && most == 1 {
			return part
		}
		part = m.Step("mul", nil, part, m.Const("weight", tensor.FromFloat64s(v.Type.DType, weights, shape...)))
		if sum == nil {
			sum = part
		} else {
			sum = m.Step("add", nil, sum, part)
		}
	}
	return sum
}

// extrapolate adds the value for places outside the part looked at, whose weights are all 0.
func (m Maker) extrapolate(v *ir.Value, r Resizing, a ResizedAxis) *ir.Value {
	if r.Coordinates != cropped || r.Extrapolation == 0 {
		return v
	}
	outside := make([]float64, a.Out)
	for i := range outside {
		if x := a.source(r.Coordinates, i); x < 0 || x > float64(a.In-1) {
			outside[i] = r.Extrapolation
		}
	}
	shape := ones(v.Type.Rank() - a.Dim)
	shape[0] = a.Out
	return m.Step("add", nil, v, m.Const("outside", tensor.FromFloat64s(v.Type.DType, outside, shape...)))
}

// coordinateModes are those that source knows.
var coordinateModes = []string{"half_pixel", "half_pixel_symmetric", "pytorch_half_pixel", "tf_half_pixel_for_nn", "align_corners", "asymmetric", cropped}

// cropped looks at a part of the input only.
const cropped = "tf_crop_and_resize"

// source is the place in the input that element i of the result stands for.
func (a ResizedAxis) source(mode string, i int) float64 {
	x, in, out := float64(i), float64(a.In), a.Scale*float64(a.In)
	switch mode {
	case "asymmetric":
		return x / a.Scale
	case "align_corners":
		if out == 1 {
			return 0
		}
		return x * (in - 1) / (out - 1)
	case cropped:
		if out == 1 {
			return (a.From + a.To) / 2 * (in - 1)
		}
		return a.From*(in-1) + x*(a.To-a.From)*(in-1)/(out-1)
	case "tf_half_pixel_for_nn":
		return (x + 0.5) / a.Scale
	case "pytorch_half_pixel":
		if a.Out == 1 {
			return 0
		}
	case "half_pixel_symmetric": // the middle stays the middle where the size was rounded
		return in/2*(1-float64(a.Out)/out) + (x+0.5)/a.Scale - 0.5
	}
	return (x+0.5)/a.Scale - 0.5
}

// tap is an element of the input with its weight.
type tap struct {
	index  int
	weight float64
}

// taps are the elements that element i of the result is made of.
func (m Maker) taps(r Resizing, a ResizedAxis, i int) ([]tap, bool) {
	x := a.source(r.Coordinates, i)
	if r.Coordinates == cropped && (x < 0 || x > float64(a.In-1)) {
		return []tap{{0, 0}}, true
	}
	scale := 1.0
	if r.Antialias {
		scale = math.Min(a.Scale, 1)
	}
	switch r.Mode {
	case "nearest":
		at, ok := m.nearest(r.Nearest, x)
		return []tap{{a.clamp(at), 1}}, ok
	case "linear", "bilinear", "trilinear":
		return a.around(r, x, 1/scale, func(d float64) float64 { return math.Max(0, 1-math.Abs(d*scale)) }), true
	case "cubic":
		return a.around(r, x, 2/scale, func(d float64) float64 { return cubicWeight(r.CubicA, math.Abs(d*scale)) }), true
	}
	m.Errorf("attribute mode is %q, must be nearest, linear or cubic", r.Mode)
	return nil, false
}

// clamp is the nearest index there is.
func (a ResizedAxis) clamp(x float64) int { return int(math.Min(math.Max(x, 0), float64(a.In-1))) }

func (m Maker) nearest(mode string, x float64) (float64, bool) {
	switch mode {
	case "round_prefer_floor":
		return math.Ceil(x - 0.5), true
	case "round_prefer_ceil":
		return math.Floor(x + 0.5), true
	case "floor":
		return math.Floor(x), true
	case "ceil":
		return math.Ceil(x), true
	}
	m.Errorf("attribute nearest_mode is %q, must be round_prefer_floor, round_prefer_ceil, floor or ceil", mode)
	return 0, false
}

// around weighs the elements less than reach away from x, so that weights sum to 1. Those beyond the ends are the last
// ones, or do not count.
func (a ResizedAxis) around(r Resizing, x, reach float64, weight func(distance float64) float64) []tap {
	var taps []tap
	total := 0.0
	for at := math.Floor(x-reach) + 1; at < x+reach; at++ {
		w := weight(at - x)
		if w == 0 || r.ExcludeOutside && (at < 0 || at > float64(a.In-1)) {
			continue
		}
		taps = append(taps, tap{a.clamp(at), w})
		total += w
	}
	for i := range taps {
		taps[i].weight /= total
	}
	return taps
}

// cubicWeight is the kernel of cubic convolution with parameter a (Keys, "Cubic convolution interpolation for digital
// image processing", 1981), at distance d >= 0.
func cubicWeight(a, d float64) float64 {
	switch {
	case d <= 1:
		return ((a+2)*d-(a+3))*d*d + 1
	case d < 2:
		return ((a*d-5*a)*d+8*a)*d - 4*a
	}
	return 0
}
