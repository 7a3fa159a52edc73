package modeljson

import (
	"slices"

	"nncc/ir"
)

func buildConv(l *layer) *ir.Value {
	spatial, ok := l.spatial()
	if !ok {
		return nil
	}
	kernel, attrs, ok := l.window(spatial, false)
	groups, okGroups := l.groups()
	if !ok || !okGroups {
		return nil
	}
	out := get(l.fields, "out", 0)
	attrs["groups"] = groups
	inputs, ok := l.filters(out, append([]int{out, l.shape()[1] / groups}, kernel...))
	if !ok {
		return nil
	}
	return l.emit("conv", attrs, inputs...)
}

// buildConvTranspose has its weight as [C, out/groups, kernel...]. What pad says is cut off the result.
func buildConvTranspose(l *layer) *ir.Value {
	spatial, ok := l.spatial()
	if !ok {
		return nil
	}
	kernel, attrs, ok := l.window(spatial, false)
	groups, okGroups := l.groups()
	extra, okExtra := l.sizes("output_pad", make([]int, spatial), spatial)
	if !ok || !okGroups || !okExtra {
		return nil
	}
	out := get(l.fields, "out", 0)
	inputs, ok := l.filters(out, append([]int{l.shape()[1], out / groups}, kernel...))
	if !ok {
		return nil
	}
	t := ir.Transposed{Stride: attrs["stride"].([]int), Dilation: attrs["dilation"].([]int), Cut: attrs["pad"].([]int), Extra: extra, Groups: groups}
	var bias *ir.Value
	if len(inputs) > 2 {
		bias = inputs[2]
	}
	return l.compose().ConvTranspose(inputs[0], inputs[1], bias, t)
}

// groups is how many groups of channels do not mix.
func (l *layer) groups() (int, bool) {
	out, groups, channels := get(l.fields, "out", 0), get(l.fields, "groups", 1), l.shape()[1]
	if channels%groups != 0 || out%groups != 0 {
		l.errorf("groups", "%d input and %d output channels cannot be split into %d groups", channels, out, groups)
		return 0, false
	}
	return groups, true
}

// filters are the inputs of a convolution: the layer's, a weight of the given shape and, unless it has none, a bias.
func (l *layer) filters(out int, weight []int) ([]*ir.Value, bool) {
	if err := ir.T(l.inputs[0].Type.DType, weight...).Check(); err != nil {
		l.errorf("", "weight %v", err)
		return nil, false
	}
	fanIn := 1 // as PyTorch counts, for transposed convolutions as well
	for _, n := range weight[1:] {
		fanIn *= n
	}
	inputs := []*ir.Value{l.inputs[0], l.param("weight", uniform(fanIn), weight...)}
	if get(l.fields, "bias", true) {
		inputs = append(inputs, l.param("bias", uniform(fanIn), out))
	}
	return inputs, !slices.Contains(inputs, nil)
}
