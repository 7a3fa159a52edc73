package examples_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"nncc/frontend"
	"nncc/ir"
)

// TestNetworks checks that the networks take torchvision's weights: their parameters have its names and shapes, and
// pictures give as many numbers. testdata/parameters.py wrote the lists.
func TestNetworks(t *testing.T) {
	files, err := filepath.Glob("networks/*.json")
	require.NoError(t, err)
	require.Len(t, files, 8)
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		t.Run(name, func(t *testing.T) {
			g, err := frontend.Load(file, frontend.Options{})
			require.NoError(t, err)
			require.NoError(t, ir.Verify(g))
			require.Equal(t, name, g.Name)
			var got []string
			for _, v := range g.Constants() {
				got = append(got, fmt.Sprintf("%s %s", v.Name, strings.ReplaceAll(fmt.Sprint(v.Type.Shape), " ", ", ")))
			}
			list, err := os.ReadFile(filepath.Join("testdata", name+".txt"))
			require.NoError(t, err)
			want := strings.Split(strings.TrimSpace(string(list)), "\n")
			slices.Sort(got)
			slices.Sort(want)
			require.Equal(t, want, got)
			require.Len(t, g.Outputs, 1)
			require.Equal(t, "f32[1, 1000]", g.Outputs[0].Value.Type.String())
		})
	}
}
