package onnx

import (
	"math"
	"slices"

	"nncc/ir"
	"nncc/runtime/tensor"
)

// resizing says how to resize, as the attributes of Resize have it.
type resizing struct {
	mode, nearest, coordinates string
	cubic, extrapolation       float64
	excludeOutside, antialias  bool
}

// applyUpsample is Resize as it was: sizes by scales, corners aligned at the first.
func applyUpsample(n *node) value {
	var scales []float64
	if n.opset < 9 {
		scales = n.floatsAttr("scales")
	} else {
		scales = n.constFloats(1, "scales")
	}
	return n.resizeByScales(resizing{mode: n.stringAttr("mode", "nearest"), nearest: "floor", coordinates: "asymmetric"}, scales)
}

// applyResize10 is the same but that scales may be below 1.
func applyResize10(n *node) value {
	r := resizing{mode: n.stringAttr("mode", "nearest"), nearest: "floor", coordinates: "asymmetric"}
	return n.resizeByScales(r, n.constFloats(1, "scales"))
}

func (n *node) resizeByScales(r resizing, scales []float64) value {
	axes := n.resizedAxes(nil, scales, nil)
	if n.failed {
		return nil
	}
	return n.resize(r, axes)
}

func applyResize(n *node) value {
	r := resizing{
		mode: n.stringAttr("mode", "nearest"), nearest: n.stringAttr("nearest_mode", "round_prefer_floor"),
		coordinates: n.stringAttr("coordinate_transformation_mode", "half_pixel"),
		cubic:       n.floatAttr("cubic_coeff_a", -0.75), extrapolation: n.floatAttr("extrapolation_value", 0),
		excludeOutside: n.boolAttr("exclude_outside", 0) == 1,
	}
	var names []int
	policy := "stretch"
	if n.opset >= 18 {
		r.antialias = n.boolAttr("antialias", 0) == 1
		names = n.intsAttr("axes")
		policy = n.stringAttr("keep_aspect_ratio_policy", "stretch")
	}
	scales := n.constFloats(2, "scales")
	var sizes []int
	if n.in(3) != nil {
		list, ok := n.constInts(3, "sizes")
		if !ok {
			return nil
		}
		sizes, scales = n.toInts("sizes", list), nil
	}
	axes := n.resizedAxes(names, scales, sizes)
	if n.failed {
		return nil
	}
	if sizes != nil {
		n.keepAspect(axes, policy)
	}
	if r.coordinates == "tf_crop_and_resize" {
		roi := n.constFloats(1, "roi")
		if n.failed || len(roi) != 2*len(axes) {
			return n.errorf("roi has %d numbers for %d axes", len(roi), len(axes))
		}
		for i := range axes {
			axes[i].from, axes[i].to = roi[i], roi[len(axes)+i]
		}
	}
	return n.resize(r, axes)
}

// resizedAxis is one dimension's new size, by a scale that need not be exactly what the sizes say, and the part of it
// that is looked at.
type resizedAxis struct {
	dim, in, out int
	scale        float64
	from, to     float64
}

// resizedAxes combines scales or sizes with the axes they are for, by default all.
func (n *node) resizedAxes(names []int, scales []float64, sizes []int) []resizedAxis {
	shape := n.shape(0)
	if names == nil {
		names = from(0, len(shape))
	}
	given := max(len(scales), len(sizes))
	if n.failed || given != len(names) {
		n.errorf("%s for %d axes", count(given, "scale or size"), len(names))
		return nil
	}
	var axes []resizedAxis
	for i, name := range names {
		d, ok := n.axis(name, len(shape))
		if !ok {
			return nil
		}
		a := resizedAxis{dim: d, in: shape[d]}
		if sizes != nil {
			a.out, a.scale = sizes[i], float64(sizes[i])/float64(max(1, shape[d]))
		} else {
			size := math.Floor(scales[i] * float64(shape[d]))
			if !(size >= 0 && size <= ir.MaxTensorBytes) {
				n.errorf("scale %v is out of range", scales[i])
				return nil
			}
			a.scale, a.out = scales[i], int(size)
		}
		if a.out < 1 || a.in < 1 {
			n.errorf("dimension %d of %s cannot become %d", d, dims(shape), a.out)
			return nil
		}
		axes = append(axes, a)
	}
	return axes
}

