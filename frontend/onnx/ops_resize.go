package onnx

import (
	"math"

	"nncc/frontend/compose"
	"nncc/ir"
)

// applyUpsample is Resize as it was: sizes by scales, corners aligned at the first.
func applyUpsample(n *node) value {
	var scales []float64
	if n.opset < 9 {
		scales = n.floatsAttr("scales")
	} else {
		scales = n.constFloats(1, "scales")
	}
	return n.resizeByScales(compose.Resizing{Mode: n.stringAttr("mode", "nearest"), Nearest: "floor", Coordinates: "asymmetric"}, scales)
}

// applyResize10 is the same but that scales may be below 1.
func applyResize10(n *node) value {
	r := compose.Resizing{Mode: n.stringAttr("mode", "nearest"), Nearest: "floor", Coordinates: "asymmetric"}
	return n.resizeByScales(r, n.constFloats(1, "scales"))
}

func (n *node) resizeByScales(r compose.Resizing, scales []float64) value {
	axes := n.resizedAxes(nil, scales, nil)
	if n.failed {
		return nil
	}
	return n.compose().Resize(n.inputs[0], r, axes)
}

func applyResize(n *node) value {
	r := compose.Resizing{
		Mode: n.stringAttr("mode", "nearest"), Nearest: n.stringAttr("nearest_mode", "round_prefer_floor"),
		Coordinates: n.stringAttr("coordinate_transformation_mode", "half_pixel"),
		CubicA:      n.floatAttr("cubic_coeff_a", -0.75), Extrapolation: n.floatAttr("extrapolation_value", 0),
		ExcludeOutside: n.boolAttr("exclude_outside", 0) == 1,
	}
	var names []int
	policy := "stretch"
	if n.opset >= 18 {
		r.Antialias = n.boolAttr("antialias", 0) == 1
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
	if r.Coordinates == "tf_crop_and_resize" {
		roi := n.constFloats(1, "roi")
		if n.failed || len(roi) != 2*len(axes) {
			return n.errorf("roi has %d numbers for %d axes", len(roi), len(axes))
		}
		for i := range axes {
			axes[i].From, axes[i].To = roi[i], roi[len(axes)+i]
		}
	}
	return n.compose().Resize(n.inputs[0], r, axes)
}

// resizedAxes combines scales or sizes with the axes they are for, by default all.
func (n *node) resizedAxes(names []int, scales []float64, sizes []int) []compose.ResizedAxis {
	shape := n.shape(0)
	if names == nil {
		names = from(0, len(shape))
	}
	given := max(len(scales), len(sizes))
	if n.failed || given != len(names) {
		n.errorf("%s for %d axes", count(given, "scale or size"), len(names))
		return nil
	}
	var axes []compose.ResizedAxis
	for i, name := range names {
		d, ok := n.axis(name, len(shape))
		if !ok {
			return nil
		}
		a := compose.ResizedAxis{Dim: d, In: shape[d]}
		if sizes != nil {
			a.Out, a.Scale = sizes[i], float64(sizes[i])/float64(max(1, shape[d]))
		} else {
			size := math.Floor(scales[i] * float64(shape[d]))
			if !(size >= 0 && size <= ir.MaxTensorBytes) {
				n.errorf("scale %v is out of range", scales[i])
				return nil
			}
			a.Scale, a.Out = scales[i], int(size)
		}
		if a.Out < 1 || a.In < 1 {
			n.errorf("dimension %d of %s cannot become %d", d, dims(shape), a.Out)
			return nil
		}
		axes = append(axes, a)
	}
	return axes
}

// keepAspect replaces the sizes by those of one scale for all axes, the smallest or largest of theirs.
func (n *node) keepAspect(axes []compose.ResizedAxis, policy string) {
	pick := map[string]func(a, b float64) float64{"not_larger": math.Min, "not_smaller": math.Max}[policy]
	if pick == nil {
		if policy != "stretch" {
			n.errorf("attribute keep_aspect_ratio_policy is %q, must be stretch, not_larger or not_smaller", policy)
		}
		return
	}
	scale := axes[0].Scale
	for _, a := range axes {
		scale = pick(scale, a.Scale)
	}
	for i := range axes {
		axes[i].Scale, axes[i].Out = scale, int(math.Floor(scale*float64(axes[i].In)+0.5))
	}
}
