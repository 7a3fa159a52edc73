package modeljson

import (
	"fmt"
	"math"

	"nncc/frontend/compose"
	"nncc/ir"
	"nncc/runtime/tensor"
)

// compose is the layer as what the IR has no op for is made of.
func (l *layer) compose() compose.Maker {
	return compose.Maker{Maker: ir.Maker{
		Emit: l.emit, Step: l.step,
		Const: func(role string, t *tensor.Tensor) *ir.Value { return l.model.build.Const(l.pos, l.name+"."+role, t) },
		Errorf: func(format string, args ...any) *ir.Value {
			return l.errorf("", "%s: %s", l.kind.name, fmt.Sprintf(format, args...))
		},
	}}
}

// buildAs is for layers that are an op of the IR without attributes.
func buildAs(op string) func(*layer) *ir.Value {
	return func(l *layer) *ir.Value { return l.emit(op, nil, l.inputs...) }
}

// buildComposed is for layers without keys that the IR has no op for.
func buildComposed(make func(m compose.Maker, x *ir.Value) *ir.Value) func(*layer) *ir.Value {
	return func(l *layer) *ir.Value { return make(l.compose(), l.inputs[0]) }
}

// buildClipTo is for layers that bound their input, by default by these numbers.
func buildClipTo(low, high float64) func(*layer) *ir.Value {
	return func(l *layer) *ir.Value {
		return l.emit("clip", ir.Attrs{"min": get(l.fields, "min", low), "max": get(l.fields, "max", high)}, l.inputs[0])
	}
}

func buildClip(l *layer) *ir.Value {
	if !l.has("min") && !l.has("max") {
		return l.errorf("", `clip needs "min" or "max"`)
	}
	return buildClipTo(math.Inf(-1), math.Inf(1))(l)
}

func buildLeakyRelu(l *layer) *ir.Value {
	return l.compose().LeakyRelu(l.inputs[0], get(l.fields, "slope", 0.01))
}

// buildPRelu has one slope per channel, as PyTorch's PReLU(C), or one for all, as PReLU().
func buildPRelu(l *layer) *ir.Value {
	slopes := l.shape()[1]
	if get(l.fields, "shared", false) {
		slopes = 1
	}
	shape := append([]int{slopes}, numbers{[]int{1}, true}.spread(len(l.shape())-2)...)
	slope := l.step("reshape", ir.Attrs{"shape": shape}, l.param("weight", constant(0.25), slopes))
	return l.emit("prelu", nil, l.inputs[0], slope)
}

func buildElu(l *layer) *ir.Value {
	return l.emit("elu", ir.Attrs{"alpha": get(l.fields, "alpha", 1.0)}, l.inputs[0])
}

// buildSelu has the constants of Klambauer et al., "Self-Normalizing Neural Networks", 2017.
func buildSelu(l *layer) *ir.Value {
	return l.compose().Selu(l.inputs[0], 1.6732632423543772848170429916717, 1.0507009873554804934193349852946)
}

func buildCelu(l *layer) *ir.Value {
	alpha := get(l.fields, "alpha", 1.0)
	if alpha == 0 {
		return l.errorf("alpha", "alpha is 0")
	}
	return l.compose().Celu(l.inputs[0], alpha)
}

func buildHardSigmoid(l *layer) *ir.Value { return l.compose().HardSigmoid(l.inputs[0], 1./6, 0.5) }

func buildGelu(l *layer) *ir.Value {
	if get(l.fields, "approximate", "none") == "tanh" {
		return l.compose().GeluTanh(l.inputs[0])
	}
	return l.compose().Gelu(l.inputs[0])
}

// buildLogSigmoid is -log(1 + exp(-x)).
func buildLogSigmoid(l *layer) *ir.Value {
	m, x := l.compose(), l.inputs[0]
	v := l.step("softplus", nil, l.step("mul", nil, x, m.Like(x, -1)))
	return l.emit("mul", nil, v, m.Like(x, -1))
}

func buildThreshold(l *layer) *ir.Value {
	return l.compose().Threshold(l.inputs[0], get(l.fields, "threshold", 0.0), get(l.fields, "value", 0.0))
}

func buildSoftmax(l *layer) *ir.Value {
	axis, ok := l.axis("axis", get(l.fields, "axis", -1))
	if !ok {
		return nil
	}
	return l.emit("softmax", ir.Attrs{"axis": axis}, l.inputs[0])
}

func buildLogSoftmax(l *layer) *ir.Value {
	axis, ok := l.axis("axis", get(l.fields, "axis", -1))
	if !ok {
		return nil
	}
	return l.compose().LogSoftmax(l.inputs[0], []int{axis})
}