// keepAspect replaces the sizes by those of one scale for all axes, the smallest or largest of theirs.
func (n *node) keepAspect(axes []resizedAxis, policy string) {
	pick := map[string]func(a, b float64) float64{"not_larger": math.Min, "not_smaller": math.Max}[policy]
	if pick == nil {
		if policy != "stretch" {
			n.errorf("attribute keep_aspect_ratio_policy is %q, must be stretch, not_larger or not_smaller", policy)
		}
		return
	}
	scale := axes[0].scale
	for _, a := range axes {
		scale = pick(scale, a.scale)
	}
	for i := range axes {
		axes[i].scale, axes[i].out = scale, int(math.Floor(scale*float64(axes[i].in)+0.5))
	}
}

// resize changes one dimension after the other: each result is a sum of few elements of the input, gathered and weighted.
func (n *node) resize(r resizing, axes []resizedAxis) value {
	if !n.checkResized(r, axes) {
		return nil
	}
	v := n.inputs[0]
	for _, a := range axes {
		if a.in == a.out && a.scale == 1 && r.coordinates != "tf_crop_and_resize" {
			continue
		}
		var taps [][]tap
		for i := range a.out {
			at, ok := n.taps(r, a, i)
			if !ok {
				return nil
			}
			taps = append(taps, at)
		}
		if v = n.weigh(v, a, taps); v == nil {
			return nil
		}
		v = n.extrapolate(v, r, a)
	}
	return n.emit("identity", nil, v)
}

// checkResized bounds what resize is going to make, and rejects unknown modes.
func (n *node) checkResized(r resizing, axes []resizedAxis) bool {
	const mostTaps = 256 // for each of which there is a node
	t := ir.Type{DType: n.inputs[0].Type.DType, Shape: slices.Clone(n.shape(0))}
	resized := map[int]bool{}
	for _, a := range axes {
		switch {
		case resized[a.dim]:
			n.errorf("axis %d is there twice", a.dim)
		case a.out < 1:
			n.errorf("dimension %d of %s cannot become %d", a.dim, dims(n.shape(0)), a.out)
		case r.antialias && r.mode != "nearest" && a.scale*mostTaps < 4:
			n.errorf("antialias with a scale of %v needs more than %d elements for each of the result", a.scale, mostTaps)
		}
		resized[a.dim] = true
		t.Shape[a.dim] = a.out
	}
	if !slices.Contains(coordinateModes, r.coordinates) {
		n.errorf("attribute coordinate_transformation_mode is %q, must be one of %v", r.coordinates, coordinateModes)
	}
	if !n.failed {
		if err := t.Check(); err != nil {
			n.errorf("result %v", err)
		}
	}
	return !n.failed
}

// weigh sums gathered elements; the shorter lists of taps are filled with weights of 0.
func (n *node) weigh(v value, a resizedAxis, taps [][]tap) value {
	most := 0
	for _, t := range taps {
		most = max(most, len(t))
	}
	shape := orOnes(nil, v.Type.Rank()-a.dim)
	shape[0] = a.out
	var sum value
	for k := range most {
		indices, weights := make([]int64, a.out), make([]float64, a.out)
		exact := true
		for i, t := range taps {
			if k < len(t) {
				indices[i], weights[i] = int64(t[k].index), t[k].weight
			}
			exact = exact && weights[i] == 1
		}
		index := n.build.Const(n.pos, n.name()+".index", tensor.FromI64(indices, a.out))
		part := n.step("gather", ir.Attrs{"axis": a.dim}, v, index)
		if exact && most == 1 {
			return part
		}
		part = n.step("mul", nil, part, n.build.Const(n.pos, n.name()+".weight", tensor.FromFloat64s(v.Type.DType, weights, shape...)))
		if sum == nil {
			sum = part
		} else {
			sum = n.step("add", nil, sum, part)
		}
	}
	return sum
}

