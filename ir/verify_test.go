package ir

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"nncc/runtime/tensor"
)

// Each case breaks what a graph with states promises.
func TestVerifyStates(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(testdata, "states.nnir"))
	require.NoError(t, err)
	for want, damage := range map[string]func(g *Graph){
		"state %w is computed or constant":           func(g *Graph) { g.States[0].In.Const = g.States[0].Init },
		"%scale is defined twice":                    func(g *Graph) { g.States[0].In.Name = "scale" },
		`state name "scale" is empty or used twice`:  func(g *Graph) { g.States[0].Name = "scale" },
		`state "scale": tensor of f32[4 3 3 3] with`: func(g *Graph) { g.States[1].Init = g.States[0].Init },
		`state "scale" is f32[4], its next value is`: func(g *Graph) { g.States[1].Out = g.States[0].Out },
		`its next value is not defined`:              func(g *Graph) { g.States[2].Out = f32(1) },
	} {
		g, err := Parse("states", string(text))
		require.NoError(t, err)
		damage(g)
		require.ErrorContains(t, Verify(g), want)
	}
}

// Each case breaks one invariant of a good graph.
func TestVerifyFindsViolations(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(testdata, "lenet.nnir"))
	require.NoError(t, err)
	for want, damage := range map[string]func(g *Graph){
		"is defined twice":         func(g *Graph) { g.Nodes[1].Out().Name = "image" },
		"has no name":              func(g *Graph) { g.Nodes[1].Out().Name = "" },
		"is not defined before":    func(g *Graph) { g.Nodes[0], g.Nodes[1] = g.Nodes[1], g.Nodes[0] },
		"does not name the node":   func(g *Graph) { g.Nodes[1].Out().Def = nil },
		"should be f32":            func(g *Graph) { g.Nodes[1].Out().Type = T(tensor.F32, 1) },
		"attributes map":           func(g *Graph) { delete(g.Nodes[0].Attrs, "pad") },
		`has no attribute "speed"`: func(g *Graph) { g.Nodes[0].Attrs["speed"] = 1 },
		"needs 1":                  func(g *Graph) { g.Nodes[1].Inputs = append(g.Nodes[1].Inputs, g.Inputs[0]) },
		"has 0 results":            func(g *Graph) { g.Nodes[4].Outputs = nil; g.Outputs[0].Value = g.Inputs[0] },
		"tensor of f32[1]":         func(g *Graph) { g.Nodes[0].Inputs[1].Const = tensor.New(tensor.F32, 1) },
		"has no output":            func(g *Graph) { g.Outputs = nil },
		"empty or used twice":      func(g *Graph) { g.Outputs = append(g.Outputs, g.Outputs[0]) },
		"is not defined":           func(g *Graph) { g.Outputs[0].Value = f32(1, 2) },
		"is computed or constant":  func(g *Graph) { g.Inputs[0].Def = g.Nodes[0] },
		"first dimension is not 1": func(g *Graph) { g.Inputs = append(g.Inputs, f32(2)) },
	} {
		g, err := Parse("lenet", string(text))
		require.NoError(t, err)
		damage(g)
		require.ErrorContains(t, Verify(g), want)
	}
}

func TestMarkBatched(t *testing.T) {
	const params = `
		const %c: f32[1, 4] = ones
		const %c3: f32[3, 4] = ones
		const %w: f32[4, 5] = ones
		const %i: i64[2] = [0, 1]
		const %j: i64[1] = [0]`
	for node, want := range map[string]bool{
		"%y = relu(%x)":       true,
		"%y = add(%x, %c)":    true,
		"%y = add(%x, %c3)":   false,
		"%y = matmul(%x, %w)": true,
		"%y = gemm(%x, %w)":   true,
		"%y = gemm(%w, %x) {trans_a = 1, trans_b = 1}":                             false,
		"%y = softmax(%x) {axis = 0}":                                              false,
		"%y = softmax(%x)":                                                         true,
		"%y = concat(%x, %c) {axis = 1}":                                           true,
		"%y = concat(%x, %x) {axis = 0}":                                           false,
		"%y = transpose(%x) {perm = [1, 0]}":                                       false,
		"%y = reshape(%x) {shape = [1, 2, 2]}":                                     true,
		"%y = reshape(%x) {shape = [2, 2]}":                                        false,
		"%y = slice(%x) {start = [0, 1], size = [1, 2], step = [1, 1]}":            true,
		"%y = pad(%x) {pad = [0, 1, 0, 1]}":                                        true,
		"%y = pad(%x) {pad = [1, 0, -1, 0]}":                                       false,
		"%y = gather(%x, %i) {axis = 1}":                                           true,
		"%y = gather(%x, %j) {axis = 0}":                                           false,
		"%y = relu(%c)":                                                            false,
		"%y = fused(%x) body {\n input %x: f32[1, 4]\n %r = relu(%x)\n output %r}": true,
	} {
		g, err := Parse("g", "graph g {\n input %x: f32[1, 4]\n"+params+"\n"+node+"\n output %y\n}")
		require.NoError(t, err, node)
		require.Equal(t, want, MarkBatched(g), node)
		require.NoError(t, Verify(g))
	}
}
