package modeljson

import "nncc/ir"

// epsilon is what is added to a variance.
func (l *layer) epsilon() (float64, bool) {
	eps := get(l.fields, "eps", 1e-5)
	if eps < 0 {
		l.errorf("eps", "eps is negative")
	}
	return eps, eps >= 0
}

// affine are the scale and the bias of a normalisation, nil where it has none.
func (l *layer) affine(byDefault bool, shape ...int) (scale, bias *ir.Value) {
	if !get(l.fields, "affine", byDefault) {
		return nil, nil
	}
	scale = l.param("weight", constant(1), shape...)
	if get(l.fields, "bias", true) {
		bias = l.param("bias", constant(0), shape...)
	}
	return scale, bias
}

func buildBatchNorm(l *layer) *ir.Value {
	eps, ok := l.epsilon()
	if !ok {
		return nil
	}
	c := l.shape()[1]
	return l.emit("batchnorm", ir.Attrs{"epsilon": eps}, l.inputs[0], l.param("weight", constant(1), c),
		l.param("bias", constant(0), c), l.param("running_mean", constant(0), c), l.param("running_var", constant(1), c))
}

func buildInstanceNorm(l *layer) *ir.Value {
	eps, ok := l.epsilon()
	if _, spatial := l.spatial(); !ok || !spatial {
		return nil
	}
	scale, bias := l.affine(false, l.shape()[1])
	return l.compose().InstanceNorm(l.inputs[0], scale, bias, eps)
}

func buildGroupNorm(l *layer) *ir.Value {
	groups, channels := get(l.fields, "groups", 1), l.shape()[1]
	if channels%groups != 0 {
		return l.errorf("groups", "%d channels cannot be split into %d groups", channels, groups)
	}
	eps, ok := l.epsilon()
	if !ok {
		return nil
	}
	scale, bias := l.affine(true, channels)
	return l.compose().GroupNorm(l.inputs[0], scale, bias, groups, eps)
}

func buildLayerNorm(l *layer) *ir.Value {
	axis, ok := l.axis("axis", get(l.fields, "axis", -1))
	eps, okEps := l.epsilon()
	if !ok || !okEps {
		return nil
	}
	scale, bias := l.affine(true, l.shape()[axis:]...)
	return l.compose().LayerNorm(l.inputs[0], scale, bias, axis, eps)
}

func buildLRN(l *layer) *ir.Value {
	if _, ok := l.spatial(); !ok {
		return nil
	}
	size := get(l.fields, "size", 1)
	return l.compose().LRN(l.inputs[0], size, size/2, get(l.fields, "alpha", 1e-4), get(l.fields, "beta", 0.75), get(l.fields, "k", 1.0))
}
