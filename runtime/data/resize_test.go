package data

import (
	"bytes"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The pictures come from testdata/generate.py.
func TestResizeAsPillow(t *testing.T) {
	expected, err := filepath.Glob("testdata/resize/*_*x*.png")
	require.NoError(t, err)
	require.Len(t, expected, 17)
	for _, path := range expected {
		name := strings.TrimSuffix(path, ".png")
		cut := strings.LastIndex(name, "_")
		var width, height int
		_, err := fmt.Sscanf(name[cut:], "_%dx%d", &width, &height)
		require.NoError(t, err)
		t.Run(filepath.Base(name), func(t *testing.T) {
			source := readExpected(t, name[:cut]+".png")
			got, err := Resize(source, width, height)
			require.NoError(t, err)
			require.Equal(t, readExpected(t, path), got)
		})
	}
}

func TestResizeGreyIsOneChannelOfColour(t *testing.T) {
	source := readExpected(t, "testdata/resize/noise.png")
	grey := NewImage(source.Width, source.Height, 1)
	for i := range grey.Pix {
		grey.Pix[i] = source.Pix[3*i+1]
	}
	colour, err := Resize(source, 11, 13)
	require.NoError(t, err)
	got, err := Resize(grey, 11, 13)
	require.NoError(t, err)
	for i, v := range got.Pix {
		require.Equal(t, colour.Pix[3*i+1], v)
	}
}

func TestResizeKeepsConstants(t *testing.T) {
	for _, value := range []byte{0, 1, 127, 254, 255} {
		m := &Image{7, 5, 3, bytes.Repeat([]byte{value}, 7*5*3)}
		for side := 1; side < 20; side++ {
			got, err := Resize(m, side, 20-side)
			require.NoError(t, err)
			require.Equal(t, bytes.Repeat([]byte{value}, side*(20-side)*3), got.Pix)
		}
	}
}

func TestResizeErrors(t *testing.T) {
	m := NewImage(2, 2, 3)
	same, err := Resize(m, 2, 2)
	require.NoError(t, err)
	require.Same(t, m, same)
	for _, size := range [][2]int{{0, 1}, {1, 0}, {-1, 1}, {maxSide + 1, 1}} {
		_, err := Resize(m, size[0], size[1])
		require.ErrorContains(t, err, "cannot resize to")
	}
	_, err = Resize(&Image{}, 1, 1)
	require.EqualError(t, err, "cannot resize an empty picture")
}
