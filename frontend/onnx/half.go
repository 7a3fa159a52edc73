package onnx

import (
	"math"

	"nncc/ir"
	"nncc/runtime/tensor"
)

// A model in float16 or bfloat16 is computed in float32: those are formats to store and pass on numbers in, for which
// few processors have arithmetic. Weights are converted on import. Inputs and outputs keep their type and are converted
// where they enter and leave. Between, a cast to 16 bits does nothing.

// computed is the dtype that values of a dtype have in the graph.
func computed(d tensor.DType) tensor.DType {
	if d == tensor.F16 || d == tensor.BF16 {
		return tensor.F32
	}
	return d
}

// widened is t in the dtype that is computed with.
func widened(t *tensor.Tensor) *tensor.Tensor {
	if t == nil || t.DType == computed(t.DType) {
		return t
	}
	wide := tensor.New(tensor.F32, t.Shape...)
	to := tensor.View[float32](wide)
	for i, bits := range tensor.View[uint16](t) {
		if t.DType == tensor.F16 {
			to[i] = tensor.F16ToF32(bits)
		} else {
			to[i] = math.Float32frombits(uint32(bits) << 16)
		}
	}
	return wide
}

// enter declares an input and returns what nodes read of it.
func (im *importer) enter(name string, t ir.Type) value {
	v := im.build.Input(im.pos, name, t)
	return im.convert(v, name+".wide", computed(t.DType))
}

// leave is v as an output of the declared element type.
func (im *importer) leave(out *valueInfo, v value) value {
	dtype, err := dtypeOf(out.elem)
	if v == nil || err != nil || computed(dtype) != v.Type.DType {
		return v // the type is absent or, as nobody reads it, may be wrong
	}
	return im.convert(v, out.name, dtype)
}

func (im *importer) convert(v value, name string, to tensor.DType) value {
	if v.Type.DType == to {
		return v
	}
	return im.build.Node(im.pos, "cast", name, ir.Attrs{"to": to.String()}, v)
}
