package lower

import "nncc/codegen/loopir"

// transform holds the three matrices of F(m x m, 3 x 3): input tiles become bt*d*b, kernels g*k*gt, results at*p*a,
// for matrices b, gt and a that are the transposes of bt, g and at. The interpolation points are 0, 1, -1 and, for
// m = 4, 2 and -2, and infinity.
type transform struct{ bt, g, at [][]float64 }

func transformFor(m int) transform {
	if m == 2 {
		return transform{
			bt: [][]float64{{1, 0, -1, 0}, {0, 1, 1, 0}, {0, -1, 1, 0}, {0, 1, 0, -1}},
			g:  [][]float64{{1, 0, 0}, {0.5, 0.5, 0.5}, {0.5, -0.5, 0.5}, {0, 0, 1}},
			at: [][]float64{{1, 1, 1, 0}, {0, 1, -1, -1}},
		}
	}
	return transform{
		bt: [][]float64{{4, 0, -5, 0, 1, 0}, {0, -4, -4, 1, 1, 0}, {0, 4, -4, -1, 1, 0}, {0, -2, -1, 2, 1, 0}, {0, 2, -1, -2, 1, 0}, {0, 4, 0, -5, 0, 1}},
		g:  [][]float64{{1. / 4, 0, 0}, {-1. / 6, -1. / 6, -1. / 6}, {-1. / 6, 1. / 6, -1. / 6}, {1. / 24, 1. / 12, 1. / 6}, {1. / 24, -1. / 12, 1. / 6}, {0, 0, 1}},
		at: [][]float64{{1, 1, 1, 1, 1, 0}, {0, 1, -1, 2, -2, 0}, {0, 1, 1, 4, 4, 0}, {0, 1, -1, 8, -8, 1}},
	}
}

// times multiplies a matrix with a vector of register values. Neighbouring rows that differ in the signs of their odd
// columns only share their even and odd parts.
func (k *kernel) times(m [][]float64, v []loopir.Expr) []loopir.Expr {
	out := make([]loopir.Expr, len(m))
	for i := 0; i < len(m); i++ {
		if i+1 < len(m) && mirrored(m[i], m[i+1]) {
			even := k.Let("even", combine(m[i], v, 0, 2))
			odd := k.Let("odd", combine(m[i], v, 1, 2))
			out[i], out[i+1] = k.Let("t", loopir.Add.Of(even, odd)), k.Let("t", loopir.Sub.Of(even, odd))
			i++
			continue
		}
		out[i] = k.Let("t", combine(m[i], v, 0, 1))
	}
	return out
}

// mirrored reports whether b is a with the signs of its odd columns changed, and both parts are there.
func mirrored(a, b []float64) bool {
	even, odd := false, false
	for j := range a {
		sign := 1.0
		if j%2 == 1 {
			sign = -1
		}
		if b[j] != sign*a[j] {
			return false
		}
		even, odd = even || j%2 == 0 && a[j] != 0, odd || j%2 == 1 && a[j] != 0
	}
	return even && odd
}

// combine sums row[j]*v[j] over every step-th j from first on.
func combine(row []float64, v []loopir.Expr, first, step int) loopir.Expr {
	var sum loopir.Expr
	for _, one := range []bool{true, false} { // summands of weight 1 first: they need no multiplication to start from
		for j := first; j < len(row); j += step {
			if (row[j] == 1) != one || row[j] == 0 {
				continue
			}
			t := v[j].Type()
			switch {
			case sum == nil && one:
				sum = v[j]
			case sum == nil:
				sum = loopir.Mul.Of(v[j], loopir.Num(t, row[j]))
			case one:
				sum = loopir.Add.Of(sum, v[j])
			case row[j] == -1:
				sum = loopir.Sub.Of(sum, v[j])
			default:
				sum = loopir.FMAOf(v[j], loopir.Num(t, row[j]), sum)
			}
		}
	}
	return sum
}
