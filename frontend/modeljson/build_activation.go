package modeljson

import (
	"math"

	"nncc/ir"
	"nncc/runtime/tensor"
)

// number makes a constant.
func (l *layer) number(v float64) *ir.Value {
	return l.model.build.Const(l.pos, l.name+".k", tensor.FromFloat64s(l.inputs[0].Type.DType, []float64{v}))
}

// step is emit for an intermediate result.
func (l *layer) step(op string, attrs ir.Attrs, inputs ...*ir.Value) *ir.Value {
	return l.emitAs(l.name+"."+op, op, attrs, inputs...)
}

func buildLeakyRelu(l *layer) *ir.Value {
	return l.emit("prelu", nil, l.inputs[0], l.number(get(l.fields, "slope", 0.01)))
}

// buildPRelu has one slope per channel, as PyTorch's PReLU(C).
func buildPRelu(l *layer) *ir.Value {
	shape := make([]int, len(l.shape())-1)
	for d := range shape {
		shape[d] = 1
	}
	c := l.shape()[1]
	shape[0] = c
	slope := l.step("reshape", ir.Attrs{"shape": shape}, l.param("weight", constant(0.25), c))
	return l.emit("prelu", nil, l.inputs[0], slope)
}

func buildElu(l *layer) *ir.Value {
	return l.emit("elu", ir.Attrs{"alpha": get(l.fields, "alpha", 1.0)}, l.inputs[0])
}

// buildSilu is x*sigmoid(x).
func buildSilu(l *layer) *ir.Value {
	return l.emit("mul", nil, l.inputs[0], l.step("sigmoid", nil, l.inputs[0]))
}

// buildHardSwish is x*min(max(x/6 + 1/2, 0), 1).
func buildHardSwish(l *layer) *ir.Value {
	v := l.step("mul", nil, l.inputs[0], l.number(1./6))
	v = l.step("clip", ir.Attrs{"min": 0.0, "max": 1.0}, l.step("add", nil, v, l.number(0.5)))
	return l.emit("mul", nil, l.inputs[0], v)
}

// buildGelu is x/2 * (1 + erf(x/sqrt 2)).
func buildGelu(l *layer) *ir.Value {
	x := l.inputs[0]
	v := l.step("erf", nil, l.step("mul", nil, x, l.number(math.Sqrt(0.5))))
	return l.emit("mul", nil, l.step("mul", nil, x, l.number(0.5)), l.step("add", nil, v, l.number(1)))
}
