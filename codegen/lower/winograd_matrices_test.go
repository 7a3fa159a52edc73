package lower

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// Filterings are exact but for rounding, also those that are trimmed, whose filters are those of the larger one. What they err in
// float32, over 64 channels in two directions, relative to the root mean square of the results, is known.
func TestPrecision(t *testing.T) {
	for _, c := range []struct {
		m, r, stride int
		most         float64
	}{
		{2, 3, 1, 6e-7}, {3, 3, 1, 8e-7}, {4, 3, 1, 9e-7}, {2, 5, 1, 1.2e-6}, {3, 5, 1, 3e-6}, {2, 3, 2, 4e-7}, {4, 3, 2, 7e-7},
	} {
		all := transformFor(c.m, c.r, c.stride)
		for last := c.m; last >= 1; last-- {
			some := all
			if last < c.m {
				some = trimmed(last, c.m, c.r, c.stride)
				require.Equal(t, all.g[:len(some.g)], some.g)
			}
			err, largest := filteringError(some, last, c.r, c.stride)
			t.Logf("F(%d,%d), stride %d, %d results: %.2g, at the most %.2g", c.m, c.r, c.stride, last, err, largest)
			require.LessOrEqual(t, err, c.most, "F(%d,%d), stride %d, %d results", c.m, c.r, c.stride, last)
		}
	}
}

// filteringError is the root mean square of the errors of tiles of m x m results, and the largest, relative to the root mean square of
// the results.
func filteringError(f transform, m, r, stride int) (rms, largest float64) {
	const channels, tiles = 64, 40
	rng := rand.New(rand.NewPCG(1, 2))
	random := func(n int) [][]float64 {
		out := make([][]float64, n)
		for i := range out {
			for range n {
				out[i] = append(out[i], float64(float32(rng.NormFloat64())))
			}
		}
		return out
	}
	var wrong, all, results float64
	for range tiles {
		sums, want := square(len(f.bt)), square(m)
		for range channels {
			d, w := random(len(f.bt)), random(r)
			v, u := bothWays(f.bt, d, rounded32), bothWays(f.g, w, func(x float64) float64 { return x })
			for i := range sums {
				for j := range sums {
					sums[i][j] = rounded32(sums[i][j] + v[i][j]*rounded32(u[i][j]))
				}
			}
			for i := range m * m * r * r {
				y, x, a, b := i/(m*r*r), i/(r*r)%m, i/r%r, i%r
				want[y][x] += d[y*stride+a][x*stride+b] * w[a][b]
			}
		}
		for i, row := range bothWays(f.at, sums, rounded32) {
			for j, got := range row {
				e := math.Abs(got - want[i][j])
				wrong, largest = wrong+e*e, max(largest, e)
				all += want[i][j] * want[i][j]
				results++
			}
		}
	}
	return math.Sqrt(wrong / all), largest / math.Sqrt(all/results)
}

func rounded32(x float64) float64 { return float64(float32(x)) }

// bothWays is m*x*(m transposed), each sum rounded after every step.
func bothWays(m, x [][]float64, round func(float64) float64) [][]float64 {
	apply := func(x [][]float64) [][]float64 { // transposed
		out := make([][]float64, len(x[0]))
		for j := range out {
			for _, row := range m {
				sum := 0.0
				for k, f := range row {
					sum = round(sum + round(f)*x[k][j])
				}
				out[j] = append(out[j], sum)
			}
		}
		return out
	}
	return apply(apply(x))
}

func square(n int) [][]float64 {
	out := make([][]float64, n)
	for i := range out {
		out[i] = make([]float64, n)
	}
	return out
}
