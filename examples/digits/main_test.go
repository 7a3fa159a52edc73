package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"nncc/runtime/data"
)

// What is written is a data set, the same for the same seed, with digits that fill a good part of their pictures.
func TestWrite(t *testing.T) {
	dir, again := t.TempDir(), t.TempDir()
	require.NoError(t, write(dir, 60, 20, 5))
	require.NoError(t, write(again, 60, 20, 5))
	for _, split := range []data.Split{data.Train, data.Test} {
		ds, err := data.OpenDataset(dir, split)
		require.NoError(t, err)
		require.Equal(t, map[data.Split]int{data.Train: 60, data.Test: 20}[split], ds.Len())
		for i := range ds.Len() {
			s, err := ds.At(i)
			require.NoError(t, err)
			require.Equal(t, i%10, s.Label)
			bright := 0
			for y := range side {
				for x := range side {
					if v := s.Image.Pix[y*side+x]; v > 128 {
						bright++
					}
				}
			}
			require.Greater(t, bright, 15, "%s", s.Name)
			require.Less(t, bright, 320, "%s", s.Name)
		}
	}
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, 4)
	for _, e := range entries {
		one, err := os.ReadFile(filepath.Join(dir, e.Name()))
		require.NoError(t, err)
		two, err := os.ReadFile(filepath.Join(again, e.Name()))
		require.NoError(t, err)
		require.Equal(t, one, two)
	}
}
