package lower

import (
	"iter"
	"math"
	"slices"

	"nncc/codegen/loopir"
)

// transform holds the three matrices of a minimal filtering of m results by a filter with r taps: inputs become bt*d,
// filters g*w, and results at*p of the products p, for matrices b, gt and a that are the transposes of bt, g and at. In
// two dimensions each is applied along both.
type transform struct{ bt, g, at [][]float64 }

// transformFor is the filtering of m results, each stride inputs further, by r taps. With a stride the taps fall into
// classes that meet different inputs: each is a filtering of its own, and its results add up with the others'. All in
// all there are as many products as inputs.
func transformFor(m, r, stride int) transform {
	if stride == 1 {
		return toomCook(m, r)
	}
	inputs := (m-1)*stride + r
	t := transform{at: make([][]float64, m)}
	for first := range min(stride, r) {
		class := toomCook(m, (r-first+stride-1)/stride)
		for p := range class.bt {
			t.bt = append(t.bt, spread(class.bt[p], first, stride, inputs))
			t.g = append(t.g, spread(class.g[p], first, stride, r))
		}
		for i := range m {
			t.at[i] = append(t.at[i], class.at[i]...)
		}
	}
	return t
}

// spread places row at first, first+stride and so on in a row of size numbers.
func spread(row []float64, first, stride, size int) []float64 {
	out := make([]float64, size)
	for i, x := range row {
		out[first+i*stride] = x
	}
	return out
}

// points are where the polynomials behind the transforms are evaluated, with infinity as the last one. Those of opposite
// signs are neighbours: their rows differ in the signs of odd columns only.
var points = [...]float64{0, 1, -1, 2, -2, 0.5, -0.5}

// toomCook constructs F(m, r), m results of r taps from m+r-1 inputs, which are at most eight.
//
// Blahut, Fast Algorithms for Signal Processing (2010), chapter 5.
func toomCook(m, r int) transform {
	if r == 1 {
		return transform{identity(m), constant(m, 1), identity(m)}
	}
	finite := points[:m+r-2]
	t := transform{bt: make([][]float64, m+r-1), g: make([][]float64, m+r-1), at: make([][]float64, m)}
	for j, p := range finite {
		others, scale := []float64{1}, 1.0
		for _, q := range finite {
			if q != p {
				others, scale = timesRoot(others, q), scale*(p-q)
			}
		}
		t.bt[j] = append(others, 0)
		for k := range r {
			t.g[j] = append(t.g[j], math.Pow(p, float64(k))/scale)
		}
		for i := range m {
			t.at[i] = append(t.at[i], math.Pow(p, float64(i)))
		}
	}
	all := []float64{1}
	for _, q := range finite {
		all = timesRoot(all, q)
	}
	last := m + r - 2
	t.bt[last], t.g[last] = all, make([]float64, r)
	t.g[last][r-1] = 1
	for i := range m {
		t.at[i] = append(t.at[i], 0)
	}
	t.at[m-1][last] = 1
	return t
}

func identity(n int) [][]float64 {
	out := make([][]float64, n)
	for i := range out {
		out[i] = make([]float64, n)
		out[i][i] = 1
	}
	return out
}

// constant is a column of n numbers x.
func constant(n int, x float64) [][]float64 {
	out := make([][]float64, n)
	for i := range out {
		out[i] = []float64{x}
	}
	return out
}

// timesRoot multiplies a polynomial, lowest coefficient first, with x - root.
func timesRoot(p []float64, root float64) []float64 {
	out := make([]float64, len(p)+1)
	for i, c := range p {
		out[i+1] += c
		out[i] -= root * c
	}
	return out
}

// times multiplies a matrix with a vector of register values, and yields one result after the other: who stores it at once
// frees a register. What rows have in common is computed once: neighbouring rows that differ in the signs of their odd columns
// share their even and odd parts, and neighbouring columns that differ in the signs of their odd rows enter as their sum
// and difference.
func (k *kernel) times(m [][]float64, v []loopir.Expr) iter.Seq2[int, loopir.Expr] {
	return func(yield func(int, loopir.Expr) bool) {
		sums, differences := k.pairColumns(m, v)
		for i := 0; i < len(m); i++ {
			if i+1 < len(m) && mirrored(m[i], m[i+1]) {
				even := k.Let("even", combine(m[i], v, 0, 2))
				odd := k.Let("odd", combine(m[i], v, 1, 2))
				if !yield(i, k.Let("t", loopir.Add.Of(even, odd))) || !yield(i+1, k.Let("t", loopir.Sub.Of(even, odd))) {
					return
				}
				i++
				continue
			}
			values := sums
			if i%2 == 1 {
				values = differences
			}
			row := slices.Clone(m[i])
			for j, x := range values {
				if x == nil { // the second of a pair
					row[j] = 0
				}
			}
			if !yield(i, k.Let("t", combine(row, values, 0, 1))) {
				return
			}
		}
	}
}

// pairColumns returns what even and odd rows of m multiply: of two columns that differ in the signs of their odd rows the
// first stands for both, with the sum or the difference of their values, and the second is nil.
func (k *kernel) pairColumns(m [][]float64, v []loopir.Expr) (even, odd []loopir.Expr) {
	even, odd = slices.Clone(v), slices.Clone(v)
	for j := 0; j+1 < len(v); j++ {
		first, second := column(m, j), column(m, j+1)
		if len(m) > 1 && mirrored(first, second) {
			even[j], even[j+1] = k.Let("sum", loopir.Add.Of(v[j], v[j+1])), nil
			odd[j], odd[j+1] = k.Let("difference", loopir.Sub.Of(v[j], v[j+1])), nil
			j++
		}
	}
	return even, odd
}

func column(m [][]float64, j int) []float64 {
	out := make([]float64, len(m))
	for i := range m {
		out[i] = m[i][j]
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
