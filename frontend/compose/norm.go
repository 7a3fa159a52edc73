package compose

import (
	"nncc/ir"
	"nncc/runtime/tensor"
)

// LRN divides by a power of the mean square over size neighbouring channels, so many of them before the channel itself,
// where those outside count as 0. x is [N, C, spatial...].
func (m Maker) LRN(x *ir.Value, size, before int, alpha, beta, bias float64) *ir.Value {
	shape := x.Type.Shape
	if len(shape) < 3 || size < 1 {
		return m.Errorf("size %d needs to be positive, and an input with channels and spatial dimensions", size)
	}
	v := m.Reshape(m.Step("mul", nil, x, x), shape[0], 1, shape[1], tensor.Count(shape[2:]))
	v = m.Step("avgpool", ir.Attrs{"kernel": []int{size, 1}, "pad": []int{before, 0, size - 1 - before, 0}, "count_include_pad": 1}, v)
	v = m.Step("pow", nil, m.Line(m.Reshape(v, shape...), alpha, bias), m.Like(x, beta))
	return m.Emit("div", nil, x, v)
}

// Moments are the mean and the variance of x along axes, and x less the mean.
func (m Maker) Moments(x *ir.Value, axes []int) (centred, mean, variance *ir.Value) {
	attrs := ir.Attrs{"to": "mean", "axes": axes}
	mean = m.Step("reduce", attrs, x)
	centred = m.Step("sub", nil, x, mean)
	return centred, mean, m.Step("reduce", attrs, m.Step("mul", nil, centred, centred))
}

// Deviation is the root of a variance with epsilon added.
func (m Maker) Deviation(variance *ir.Value, epsilon float64) *ir.Value {
	return m.Step("sqrt", nil, m.Step("add", nil, variance, m.Like(variance, epsilon)))
}

// Standardize subtracts the mean of all dimensions from axis on and divides by the standard deviation, whose variance gets
// epsilon added.
func (m Maker) Standardize(x *ir.Value, axis int, epsilon float64) *ir.Value {
	return m.Step("standardize", ir.Attrs{"axis": axis, "epsilon": epsilon}, x)
}

// InstanceNorm standardizes each channel of x [N, C, spatial...]. Scale and bias, [C] each, may both be nil.
func (m Maker) InstanceNorm(x, scale, bias *ir.Value, epsilon float64) *ir.Value {
	return m.PerChannel(m.Standardize(x, 2, epsilon), scale, bias)
}

// GroupNorm standardizes groups of channels of x [N, C, ...], a multiple of groups. Scale and bias are as in InstanceNorm.
func (m Maker) GroupNorm(x, scale, bias *ir.Value, groups int, epsilon float64) *ir.Value {
	shape := x.Type.Shape
	v := m.Reshape(x, shape[0], groups, tensor.Count(shape[1:])/groups)
	v = m.Standardize(v, 2, epsilon)
	return m.PerChannel(m.Reshape(v, shape...), scale, bias)
}

// LayerNorm standardizes all dimensions of x from axis on. Scale and bias, of their shape, may be nil.
func (m Maker) LayerNorm(x, scale, bias *ir.Value, axis int, epsilon float64) *ir.Value {
	return m.affine(m.Standardize(x, axis, epsilon), scale, bias)
}

// PerChannel multiplies v [N, C, ...] by a scale and adds a bias, [C] each; both may be nil.
func (m Maker) PerChannel(v, scale, bias *ir.Value) *ir.Value {
	if v == nil || scale == nil {
		return m.affine(v, nil, nil)
	}
	shape := ones(max(v.Type.Rank()-1, 1))
	shape[0] = v.Type.Shape[1]
	return m.affine(v, m.Reshape(scale, shape...), m.Reshape(bias, shape...))
}

// affine is the layer's result: v times a scale plus a bias, as far as there are.
func (m Maker) affine(v, scale, bias *ir.Value) *ir.Value {
	switch {
	case scale == nil:
		return m.Emit("identity", nil, v)
	case bias == nil:
		return m.Emit("mul", nil, v, scale)
	}
	return m.Emit("add", nil, m.Step("mul", nil, v, scale), bias)
}
