package export

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"nncc/frontend"
	"nncc/frontend/onnx"
	"nncc/ir"
	"nncc/ir/irtest"
	"nncc/runtime/tensor"
)

// reload writes a graph and reads it again. With NNCC_KEEP_EXPORTS set to a folder, the file stays there, for a look at
// it with other readers.
func reload(t *testing.T, name string, g *ir.Graph) *ir.Graph {
	t.Helper()
	dir := os.Getenv("NNCC_KEEP_EXPORTS")
	if dir == "" {
		dir = t.TempDir()
	}
	path := filepath.Join(dir, strings.ReplaceAll(name, " ", "_")+".onnx")
	var b bytes.Buffer
	require.NoError(t, Write(&b, g))
	require.NoError(t, os.WriteFile(path, b.Bytes(), 0o644))
	back, err := onnx.Load(path, onnx.Options{})
	require.NoError(t, err)
	return back
}

// Random graphs of all ops come back meaning the same, and open to batches where they were.
func TestRandomGraphs(t *testing.T) {
	n := uint64(120)
	if testing.Short() {
		n = 30
	}
	open := 0
	for seed := range n {
		g := irtest.RandomGraph(seed)
		back := reload(t, fmt.Sprint("random", seed), g)
		difference, err := irtest.Difference(g, back, irtest.Inputs(g, seed))
		require.NoError(t, err, "seed %d", seed)
		require.Less(t, difference, 1e-5, "seed %d", seed) // attributes are float32 in the file, and what follows may enlarge that
		if len(carriers(g)) > 0 {
			open++
			require.True(t, back.Batched, "seed %d", seed)
		}
	}
	require.Greater(t, open, int(n)/5)
}

// Models of the examples keep their parameters' names.
func TestModels(t *testing.T) {
	for _, path := range []string{"lenet/model.json", "digits/model.json", "networks/squeezenet1_1.json"} {
		g, err := frontend.Load(filepath.Join("../../../examples", path), frontend.Options{})
		require.NoError(t, err)
		back := reload(t, strings.ReplaceAll(path, "/", "_"), g)
		names := map[string]*tensor.Tensor{}
		for _, v := range back.Constants() {
			names[v.Name] = v.Const
		}
		for _, v := range g.Constants() {
			require.True(t, v.Const.Equal(names[v.Name]), "%s", v.Name)
		}
		require.Equal(t, g.Meta, back.Meta)
		require.True(t, back.Batched)
	}
}

// Every op has an operator, but for those that only graphs of training and passes have.
func TestEveryOp(t *testing.T) {
	none := []string{"conv_weight_grad", "maxpool_grad", "avgpool_grad", "moments", "batchnorm_grad", "cross_entropy", "cross_entropy_grad", "random", "fused"}
	table := operatorTable()
	for _, op := range ir.Ops {
		_, ok := table[op.Name]
		require.Equal(t, !slices.Contains(none, op.Name), ok, "%s", op.Name)
	}
}

func parse(t *testing.T, text string) *ir.Graph {
	g, err := ir.Parse("test.nnir", text)
	require.NoError(t, err)
	return g
}

// What ONNX says in another way than the IR.
func TestSpecialForms(t *testing.T) {
	for name, text := range map[string]string{
		"names that collide": `graph g { input %x: f32[2]
			%"y" = relu(%x)
			%a = abs(%x)
			output %a as "y"
			output %x as "same"
			output %"y" as "other" }`,
		"an output twice": `graph g { input %x: f32[2]
			%a = abs(%x)
			output %a as "one"
			output %a as "two" }`,
		"a constant leaves": `graph g { input %x: f32[1]
			const %c: f32[2] = [1, 2]
			%a = abs(%x)
			output %c
			output %a }`,
		"slices backwards": `graph g { input %x: f32[5, 6]
			%y = slice(%x) {start = [4, 3], size = [5, 2], step = [-1, -3]}
			output %y }`,
		"slices of nothing": `graph g { input %x: f32[5, 6]
			%y = slice(%x) {start = [0, 0], size = [5, 6], step = [1, 1]}
			output %y }`,
		"bools": `graph g { input %x: f32[4]
			input %z: f32[4]
			%p = compare(%x, %z) {is = "lt"}
			%q = compare(%x, %z) {is = "ne"}
			%a = min(%p, %q)
			%b = max(%p, %q)
			%c = compare(%a, %b) {is = "ne"}
			%s = max(%x, %z)
			output %a
			output %b
			output %c
			output %s }`,
		"one bound": `graph g { input %x: f32[4]
			%y = clip(%x) {min = 0.25}
			%z = clip(%x)
			output %y
			output %z }`,
		"no bias, no axes": `graph g { input %x: f32[2, 3]
			const %w: f32[3, 2] = uniform(seed 1, -1, 1)
			%y = gemm(%x, %w) {alpha = 0.5}
			%z = reduce(%y) {to = "sum", axes = []}
			output %z }`,
		"batch": `graph g batched { input %x: f32[1, 2, 4, 4]
			%y = reshape(%x) {shape = [1, 32]}
			%z = slice(%y) {start = [0, 8], size = [1, 4], step = [1, 2]}
			output %z }`,
	} {
		t.Run(name, func(t *testing.T) {
			g := parse(t, text)
			back := reload(t, name, g)
			difference, err := irtest.Difference(g, back, irtest.Inputs(g, 1))
			require.NoError(t, err)
			require.Zero(t, difference)
			require.Equal(t, g.Batched, back.Batched)
		})
	}
}

// Everything that cannot be said is listed, with its place.
func TestErrors(t *testing.T) {
	g := parse(t, `graph g { input %x: f32[2]
		%f = fused(%x) body { input %a: f32[2]
			%b = abs(%a)
			output %b }
		%z = cast(%f) {to = "bool"}
		%l = compare(%z, %z) {is = "le"}
		output %l }`)
	err := Write(&bytes.Buffer{}, g)
	require.ErrorContains(t, err, "test.nnir:2:8: ONNX has no operator for fused")
	require.ErrorContains(t, err, "ONNX does not order bools")
	ok := parse(t, `graph g { input %x: f32[2]
		%y = abs(%x)
		output %y }`)
	require.EqualError(t, Write(fullDisk{}, ok), "disk full")
}

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errors.New("disk full") }
