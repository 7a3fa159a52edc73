package sched

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// Trimmed tiles cover all results once; and the places that so many tiles have are those that the tiles have, the first ones.
func TestAxis(t *testing.T) {
	for _, c := range []struct{ out, taps, stride int }{{2, 3, 1}, {3, 3, 1}, {4, 3, 1}, {2, 5, 1}, {6, 3, 1}, {2, 3, 2}, {4, 3, 2}} {
		all := Side{c.out, (c.out-1)*c.stride + c.taps}
		for extent := c.out; extent < 40; extent++ {
			a := axis(all, c.taps, c.stride, extent, true)
			require.Equal(t, extent%c.out != 0, a.Trimmed())
			results, places := 0, 0
			for _, s := range a.Sizes() {
				require.Equal(t, (s.Out-1)*c.stride+c.taps, s.In)
				results += (s.To - s.From) * s.Out
				places += (s.To - s.From) * s.In
			}
			require.Equal(t, extent, results)
			next := 0
			for _, p := range a.Places() {
				require.Equal(t, next, p.From)
				next, places = p.To, places-(p.To-p.From)*p.Tiles
			}
			require.Equal(t, all.In, next)
			require.Zero(t, places)

			whole := axis(all, c.taps, c.stride, extent, false)
			require.Equal(t, a.Tiles, whole.Tiles)
			require.False(t, whole.Trimmed())
		}
	}
}
