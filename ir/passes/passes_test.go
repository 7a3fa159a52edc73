package passes

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"nncc/ir"
	"nncc/ir/irtest"
)

var update = flag.Bool("update", false, "write the expected texts anew")

// Each text names its passes; the result must read as recorded and compute the same.
func TestTexts(t *testing.T) {
	files, err := filepath.Glob("../../testdata/passes/*.nnir")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	tested := map[string]bool{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		g, err := ir.Parse(file, string(text))
		require.NoError(t, err)
		before := g.Clone()
		names := irtest.Directives(string(text))["passes"]
		c := newContext(g, Options{FusePool: SmallPool})
		for _, p := range Passes {
			if names == "all" || strings.Contains(", "+names+",", " "+p.Name+",") {
				require.NoError(t, p.run(c), file)
				tested[p.Name] = true
			}
		}
		require.NoError(t, ir.Verify(g), file)
		require.Positive(t, c.rewrites, file)
		var got strings.Builder
		require.NoError(t, ir.Print(&got, g, ir.PrintOptions{Short: true}))
		irtest.Golden(t, strings.TrimSuffix(file, ".nnir")+".want", got.String(), *update)
		requireEqual(t, before, g, 1, file)
	}
	for _, p := range Passes {
		require.True(t, tested[p.Name], p.Name)
	}
}

func requireEqual(t *testing.T, before, after *ir.Graph, seed uint64, what any) {
	t.Helper()
	e, err := irtest.Difference(before, after, irtest.Inputs(before, seed))
	require.NoError(t, err, what)
	require.LessOrEqual(t, e, 2e-6, what) // new weights are rounded to float32
}

// Whatever the network, and wherever the fuel ends, the passes must keep its meaning.
func TestRandomGraphsKeepTheirMeaning(t *testing.T) {
	for seed := range uint64(150) {
		g := irtest.RandomGraph(seed)
		if seed%3 == 0 {
			g = irtest.RandomConv(seed)
		}
		before := g.Clone()
		total, err := Run(g, Options{Verify: true})
		require.NoError(t, err, "seed %d", seed)
		requireEqual(t, before, g, seed, seed)
		require.Equal(t, before.Batched, g.Batched)
		if total < 2 {
			continue
		}
		half := before.Clone()
		n, err := Run(half, Options{Verify: true, Fuel: total / 2})
		require.NoError(t, err, "seed %d", seed)
		require.Equal(t, total/2, n)
		requireEqual(t, before, half, seed, seed)
	}
}

// Kernels of any geometry lose the edges that never meet the image, and compute the same.
func TestUnseenTaps(t *testing.T) {
	trimmed := 0
	eachGeometry(t, 12, "const %%w: f32[1, 1, %d, %d] = uniform(seed 1, -1, 1)\n%%y = conv(%%x, %%w)", func(before, after *ir.Graph) {
		if !after.Nodes[0].Inputs[1].Type.Equal(before.Nodes[0].Inputs[1].Type) {
			trimmed++
		}
	})
	require.Greater(t, trimmed, 50)
}

// Large windows of any geometry are looked at along one dimension after the other, and have the same maxima.
func TestSeparateMaxPools(t *testing.T) {
	separated := 0
	eachGeometry(t, 3, "%%y = maxpool(%%x) {kernel = [%d, %d], ceil = 1, ", func(_, after *ir.Graph) {
		separated += len(after.Nodes) - 1
	})
	require.Greater(t, separated, 20)
}