// extrapolate adds the value for places outside the part looked at, whose weights are all 0.
func (n *node) extrapolate(v value, r resizing, a resizedAxis) value {
	if r.coordinates != "tf_crop_and_resize" || r.extrapolation == 0 {
		return v
	}
	outside := make([]float64, a.out)
	for i := range outside {
		if x := a.source(r.coordinates, i); x < 0 || x > float64(a.in-1) {
			outside[i] = r.extrapolation
		}
	}
	shape := orOnes(nil, v.Type.Rank()-a.dim)
	shape[0] = a.out
	return n.step("add", nil, v, n.build.Const(n.pos, n.name()+".outside", tensor.FromFloat64s(v.Type.DType, outside, shape...)))
}

// coordinateModes are those that source knows.
var coordinateModes = []string{"half_pixel", "half_pixel_symmetric", "pytorch_half_pixel", "tf_half_pixel_for_nn", "align_corners", "asymmetric", "tf_crop_and_resize"}

// source is the place in the input that element i of the result stands for.
func (a resizedAxis) source(mode string, i int) float64 {
	x, in, out := float64(i), float64(a.in), a.scale*float64(a.in)
	switch mode {
	case "asymmetric":
		return x / a.scale
	case "align_corners":
		if out == 1 {
			return 0
		}
		return x * (in - 1) / (out - 1)
	case "tf_crop_and_resize":
		if out == 1 {
			return (a.from + a.to) / 2 * (in - 1)
		}
		return a.from*(in-1) + x*(a.to-a.from)*(in-1)/(out-1)
	case "tf_half_pixel_for_nn":
		return (x + 0.5) / a.scale
	case "pytorch_half_pixel":
		if a.out == 1 {
			return 0
		}
	case "half_pixel_symmetric": // the middle stays the middle where the size was rounded
		return in/2*(1-float64(a.out)/out) + (x+0.5)/a.scale - 0.5
	}
	return (x+0.5)/a.scale - 0.5
}

// tap is an element of the input with its weight.
type tap struct {
	index  int
	weight float64
}

// taps are the elements that element i of the result is made of.
func (n *node) taps(r resizing, a resizedAxis, i int) ([]tap, bool) {
	x := a.source(r.coordinates, i)
	if r.coordinates == "tf_crop_and_resize" && (x < 0 || x > float64(a.in-1)) {
		return []tap{{0, 0}}, true
	}
	scale := 1.0
	if r.antialias {
		scale = math.Min(a.scale, 1)
	}
	switch r.mode {
	case "nearest":
		at, ok := n.nearest(r.nearest, x)
		return []tap{{a.clamp(at), 1}}, ok
	case "linear", "bilinear", "trilinear":
		return a.around(r, x, 1/scale, func(d float64) float64 { return math.Max(0, 1-math.Abs(d*scale)) }), true
	case "cubic":
		return a.around(r, x, 2/scale, func(d float64) float64 { return cubicWeight(r.cubic, math.Abs(d*scale)) }), true
	}
	n.errorf("attribute mode is %q, must be nearest, linear or cubic", r.mode)
	return nil, false
}

// clamp is the nearest index there is.
func (a resizedAxis) clamp(x float64) int { return int(math.Min(math.Max(x, 0), float64(a.in-1))) }

func (n *node) nearest(mode string, x float64) (float64, bool) {
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
	n.errorf("attribute nearest_mode is %q, must be round_prefer_floor, round_prefer_ceil, floor or ceil", mode)
	return 0, false
}

// around weighs the elements less than reach away from x, so that weights sum to 1. Those beyond the ends are the last
// ones, or do not count.
func (a resizedAxis) around(r resizing, x, reach float64, weight func(distance float64) float64) []tap {
	var taps []tap
	total := 0.0
	for at := math.Floor(x-reach) + 1; at < x+reach; at++ {
		w := weight(at - x)
		if w == 0 || r.excludeOutside && (at < 0 || at > float64(a.in-1)) {
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
