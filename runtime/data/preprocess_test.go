package data

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPreprocess(t *testing.T) {
	m := &Image{2, 1, 3, []byte{255, 0, 51, 102, 255, 204}}
	cases := []struct {
		name string
		p    Preprocess
		want []float32
	}{
		{"defaults", Preprocess{Width: 2, Height: 1, Channels: 3}, []float32{1, 0.4, 0, 1, 0.2, 0.8}},
		{"one mean and std", Preprocess{Width: 2, Height: 1, Channels: 3, Order: "rgb", Mean: []float32{0.5}, Std: []float32{0.5}},
			[]float32{1, -0.2, -1, 1, -0.6, 0.6}},
		{"bgr: mean and std follow the input's order", Preprocess{Width: 2, Height: 1, Channels: 3, Order: "bgr", Scale: 1, Mean: []float32{1, 2, 3}, Std: []float32{1, 2, 4}},
			[]float32{50, 203, -1, 126.5, 63, 24.75}},
		{"grey", Preprocess{Width: 2, Height: 1, Channels: 1, Scale: 1}, []float32{82, 203}},
		{"resized", Preprocess{Width: 1, Height: 2, Channels: 3, Scale: 1}, []float32{179, 179, 128, 128, 128, 128}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := make([]float32, len(c.want))
			require.NoError(t, c.p.Apply(got, m))
			require.Equal(t, c.want, got)
		})
	}
}

// Grey becomes colour by repetition.
func TestPreprocessGreyToColour(t *testing.T) {
	p := Preprocess{Width: 1, Height: 1, Channels: 3, Scale: 1}
	got := make([]float32, 3)
	require.NoError(t, p.Apply(got, &Image{1, 1, 1, []byte{9}}))
	require.Equal(t, []float32{9, 9, 9}, got)
}

func TestPreprocessErrors(t *testing.T) {
	inf, nan := float32(math.Inf(1)), float32(math.NaN())
	cases := map[string]Preprocess{
		"preprocess: size 0x1: sides are 1 to 65535":     {Height: 1, Channels: 3},
		"preprocess: 2 channels: pictures have 1 or 3":   {Width: 1, Height: 1, Channels: 2},
		`preprocess: order "grb" is neither rgb nor bgr`: {Width: 1, Height: 1, Channels: 3, Order: "grb"},
		"preprocess: scale NaN":                          {Width: 1, Height: 1, Channels: 3, Scale: nan},
		"preprocess: mean +Inf":                          {Width: 1, Height: 1, Channels: 3, Mean: []float32{inf}},
		"preprocess: std 0":                              {Width: 1, Height: 1, Channels: 3, Std: []float32{1, 0, 1}},
		"preprocess: 2 values of std for 3 channels":     {Width: 1, Height: 1, Channels: 3, Std: []float32{1, 1}},
		"preprocess: 4 values for an input of 3x1x1":     {Width: 1, Height: 1, Channels: 3},
		"preprocess: no conversion of 4 channels to 1":   {Width: 2, Height: 2, Channels: 1},
	}
	for want, p := range cases {
		require.EqualError(t, p.Apply(make([]float32, 4), NewImage(1, 1, 4)), want)
	}
}
