package modeljson

import (
	"fmt"
	"math"

	"nncc/ir"
)

// buildAs is for layers that are an op of the IR without attributes.
func buildAs(op string) func(*layer) *ir.Value {
	return func(l *layer) *ir.Value { return l.emit(op, nil, l.inputs[0]) }
}

func buildDense(l *layer) *ir.Value {
	if len(l.shape()) != 2 {
		l.model.errs.Add(l.pos, "dense needs a flat input, has %s", dims(l.shape()[1:])).Hint = `put {"type": "flatten"} before it`
		return nil
	}
	in, out := l.shape()[1], get(l.fields, "out", 0)
	inputs := []*ir.Value{l.inputs[0], l.param("weight", uniform(in), out, in)}
	if get(l.fields, "bias", true) {
		inputs = append(inputs, l.param("bias", uniform(in), out))
	}
	return l.emit("gemm", ir.Attrs{"trans_b": 1}, inputs...)
}

func buildBatchNorm(l *layer) *ir.Value {
	c := l.shape()[1]
	eps := get(l.fields, "eps", 1e-5)
	if eps < 0 {
		return l.errorf("eps", "eps is negative")
	}
	return l.emit("batchnorm", ir.Attrs{"epsilon": eps}, l.inputs[0], l.param("weight", constant(1), c),
		l.param("bias", constant(0), c), l.param("running_mean", constant(0), c), l.param("running_var", constant(1), c))
}

func buildRelu6(l *layer) *ir.Value {
	return l.emit("clip", ir.Attrs{"min": 0.0, "max": 6.0}, l.inputs[0])
}

func buildClip(l *layer) *ir.Value {
	if !l.has("min") && !l.has("max") {
		return l.errorf("", `clip needs "min" or "max"`)
	}
	attrs := ir.Attrs{"min": get(l.fields, "min", math.Inf(-1)), "max": get(l.fields, "max", math.Inf(1))}
	return l.emit("clip", attrs, l.inputs[0])
}

func buildSoftmax(l *layer) *ir.Value {
	axis, ok := l.axis("axis", get(l.fields, "axis", -1))
	if !ok {
		return nil
	}
	return l.emit("softmax", ir.Attrs{"axis": axis}, l.inputs[0])
}

// axis turns an axis as model.json counts it, without the batch and negative ones from the end, into the IR's.
func (l *layer) axis(key string, axis int) (int, bool) {
	rank := len(l.shape()) - 1
	if axis < -rank || axis >= rank {
		l.errorf(key, "axis %d is out of range for %s", axis, dims(l.shape()[1:]))
		return 0, false
	}
	if axis < 0 {
		axis += rank
	}
	return axis + 1, true
}

// buildChain combines the first two inputs, their result and the third, and so on.
func buildChain(op string) func(*layer) *ir.Value {
	return func(l *layer) *ir.Value {
		v := l.inputs[0]
		for i, next := range l.inputs[1:] {
			if len(next.Type.Shape) != len(v.Type.Shape) {
				return l.errorf("inputs", "%s and %s have different numbers of dimensions", dims(v.Type.Shape[1:]), dims(next.Type.Shape[1:]))
			}
			name := l.name
			if i < len(l.inputs)-2 {
				name = fmt.Sprintf("%s.of%d", l.name, i+2)
			}
			if v = l.emitAs(name, op, nil, v, next); v == nil {
				return nil
			}
		}
		return v
	}
}
