package data

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// seen computes pixel (x, y) of a view as the words of its fields say, in plain steps: pad, cut out, turn over, cover.
func seen(m *Image, v view, x, y int) byte {
	if x >= v.covered.x0 && x < v.covered.x1 && y >= v.covered.y0 && y < v.covered.y1 {
		return 0
	}
	if v.flip {
		x = m.Width - 1 - x
	}
	x, y = x+v.dx, y+v.dy
	if v.reflect {
		for x < 0 || x >= m.Width {
			x = max(-x, min(x, 2*(m.Width-1)-x))
		}
		for y < 0 || y >= m.Height {
			y = max(-y, min(y, 2*(m.Height-1)-y))
		}
	}
	if x < 0 || x >= m.Width || y < 0 || y >= m.Height {
		return 0
	}
	return m.Pix[(y*m.Width+x)*m.Channels]
}

func TestViews(t *testing.T) {
	m := NewImage(7, 5, 1)
	for i := range m.Pix {
		m.Pix[i] = byte(i + 1)
	}
	p := Preprocess{Width: 7, Height: 5, Channels: 1, Scale: 1}
	write := newNormalizer(&p)
	got := make([]float32, p.elems())
	for n := range uint64(500) {
		a := Augment{Flip: n%2 == 0, Crop: int(n % 5), Reflect: n%3 == 0, Cutout: int(n % 4)}
		require.NoError(t, a.validate(&p))
		v := a.view(newDraws(n), 7, 5)
		write.write(got, m.Pix, v)
		for y := range 5 {
			for x := range 7 {
				require.Equal(t, float32(seen(m, v, x, y)), got[y*7+x], "%+v at %d, %d", v, x, y)
			}
		}
	}
}

// Every move, both sides and every place of the square come up about equally often.
func TestViewsAreUniform(t *testing.T) {
	const n = 20000
	moves, flips, squares := map[[2]int]int{}, 0, map[square]int{}
	a := Augment{Flip: true, Crop: 2, Cutout: 1}
	for i := range uint64(n) {
		v := a.view(newDraws(1, forAugment, i/100, i%100), 4, 4)
		moves[[2]int{v.dx, v.dy}]++
		squares[v.covered]++
		if v.flip {
			flips++
		}
	}
	require.InDelta(t, n/2, flips, 300)
	require.Len(t, moves, 25)
	require.Len(t, squares, 16)
	for _, count := range moves {
		require.InDelta(t, n/25, count, 150)
	}
	for _, count := range squares {
		require.InDelta(t, n/16, count, 180)
	}
}

// A covered pixel is zero behind the normalisation, which is the mean before it; what a crop brings in is black.
func TestWhatIsBroughtIn(t *testing.T) {
	p := Preprocess{Width: 2, Height: 2, Channels: 3, Scale: 1, Order: "bgr", Mean: []float32{1, 2, 3}}
	got := make([]float32, 12)
	newNormalizer(&p).write(got, []byte{10, 20, 30, 11, 21, 31, 12, 22, 32, 13, 23, 33}, view{dx: 1, covered: square{0, 1, 1, 2}})
	require.Equal(t, []float32{30, -1, 0, -1, 19, -2, 0, -2, 8, -3, 0, -3}, got)
}

func TestAugmentErrors(t *testing.T) {
	p := &Preprocess{Width: 4, Height: 6, Channels: 1}
	require.EqualError(t, Augment{Crop: 4}.validate(p), "augment: a crop with a padding of 4: it is from 0 to 3 for pictures of 4x6")
	require.EqualError(t, Augment{Cutout: -1}.validate(p), "augment: a cutout of -1: it is from 0 to 4 for pictures of 4x6")
}
