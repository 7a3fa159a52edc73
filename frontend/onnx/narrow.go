package onnx

import (
	"fmt"
	"math"

	"nncc/frontend/compose"
	"nncc/ir"
	"nncc/runtime/tensor"
)

// Element types of 8 bits and fewer, but for the common integers of 8 bits, are formats to store numbers in, as those
// of 16 bits are: a model in them is computed in the dtype that holds their values. The graph's inputs and outputs have
// that dtype too, as no dtype says how they lie in memory. A cast to them rounds.

// narrowType is such an element type.
type narrowType struct {
	bits  int
	dtype tensor.DType // what its values are kept in: f32, i8 or u8; i64 for strings
	// Of those in f32:
	float compose.NarrowFloat
	bias  int // of the exponent
	nan   int // bits without the sign that are not a number; negative: the sign alone is
}

// narrowTypeOf returns the type with a number of TensorProto.DataType, or nil. The floats are those of
// https://onnx.ai/onnx/technical/float8.html and float4.html.
func narrowTypeOf(elem int) *narrowType {
	switch elem {
	case stringElem:
		return &narrowType{bits: 64, dtype: tensor.I64}
	case 17: // FLOAT8E4M3FN
		return &narrowType{8, tensor.F32, compose.NarrowFloat{FractionBits: 3, LeastExponent: -6, Largest: 448, NaN: true}, 7, 0x7f}
	case 18: // FLOAT8E4M3FNUZ
		return &narrowType{8, tensor.F32, compose.NarrowFloat{FractionBits: 3, LeastExponent: -7, Largest: 240, NaN: true}, 8, -1}
	case 19: // FLOAT8E5M2
		return &narrowType{8, tensor.F32, compose.NarrowFloat{FractionBits: 2, LeastExponent: -14, Largest: 57344, NaN: true, Infinite: true}, 15, 0x7d}
	case 20: // FLOAT8E5M2FNUZ
		return &narrowType{8, tensor.F32, compose.NarrowFloat{FractionBits: 2, LeastExponent: -15, Largest: 57344, NaN: true}, 16, -1}
	case 21: // UINT4
		return &narrowType{bits: 4, dtype: tensor.U8}
	case 22: // INT4
		return &narrowType{bits: 4, dtype: tensor.I8}
	case 23: // FLOAT4E2M1
		return &narrowType{4, tensor.F32, compose.NarrowFloat{FractionBits: 1, LeastExponent: 0, Largest: 6}, 1, 8}
	case 25: // UINT2
		return &narrowType{bits: 2, dtype: tensor.U8}
	case 26: // INT2
		return &narrowType{bits: 2, dtype: tensor.I8}
	}
	return nil
}

// number is what bits stand for.
func (t *narrowType) number(bits int) float64 {
	sign := 1 << (t.bits - 1)
	switch {
	case t.dtype == tensor.U8:
		return float64(bits)
	case t.dtype == tensor.I8:
		return float64(bits&^sign - bits&sign)
	}
	magnitude := bits &^ sign
	exponent, fraction := magnitude>>t.float.FractionBits, magnitude&(1<<t.float.FractionBits-1)
	v := math.Ldexp(float64(fraction), max(exponent, 1)-t.bias-t.float.FractionBits)
	if exponent > 0 {
		v += math.Ldexp(1, exponent-t.bias)
	}
	switch {
	case t.nan < 0 && bits == sign, t.nan >= 0 && magnitude >= t.nan:
		v = math.NaN()
	case v > t.float.Largest:
		v = math.Inf(1)
	}
	if bits&sign != 0 {
		return -v
	}
	return v
}

// bytes is how much memory that many numbers take.
func (t *narrowType) bytes(count int) int { return (count*t.bits + 7) / 8 }

// unpack makes a tensor of numbers that lie in bytes from their lowest bits on.
func (t *narrowType) unpack(data []byte, shape []int) (*tensor.Tensor, error) {
	count, perByte := tensor.Count(shape), 8/t.bits
	if need := t.bytes(count); len(data) != need {
		return nil, fmt.Errorf("shape %s of %d bits each needs %d bytes of data, got %d", dims(shape), t.bits, need, len(data))
	}
	values := make([]float64, count)
	for i := range values {
		values[i] = t.number(int(data[i/perByte]) >> (i % perByte * t.bits) & (1<<t.bits - 1))
	}
	return tensor.FromFloat64s(t.dtype, values, shape...), nil
}

// castNarrow converts to a narrow type.
func (n *node) castNarrow(x value, to *narrowType) value {
	saturate := n.boolAttr("saturate", 1) == 1
	return n.markNarrow(n.toNarrow(x, to, saturate), to)
}

func (n *node) toNarrow(x value, to *narrowType, saturate bool) value {
	if to.dtype == tensor.F32 {
		return n.compose().Narrow(n.castTo(x, tensor.F32), to.float, saturate)
	}
	if x != nil && x.Type.DType.IsFloat() {
		x = n.castTo(x, tensor.I32) // of which the lowest bits stay
	}
	x = n.castTo(x, to.dtype)
	up := n.like(x, float64(int(1)<<(8-to.bits)))
	return n.emit("div", nil, n.step("mul", nil, x, up), up) // bits above leave to the left, and the sign comes back
}

// markNarrow remembers the narrow type of a value, for casts to the type of another value.
func (im *importer) markNarrow(v value, t *narrowType) value {
	if v != nil && t != nil {
		im.narrow[v] = t
	}
	return v
}

// keepNarrow passes a type on through ops that leave values as they are.
func (im *importer) keepNarrow(made *ir.Node, v value) value {
	if made.Op.Class == ir.Layout || made.Op.Name == "identity" {
		im.markNarrow(v, im.narrow[made.Inputs[0]])
	}
	return v
}
