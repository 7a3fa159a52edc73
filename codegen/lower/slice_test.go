package lower

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestJoinCuts: dimensions are joined where neighbours in memory stay neighbours, never with the first, and not beyond what one call may copy.
func TestJoinCuts(t *testing.T) {
	all := func(n int) cut { return cut{n, 0, n, 1} }
	for _, c := range []struct {
		name       string
		cuts, want []cut
	}{
		{"channels", []cut{all(1), {16, 3, 5, 1}, all(3), all(8)}, []cut{all(1), {384, 72, 120, 1}}},
		{"rows of every second channel", []cut{all(1), {16, 3, 5, 2}, {3, 1, 2, 1}, all(8)}, []cut{all(1), {16, 3, 5, 2}, {24, 8, 16, 1}}},
		{"part of a row", []cut{all(1), all(16), {8, 2, 4, 1}}, []cut{all(1), all(16), {8, 2, 4, 1}}},
		{"backwards", []cut{all(1), all(16), {8, 7, 8, -1}}, []cut{all(1), all(16), {8, 7, 8, -1}}},
		{"the batch", []cut{{4, 1, 2, 1}, all(8)}, []cut{{4, 1, 2, 1}, all(8)}},
		{"long", []cut{all(1), {8, 0, 4, 1}, all(128), all(128)}, []cut{all(1), {8, 0, 4, 1}, all(1 << 14)}},
	} {
		require.Equal(t, c.want, joinCuts(c.cuts), c.name)
	}
}
