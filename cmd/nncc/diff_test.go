package main

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"nncc/ir"
	"nncc/ir/passes"
	"nncc/runtime/tensor"
)

// chain is a network of three nodes, of which two are fused.
const chain = `graph chain batched {
  input %x: f32[1, 2, 4, 4]
  const %w: f32[3, 2, 3, 3] = uniform(seed 1, -1, 1)
  %c = conv(%x, %w)
  %r = relu(%c)
  %s = softmax(%r) {axis = 1}
  output %s
}
`

func testDiffer(t *testing.T, text string) *differ {
	t.Helper()
	path := filepath.Join(t.TempDir(), "model.nnir")
	require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
	s, err := openSession(path, modelOptions{fuel: unlimitedFuel})
	require.NoError(t, err)
	return &differ{session: s, fuel: unlimitedFuel, seed: 3}
}

func TestDiffNamesTheFirstWrongNode(t *testing.T) {
	d := testDiffer(t, chain)
	g := observable(d.session.graph)
	values, _, err := d.runOn(g, engineOptions{backend: backendLoop})
	require.NoError(t, err)
	f, err := compareNodes(g, values, "")
	require.NoError(t, err)
	require.True(t, f.OK)
	require.Equal(t, 2, f.Compared)

	bad := tensor.FromF32(append([]float32{}, values["r"].F32s()...), values["r"].Shape...)
	bad.F32s()[4] += 0.125
	f, err = compareNodes(g, withOutput(values, "r", bad), "")
	require.NoError(t, err)
	require.False(t, f.OK)
	require.Equal(t, "r", f.Value)
	require.Equal(t, "conv relu", f.Op)
	require.Contains(t, f.Detail, "element [0 1 0 0] is ")
	require.Equal(t, "its loop IR alone is right: the backend is wrong, or the layout that the node has in the network",
		d.blame(g, "r", values, engineOptions{backend: backendCPU, isa: "avx2"}))
}

func TestDiffNamesTheWrongRewrite(t *testing.T) {
	d := testDiffer(t, chain)
	want, err := d.observe(d.session.loaded)
	require.NoError(t, err)
	f, err := d.comparePasses(want, d.session.graph)
	require.NoError(t, err)
	require.True(t, f.OK)

	r := want["r"].Float64s()
	r[0] += 1
	want["r"] = tensor.FromFloat64s(tensor.F64, r, want["r"].Shape...)
	f, err = d.comparePasses(want, d.session.graph)
	require.NoError(t, err)
	require.False(t, f.OK)
	require.Equal(t, "r", f.Value)
	where, err := d.session.findRewrite(d.fuel, func(fuel int) (bool, error) {
		g, err := d.session.optimise(passes.Options{}, fuel)
		require.NoError(t, err)
		f, err := d.comparePasses(want, g)
		return !f.OK, err
	})
	require.NoError(t, err)
	require.Equal(t, "pass fuse, rewrite 1 of 1 (see --fuel)", where.String())
}

func TestCompare(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	for _, c := range []struct {
		name      string
		want, got []float32
		relative  float64
	}{
		{"equal", []float32{1, nan, inf}, []float32{1, nan, inf}, 0},
		{"relative to the largest", []float32{100, 1}, []float32{100, 2}, 0.01},
		{"tiny values", []float32{1e-9}, []float32{0}, 1e-3},
		{"a NaN where a number should be", []float32{1, 2}, []float32{1, nan}, math.Inf(1)},
		{"a number where a NaN should be", []float32{nan, 2}, []float32{1, 2}, math.Inf(1)},
		{"infinite", []float32{1, 2}, []float32{1, inf}, math.Inf(1)},
		{"empty", nil, nil, 0},
	} {
		d, err := compare(tensor.FromF32(c.want, len(c.want)), tensor.FromF32(c.got, len(c.got)))
		require.NoError(t, err, c.name)
		require.InDelta(t, c.relative, d.relative, 1e-6*c.relative, c.name)
	}
	_, err := compare(tensor.FromF32([]float32{1}, 1), tensor.FromF32([]float32{1, 2}, 2))
	require.EqualError(t, err, "is f32[2], want f32[1]")
}

func TestFindingKeepsTheFirstWrongValue(t *testing.T) {
	f := finding{OK: true}
	f.add("a", "n", "op", difference{relative: 1e-6}, 1e-5)
	f.add("b", "n", "op", difference{relative: 5e-6}, 1e-5)
	f.add("c", "n", "op", difference{relative: 2e-6}, 1e-5)
	require.True(t, f.OK)
	require.Equal(t, "b", f.Value)
	f.add("d", "n", "op", difference{relative: 2e-5}, 1e-5)
	f.add("e", "n", "op", difference{relative: 1}, 1e-5)
	require.False(t, f.OK)
	require.Equal(t, "d", f.Value)
	exact := finding{OK: true}
	exact.add("a", "n", "op", difference{relative: 1e-12}, 0)
	require.False(t, exact.OK)
}

// Sums may be the further off the more they add, beyond a thousand products, and what is empty as far as a short one.
func TestOpTolerance(t *testing.T) {
	for _, c := range []struct {
		rows, summands int
		want           float64
	}{{2, 10, 1e-5}, {2, 1000, 1e-5}, {2, 4000, 2e-5}, {0, 4000, 1e-5}} {
		g, err := ir.Parse("sum.nnir", fmt.Sprintf(`graph sum {
  input %%x: f32[%d, %d]
  const %%w: f32[%d, 3] = uniform(seed 1, -1, 1)
  %%y = matmul(%%x, %%w)
  output %%y
}`, c.rows, c.summands, c.summands))
		require.NoError(t, err)
		require.InDelta(t, c.want, opTolerance(g.Nodes[0]), 1e-12)
	}
}

func TestPathTolerances(t *testing.T) {
	g, err := ir.Parse("chain", chain)
	require.NoError(t, err)
	sum := pathTolerances(g, "")
	require.InDelta(t, 1e-5, sum["c"], 1e-12)
	require.InDelta(t, 1e-5+foldingTolerance, sum["r"], 1e-12)
	require.InDelta(t, 2e-5+foldingTolerance, sum["s"], 1e-12)
}
