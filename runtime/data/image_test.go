package data

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWithChannels(t *testing.T) {
	colour := &Image{2, 1, 3, []byte{255, 0, 0, 10, 20, 30}}
	grey, err := colour.WithChannels(1)
	require.NoError(t, err)
	require.Equal(t, &Image{2, 1, 1, []byte{76, 18}}, grey)
	again, err := grey.WithChannels(3)
	require.NoError(t, err)
	require.Equal(t, &Image{2, 1, 3, []byte{76, 76, 76, 18, 18, 18}}, again)
	back, err := again.WithChannels(1)
	require.NoError(t, err)
	require.Equal(t, grey, back, "grey repeated keeps its value")
	same, err := colour.WithChannels(3)
	require.NoError(t, err)
	require.Same(t, colour, same)
	_, err = colour.WithChannels(4)
	require.EqualError(t, err, "no conversion of 3 channels to 4")
}
