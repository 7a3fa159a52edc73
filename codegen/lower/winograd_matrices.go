package lower

import (
	"cmp"
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
func transformFor(m, r, stride int) transform { return atPointsOf(m, m, r, stride) }

// atPointsOf is transformFor with the points of the filtering of most results: it has the first places of that one.
func atPointsOf(most, m, r, stride int) transform {
	t := transform{at: make([][]float64, m)}
	var results []int // that a filtering has at least which has the place
	for first := range min(stride, r) {
		taps := (r - first + stride - 1) / stride
		class := toomCook(m, taps, points[most+taps-2])
		for p := range class.bt {
			t.bt = append(t.bt, spread(class.bt[p], first, stride, (m-1)*stride+r))
			t.g = append(t.g, spread(class.g[p], first, stride, r))
			results = append(results, max(1, p-taps+2))
		}
		for i := range m {
			t.at[i] = append(t.at[i], class.at[i]...)
		}
	}
	return t.ordered(results)
}

// ordered is t with its places in the order of what keys say of them.
func (t transform) ordered(keys []int) transform {
	places := make([]int, len(t.bt))
	for p := range places {
		places[p] = p
	}
	slices.SortStableFunc(places, func(p, q int) int { return cmp.Compare(keys[p], keys[q]) })
	out := transform{at: make([][]float64, len(t.at))}
	for _, p := range places {
		out.bt, out.g = append(out.bt, t.bt[p]), append(out.g, t.g[p])
		for i, row := range t.at {
			out.at[i] = append(out.at[i], row[p])
		}
	}
	return out
}

// trimmed is the filtering of last results, at most m, that takes its filters from the first places of that of m: both evaluate at
// the same points, and what differs is by how much they scale a place.
func trimmed(last, m, r, stride int) transform {
	t, of := atPointsOf(m, last, r, stride), transformFor(m, r, stride)
	for place, g := range t.g {
		tap := slices.IndexFunc(g, func(x float64) bool { return x != 0 })
		scale := g[tap] / of.g[place][tap]
		for i := range t.at {
			t.at[i][place] *= scale
		}
	}
	t.g = of.g[:len(t.g)]
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

// points are where the polynomials behind the transforms are evaluated, after infinity, by their number: what transforms only add and
// halve with; and of multiples of an eighth those that were found to err least. The rows of those of opposite signs differ in the signs
// of odd columns only.
//
// Alam, Anderson, Barabasz and Gregg, Winograd Convolution for Deep Neural Networks: Efficient Point Selection (2022).
var points = [...][]float64{
	1: {0},
	2: {0, 1},
	3: {0, 1, -1},
	4: {0, 0.75, -0.75, 2},
	5: {0, 0.625, -0.625, 1.5, -1.5},
	6: {0, 1, -1, 2, -2, 0.5},
	7: {0, 1, -1, 2, -2, 0.5, -0.5},
}

// toomCook constructs F(m, r), m results of r taps from m+r-1 inputs, which are at most eight, at infinity and the first of the finite
// points.
//
// Blahut, Fast Algorithms for Signal Processing (2010), chapter 5.
func toomCook(m, r int, finite []float64) transform {
	if r == 1 {
		return transform{identity(m), constant(m, 1), identity(m)}
	}
	finite = finite[:m+r-2]
	all := []float64{1}
	for _, q := range finite {
		all = timesRoot(all, q)
	}
	infinite := make([]float64, r)
	infinite[r-1] = 1
	t := transform{bt: [][]float64{all}, g: [][]float64{infinite}, at: constant(m, 0)}
	t.at[m-1][0] = 1
	for _, p := range finite {
		others, scale := []float64{1}, 1.0
		for _, q := range finite {
			if q != p {
				others, scale = timesRoot(others, q), scale*(p-q)
			}
		}
		g := make([]float64, r)
		for k := range g {
			g[k] = math.Pow(p, float64(k)) / scale
		}
		t.bt, t.g = append(t.bt, append(others, 0)), append(t.g, g)
		for i := range m {
			t.at[i] = append(t.at[i], math.Pow(p, float64(i)))
		}
	}
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
// share their even and odd parts, and two columns that differ in the signs of their odd rows enter as their sum
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
	if len(m) == 1 {
		return even, odd
	}
	for j := range v {
		for other := j + 1; other < len(v) && even[j] != nil; other++ {
			if even[other] != nil && mirrored(column(m, j), column(m, other)) {
				even[j], even[other] = k.Let("sum", loopir.Add.Of(v[j], v[other])), nil
				odd[j], odd[other] = k.Let("difference", loopir.Sub.Of(v[j], v[other])), nil
				break
			}
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
