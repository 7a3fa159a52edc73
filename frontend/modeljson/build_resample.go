package modeljson

import (
	"math"

	"nncc/frontend/compose"
	"nncc/ir"
	"nncc/runtime/tensor"
)

// Layers that change how many pixels there are, but for pools.

// upsampleModes are PyTorch's names of the ways to interpolate, each with its number of spatial dimensions, 0 for any.
var upsampleModes = map[string]struct {
	mode    string
	spatial int
}{
	"nearest": {"nearest", 0}, "linear": {"linear", 1}, "bilinear": {"linear", 2}, "trilinear": {"linear", 3}, "bicubic": {"cubic", 2},
}

// buildUpsample is PyTorch's interpolate, without antialiasing.
func buildUpsample(l *layer) *ir.Value {
	spatial, ok := l.spatial()
	if !ok {
		return nil
	}
	name := get(l.fields, "mode", "nearest")
	mode := upsampleModes[name]
	if mode.spatial > 0 && mode.spatial != spatial {
		return l.errorf("mode", "mode %s does not fit %s: it has %d spatial dimensions", name, dims(l.shape()[1:]), spatial)
	}
	r := compose.Resizing{Mode: mode.mode, Coordinates: "half_pixel", CubicA: -0.75}
	switch {
	case name == "nearest":
		r.Nearest, r.Coordinates = "floor", "asymmetric"
	case get(l.fields, "align_corners", false):
		r.Coordinates = "align_corners"
	}
	axes, ok := l.resizedAxes(spatial)
	if !ok {
		return nil
	}
	return l.compose().Resize(l.inputs[0], r, axes)
}

// resizedAxes are the spatial dimensions with their new sizes.
func (l *layer) resizedAxes(spatial int) ([]compose.ResizedAxis, bool) {
	if l.has("size") == l.has("scale") {
		l.errorf("", `upsample needs either "size" or "scale"`)
		return nil, false
	}
	size, ok := l.sizes("size", nil, spatial)
	if !ok {
		return nil, false
	}
	var axes []compose.ResizedAxis
	for d := range spatial {
		a := compose.ResizedAxis{Dim: 2 + d, In: l.shape()[2+d], Scale: get(l.fields, "scale", 0.0)}
		if size != nil {
			a.Out, a.Scale = size[d], float64(size[d])/float64(a.In)
		} else {
			out := math.Floor(float64(a.In) * a.Scale)
			if out < 1 || out > ir.MaxTensorBytes {
				l.errorf("scale", "scale %v makes %v of %d pixels", a.Scale, out, a.In)
				return nil, false
			}
			a.Out = int(out)
		}
		axes = append(axes, a)
	}
	return axes, true
}

func buildAdaptivePool(op string) func(*layer) *ir.Value {
	return func(l *layer) *ir.Value {
		spatial, ok := l.spatial()
		if !ok {
			return nil
		}
		size, ok := l.sizes("size", nil, spatial)
		if !ok {
			return nil
		}
		return l.compose().AdaptivePool(l.inputs[0], op, size)
	}
}

// buildBlocksOfPixels is for layers that move pixels between blocks and channels, as PyTorch's PixelShuffle does.
func buildBlocksOfPixels(move func(m compose.Maker, x *ir.Value, size int, channelsFirst bool) *ir.Value) func(*layer) *ir.Value {
	const largest = 1 << 15
	return func(l *layer) *ir.Value {
		factor := get(l.fields, "factor", 1)
		switch {
		case len(l.shape()) != 4:
			return l.errorf("", "%s needs an input [C, H, W], has %s", l.kind.name, dims(l.shape()[1:]))
		case factor > largest:
			return l.errorf("factor", "factor %d is larger than %d", factor, largest)
		}
		return move(l.compose(), l.inputs[0], factor, true)
	}
}

// buildChannelShuffle takes the channels of the groups in turn.
func buildChannelShuffle(l *layer) *ir.Value {
	shape, groups := l.shape(), get(l.fields, "groups", 1)
	if shape[1]%groups != 0 {
		return l.errorf("groups", "%d channels cannot be split into %d groups", shape[1], groups)
	}
	v := l.step("reshape", ir.Attrs{"shape": []int{1, groups, shape[1] / groups, tensor.Count(shape[2:])}}, l.inputs[0])
	v = l.step("transpose", ir.Attrs{"perm": []int{0, 2, 1, 3}}, v)
	return l.emit("reshape", ir.Attrs{"shape": shape}, v)
}