// eachGeometry writes graphs of one node with random kernels, strides, dilations and padding below maxPad, and gives visit what
// the passes make of them, which has to compute the same.
func eachGeometry(t *testing.T, maxPad int, node string, visit func(before, after *ir.Graph)) {
	r := rand.New(rand.NewPCG(1, 0))
	attrs := "stride = [%d, %d], dilation = [%d, %d], pad = [%d, %d, %d, %d]}\noutput %%y\n}"
	if !strings.Contains(node, "{") {
		attrs = " {" + attrs
	}
	for seed := range uint64(2000) {
		text := fmt.Sprintf("graph g {\ninput %%x: f32[1, 1, %d, %d]\n"+node+attrs, 1+r.IntN(16), 1+r.IntN(16), 1+r.IntN(6), 1+r.IntN(6),
			1+r.IntN(3), 1+r.IntN(3), 1+r.IntN(6), 1+r.IntN(6), r.IntN(maxPad), r.IntN(maxPad), r.IntN(maxPad), r.IntN(maxPad))
		before, err := ir.Parse("g", text)
		if err != nil {
			continue // the kernel is larger than the image with its padding
		}
		after := before.Clone()
		_, err = Run(after, Options{Verify: true})
		require.NoError(t, err)
		requireEqual(t, before, after, seed, before)
		visit(before, after)
	}
}

// Convolutions in three dimensions of any geometry become ones in two, unless depth and groups meet.
func TestVolumes(t *testing.T) {
	r, flat := rand.New(rand.NewPCG(2, 0)), 0
	for seed := range uint64(600) {
		groups := 1 + r.IntN(2)
		numbers := func(n, least, most int) string {
			list := make([]string, n)
			for i := range list {
				list[i] = strconv.Itoa(least + r.IntN(most-least+1))
			}
			return strings.Join(list, ", ")
		}
		text := fmt.Sprintf(`graph g batched {
			input %%x: f32[1, %d, %s]
			const %%w: f32[%d, 2, %s] = uniform(seed %d, -1, 1)
			%%y = conv(%%x, %%w) {stride = [%s], dilation = [%s], pad = [%s], groups = %d}
			%%z = relu(%%y)
			output %%z
		}`, 2*groups, numbers(3, 1, 6), 2*groups, numbers(3, 1, 3), seed, numbers(3, 1, 3), numbers(3, 1, 2), numbers(6, 0, 2), groups)
		before, err := ir.Parse("g", text)
		if err != nil {
			continue // the kernel is larger than the image with its padding
		}
		after := before.Clone()
		_, err = Run(after, Options{Verify: true, Stop: "dead-code"})
		require.NoError(t, err, "%v", before)
		requireEqual(t, before, after, seed, before)
		for _, n := range after.Nodes {
			if n.Op.Name == "conv" && n.Out().Type.Rank() == 5 {
				require.Equal(t, 2, groups, "%v", after)
				flat--
			}
		}
		flat++
	}
	require.Greater(t, flat, 200)
}

// A second run finds nothing to do but what the first could not see before fusing.
func TestRunIsIdempotent(t *testing.T) {
	for seed := range uint64(60) {
		g := irtest.RandomGraph(seed)
		_, err := Run(g, Options{Stop: "dead-code"})
		require.NoError(t, err)
		n, err := Run(g, Options{Stop: "dead-code"})
		require.NoError(t, err)
		require.Zero(t, n, "seed %d:\n%v", seed, g)
	}
}

func TestOrder(t *testing.T) {
	require.NoError(t, checkOrder(Passes))
	require.EqualError(t, checkOrder([]Pass{{Name: "b", After: []string{"a"}}, {Name: "a"}}), "pass b must come after a")
	require.EqualError(t, checkOrder([]Pass{{Name: "a"}, {Name: "a"}}), "two passes are called a")
}

func TestStopAndTrace(t *testing.T) {
	g := irtest.RandomGraph(1)
	var seen []string
	_, err := Run(g, Options{Stop: "canonicalize", Trace: func(pass string, _ *ir.Graph) { seen = append(seen, pass) }})
	require.NoError(t, err)
	require.Equal(t, []string{"fold-constants", "canonicalize"}, seen)
	_, err = Run(g, Options{Stop: "optimise"})
	require.EqualError(t, err, `there is no pass "optimise"`)
}

func TestFoldReportsErrors(t *testing.T) {
	g, err := ir.Parse("f", "graph g {\n const %x: f32[2] = [1, 2]\n const %i: i64[1] = [7]\n %y = gather(%x, %i)\n output %y\n}")
	require.NoError(t, err)
	_, err = Run(g, Options{})
	require.ErrorContains(t, err, "index 7 is out of range")
}
