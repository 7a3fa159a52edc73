package interp

import (
	"errors"
	"math"
	"slices"

	"nncc/ir"
	"nncc/runtime/tensor"
)

func unary(f func(float64) float64) func(*ir.Node, []array, ir.Type) (array, error) {
	return func(_ *ir.Node, in []array, t ir.Type) (array, error) {
		y := newArray(t)
		for k, v := range in[0].f {
			y.f[k] = f(v)
		}
		return y, nil
	}
}

func elu(n *ir.Node, in []array, t ir.Type) (array, error) {
	alpha := n.Float("alpha")
	return unary(func(x float64) float64 {
		if x < 0 {
			return alpha * math.Expm1(x)
		}
		return x
	})(n, in, t)
}

func prelu(x, slope float64) float64 {
	if x < 0 {
		return slope * x
	}
	return x
}

func abs(_ *ir.Node, in []array, t ir.Type) (array, error) {
	y := newArray(t)
	for k, v := range in[0].f {
		y.f[k] = math.Abs(v)
	}
	for k, v := range in[0].i {
		if y.i[k] = v; less(t.DType, v, 0) {
			y.i[k] = -v
		}
	}
	return y, nil
}

// extremum picks the smaller or larger of two numbers; false is less than true.
func extremum(f func(a, b float64) float64, larger bool) func(*ir.Node, []array, ir.Type) (array, error) {
	return func(n *ir.Node, in []array, t ir.Type) (array, error) {
		pick := func(a, b int64) int64 {
			if less(t.DType, a, b) == larger {
				return b
			}
			return a
		}
		return binary(f, pick)(n, in, t)
	}
}

func relu(_ *ir.Node, in []array, _ ir.Type) (array, error) {
	return clamp(in[0], 0, math.Inf(1)), nil
}

func clip(n *ir.Node, in []array, _ ir.Type) (array, error) {
	return clamp(in[0], n.Float("min"), n.Float("max")), nil
}

// clamp is min(max(x, lo), hi). Integers are compared with the bounds exactly.
func clamp(x array, lo, hi float64) array {
	y := newArray(x.Type)
	for k, v := range x.f {
		y.f[k] = math.Min(math.Max(v, lo), hi)
	}
	bounds := tensor.FromFloat64s(tensor.I64, []float64{math.Ceil(lo), math.Floor(hi)}, 2).I64s()
	if x.DType == tensor.U64 {
		bounds = tensor.View[int64](tensor.FromFloat64s(tensor.U64, []float64{max(math.Ceil(lo), 0), max(math.Floor(hi), 0)}, 2))
	}
	for k, v := range x.i {
		if less(x.DType, v, bounds[0]) {
			v = bounds[0]
		}
		if less(x.DType, bounds[1], v) {
			v = bounds[1]
		}
		y.i[k] = v
	}
	return y
}

// cast truncates floating-point numbers; integers wrap.
func cast(_ *ir.Node, in []array, t ir.Type) (array, error) {
	x := in[0]
	to := t.DType
	switch {
	case x.DType.IsFloat() && to.IsFloat():
		return array{Type: t, f: slices.Clone(x.f)}, nil
	case x.DType.IsFloat():
		return load(tensor.FromFloat64s(to, x.f, x.Shape...)), nil
	}
	y := newArray(t)
	for k, v := range x.i {
		switch {
		case to == tensor.F32: // rounded once, which 64 bits do not survive by way of float64
			y.f[k] = float64(float32(v))
			if x.DType == tensor.U64 {
				y.f[k] = float64(float32(uint64(v)))
			}
		case to.IsFloat():
			y.f[k] = float64(v)
			if x.DType == tensor.U64 {
				y.f[k] = float64(uint64(v))
			}
		case to == tensor.Bool && v != 0:
			y.i[k] = 1
		default:
			y.i[k] = v
		}
	}
	return y, nil
}

func binary(f func(a, b float64) float64, i func(a, b int64) int64) func(*ir.Node, []array, ir.Type) (array, error) {
	return func(_ *ir.Node, in []array, t ir.Type) (array, error) {
		a, b := in[0], in[1]
		y := newArray(t)
		from := broadcast(b.Shape, t.Shape)
		for k, j := range broadcast(a.Shape, t.Shape) {
			if y.f != nil {
				y.f[k] = f(a.f[j], b.f[from[k]])
			} else {
				y.i[k] = i(a.i[j], b.i[from[k]])
			}
		}
		return y, nil
	}
}

func div(n *ir.Node, in []array, t ir.Type) (array, error) {
	for _, v := range in[1].i {
		if v == 0 {
			return array{}, errors.New("integer division by zero")
		}
	}
	quotient := func(a, b int64) int64 { return a / b }
	if in[0].DType == tensor.U64 {
		quotient = func(a, b int64) int64 { return int64(uint64(a) / uint64(b)) }
	}
	return binary(func(a, b float64) float64 { return a / b }, quotient)(n, in, t)
}

func batchnorm(n *ir.Node, in []array, t ir.Type) (array, error) {
	x, scale, bias, mean, variance := in[0], in[1].f, in[2].f, in[3].f, in[4].f
	epsilon := n.Float("epsilon")
	_, inner := outerInner(x.Shape, 1)
	y := newArray(t)
	for k, v := range x.f {
		c := k / inner % x.Shape[1]
		y.f[k] = float64((v-mean[c])/math.Sqrt(variance[c]+epsilon)*scale[c]) + bias[c]
	}
	return y, nil
}

// standardize subtracts the mean of all that follows an axis and divides by the deviation.
func standardize(n *ir.Node, in []array, t ir.Type) (array, error) {
	x, y := in[0], newArray(t)
	size := ir.Type{Shape: t.Shape[n.Int("axis"):]}.Elems()
	if size == 0 {
		return y, nil
	}
	for start := 0; start < len(x.f); start += size {
		row := x.f[start : start+size]
		mean, variance := 0.0, 0.0
		for _, v := range row {
			mean += v / float64(size)
		}
		for _, v := range row {
			variance += float64((v-mean)*(v-mean)) / float64(size)
		}
		for i, v := range row {
			y.f[start+i] = (v - mean) / math.Sqrt(variance+n.Float("epsilon"))
		}
	}
	return y, nil
}

func softmax(n *ir.Node, in []array, t ir.Type) (array, error) {
	x, axis := in[0], n.Int("axis")
	outer, inner := outerInner(x.Shape, axis)
	size := x.Shape[axis]
	y := newArray(t)
	for o := range outer {
		for i := range inner {
			largest, sum := math.Inf(-1), 0.0
			at := func(k int) int { return (o*size+k)*inner + i }
			for k := range size {
				largest = math.Max(largest, x.f[at(k)])
			}
			for k := range size {
				y.f[at(k)] = math.Exp(x.f[at(k)] - largest)
				sum += y.f[at(k)]
			}
			for k := range size {
				y.f[at(k)] /= sum
			}
		}
	}
	return y, nil
}
