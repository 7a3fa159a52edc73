package interp

import (
	"math"

	"nncc/ir"
)

func reduce(n *ir.Node, in []array, t ir.Type) (array, error) {
	x, y := in[0], newArray(t)
	to := n.Str("to")
	startReduction(y, to)
	for k, j := range broadcast(t.Shape, x.Shape) {
		if x.f != nil {
			y.f[j] = combineFloats(to, y.f[j], x.f[k])
		} else {
			y.i[j] = combineInts(to, y, y.i[j], x.i[k])
		}
	}
	if to == "mean" {
		share := float64(x.Elems()) / float64(max(1, y.Elems()))
		for j := range y.f {
			y.f[j] /= share
		}
		for j := range y.i {
			y.i[j] /= int64(share)
		}
	}
	return y, nil
}

// startReduction fills y with what nothing reduces to.
func startReduction(y array, to string) {
	for j := range y.f {
		y.f[j] = map[string]float64{"max": math.Inf(-1), "min": math.Inf(1), "prod": 1}[to]
	}
	for j := range y.i {
		y.i[j] = map[string]int64{"max": lowest(y.DType), "min": highest(y.DType), "prod": 1}[to]
	}
}

func combineFloats(to string, sum, x float64) float64 {
	switch to {
	case "max":
		return math.Max(sum, x)
	case "min":
		return math.Min(sum, x)
	case "prod":
		return sum * x
	}
	return sum + x
}

func combineInts(to string, y array, sum, x int64) int64 {
	switch to {
	case "max":
		if less(y.DType, x, sum) {
			return sum
		}
		return x
	case "min":
		if less(y.DType, sum, x) {
			return sum
		}
		return x
	case "prod":
		return sum * x
	}
	return sum + x
}

// arg finds the place of the largest or smallest number along an axis. What is not a number is neither.
func arg(smallest bool) func(n *ir.Node, in []array, t ir.Type) (array, error) {
	return func(n *ir.Node, in []array, t ir.Type) (array, error) {
		x, y, axis, last := in[0], newArray(t), n.Int("axis"), n.Bool("last")
		before := func(a, b int) bool { // whether the number at a loses against that at b
			if x.f != nil && math.IsNaN(x.f[a]) {
				return !math.IsNaN(x.f[b])
			}
			if smallest {
				a, b = b, a
			}
			if x.f != nil {
				return x.f[a] < x.f[b]
			}
			return less(x.DType, x.i[a], x.i[b])
		}
		_, inner := outerInner(x.Shape, axis)
		for k := range y.i {
			first := k/inner*x.Shape[axis]*inner + k%inner
			best := first
			for e := 1; e < x.Shape[axis]; e++ {
				at := first + e*inner
				if before(best, at) || last && !before(at, best) {
					best, y.i[k] = at, int64(e)
				}
			}
		}
		return y, nil
	}
}
