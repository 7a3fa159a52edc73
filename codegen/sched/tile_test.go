package sched

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// Tiles cover a row: exactly, if some are narrow, and else with as few as possible.
func TestSplit(t *testing.T) {
	for width := 1; width <= 200; width++ {
		for pixels := 1; pixels <= min(width, 14); pixels++ {
			whole, narrow := Tile{Pixels: pixels, Narrows: true}.Split(width)
			require.Equal(t, ceilDiv(width, pixels), whole+narrow, "%d of %d", pixels, width)
			if narrow > 0 {
				require.Equal(t, width, whole*pixels+narrow*(pixels-1), "%d of %d", pixels, width)
			}
			whole, narrow = Tile{Pixels: pixels}.Split(width)
			require.Equal(t, []int{ceilDiv(width, pixels), 0}, []int{whole, narrow})
		}
	}
	for _, c := range []struct{ pixels, width, whole, narrow int }{
		{6, 16, 1, 2}, // 6+5+5
		{6, 49, 4, 5},
		{6, 14, 3, 0},   // three tiles of five would be too many
		{6, 112, 19, 0}, // few are computed twice
	} {
		whole, narrow := Tile{Pixels: c.pixels, Narrows: true}.Split(c.width)
		require.Equal(t, c, struct{ pixels, width, whole, narrow int }{c.pixels, c.width, whole, narrow})
	}
}
