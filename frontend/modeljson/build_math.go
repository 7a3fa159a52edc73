package modeljson

import (
	"fmt"
	"slices"

	"nncc/ir"
)

func buildDense(l *layer) *ir.Value {
	if len(l.shape()) != 2 {
		l.model.fail(l.pos, "dense needs a flat input, has %s", dims(l.shape()[1:])).Hint = `put {"type": "flatten"} before it`
		return nil
	}
	in, out := l.shape()[1], get(l.fields, "out", 0)
	inputs := []*ir.Value{l.inputs[0], l.param("weight", uniform(in), out, in)}
	if get(l.fields, "bias", true) {
		inputs = append(inputs, l.param("bias", uniform(in), out))
	}
	return l.emit("gemm", ir.Attrs{"trans_b": 1}, inputs...)
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

// buildReduce combines the elements along axes, which vanish unless keepdim keeps them as 1.
func buildReduce(l *layer) *ir.Value {
	var axes []int
	for _, a := range get(l.fields, "axis", numbers{}).list {
		axis, ok := l.axis("axis", a)
		switch {
		case !ok:
			return nil
		case slices.Contains(axes, axis):
			return l.errorf("axis", "axis %d is there twice", a)
		}
		axes = append(axes, axis)
	}
	slices.Sort(axes)
	attrs := ir.Attrs{"to": get(l.fields, "to", ""), "axes": axes}
	if get(l.fields, "keepdim", false) {
		return l.emit("reduce", attrs, l.inputs[0])
	}
	if len(axes) == len(l.shape())-1 {
		return l.errorf("axis", `no dimension is left of %s; "keepdim": true keeps them as 1`, dims(l.shape()[1:]))
	}
	var left []int
	for d, size := range l.shape() {
		if !slices.Contains(axes, d) {
			left = append(left, size)
		}
	}
	return l.emit("reshape", ir.Attrs{"shape": left}, l.step("reduce", attrs, l.inputs[0]))
}

// buildScale is factor*x + offset.
func buildScale(l *layer) *ir.Value {
	factor, offset := get(l.fields, "factor", 1.0), get(l.fields, "offset", 0.0)
	return l.emit("identity", nil, l.compose().Line(l.inputs[0], factor, offset))
}

func buildDropout(l *layer) *ir.Value {
	return l.emit("dropout", ir.Attrs{"rate": get(l.fields, "p", 0.5)}, l.inputs[0])
}
