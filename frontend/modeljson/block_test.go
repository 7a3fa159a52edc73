package modeljson

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"nncc/ir"
)

// parameterNames are the parameters of a model with the input [4, 6, 6] and the given blocks and layers, in order.
func parameterNames(t *testing.T, blocks, layers string) string {
	t.Helper()
	g, err := parseText(fmt.Sprintf(`{"input": {"shape": [4, 6, 6]}, "seed": 1, "blocks": {%s}, "layers": [%s]}`, blocks, layers))
	require.NoError(t, err)
	require.NoError(t, ir.Verify(g))
	var names []string
	for _, v := range g.Constants() {
		names = append(names, fmt.Sprintf("%s %s", v.Name, dims(v.Type.Shape)))
	}
	return strings.Join(names, "\n")
}

func TestBlocks(t *testing.T) {
	const pair = `"pair": {"params": ["out"], "layers": [
		{"type": "conv", "name": "0", "out": "$out", "kernel": 1, "bias": false}, {"type": "conv", "out": "$out*2*$out", "kernel": 1, "bias": false}]}`
	t.Run("names", func(t *testing.T) {
		require.Equal(t, "pair1.0.weight [3, 4, 1, 1]\npair1.conv2.weight [18, 3, 1, 1]\nb.0.weight [1, 18, 1, 1]\nb.conv2.weight [2, 1, 1, 1]",
			parameterNames(t, pair, `{"block": "pair", "out": 3}, {"block": "pair", "name": "b", "out": 1}`))
	})
	t.Run("repetitions", func(t *testing.T) {
		require.Equal(t, "x1.0.weight [1, 4, 1, 1]\nx1.conv2.weight [2, 1, 1, 1]\nx2.0.weight [2, 2, 1, 1]\nx2.conv2.weight [8, 2, 1, 1]",
			parameterNames(t, pair, `{"block": "pair", "name": "x$n", "repeat": 2, "first": 1, "out": "$n"}`))
		require.Equal(t, "pair1.0.weight [1, 4, 1, 1]\npair1.conv2.weight [2, 1, 1, 1]\npair2.0.weight [1, 2, 1, 1]\npair2.conv2.weight [2, 1, 1, 1]",
			parameterNames(t, pair, `{"block": "pair", "repeat": 2, "out": 1}`))
	})
	t.Run("nested", func(t *testing.T) {
		require.Equal(t, "s.a-2.1.0.weight [2, 4, 1, 1]\ns.a-2.1.conv2.weight [8, 2, 1, 1]\ns.a-2.2.0.weight [2, 8, 1, 1]\ns.a-2.2.conv2.weight [8, 2, 1, 1]",
			parameterNames(t, pair+`, "stage": {"params": ["k"], "layers": [{"block": "pair", "name": "a-$k.$n", "repeat": "$k", "first": 1, "out": "$k"}]}`,
				`{"block": "stage", "name": "s", "k": 2}`))
	})
	t.Run("any value", func(t *testing.T) {
		require.Equal(t, "b.c.weight [2, 4, 1, 3]\nd.c.weight [2, 2, 1, 1]\nd.c.bias [2]",
			parameterNames(t, `"b": {"params": ["kernel", "act"], "defaults": {"bias": false}, "layers": [
				{"type": "conv", "name": "c", "out": 2, "kernel": "$kernel", "bias": "$bias"}, {"type": "$act"}]}`,
				`{"block": "b", "name": "b", "kernel": [1, 3], "act": "relu"}, {"block": "b", "name": "d", "kernel": 1, "act": "mish", "bias": true}`))
	})
}

// TestBlockInputs resolves names: a block's own layers and inputs inside it, whole names outside.
func TestBlockInputs(t *testing.T) {
	g, err := parseText(`{"input": {"name": "x", "shape": [4, 6, 6]},
		"blocks": {"gate": {"inputs": ["low", "high"], "layers": [
			{"type": "sigmoid", "name": "x", "inputs": ["high"]}, {"type": "mul", "inputs": ["x", "low"]}]}},
		"layers": [{"type": "relu", "name": "r"}, {"block": "gate", "name": "g$n", "repeat": 2, "inputs": ["r", "x"]}, {"type": "add", "inputs": ["g1", "g0.x", "g0"]}],
		"outputs": {"sum": "add1", "gate": "g1.x"}}`)
	require.NoError(t, err)
	require.Equal(t, []string{
		`%r = relu(%x) : f32[1, 4, 6, 6]`,
		`%g0.x = sigmoid(%x) : f32[1, 4, 6, 6]`,
		`%g0.mul1 = mul(%g0.x, %r) : f32[1, 4, 6, 6]`,
		`%g1.x = sigmoid(%x) : f32[1, 4, 6, 6]`,
		`%g1.mul1 = mul(%g1.x, %g0.mul1) : f32[1, 4, 6, 6]`,
		`%add1.of2 = add(%g1.mul1, %g0.x) @"add1" : f32[1, 4, 6, 6]`,
		`%add1 = add(%add1.of2, %g0.mul1) : f32[1, 4, 6, 6]`,
	}, statements(g))
	require.Equal(t, "sum", g.Outputs[0].Name)
	require.Equal(t, "gate", g.Outputs[1].Name)
}

// TestBlocksAreBounded asks for more layers than there may be: many repetitions, and blocks that double one another.
func TestBlocksAreBounded(t *testing.T) {
	_, err := parseText(`{"input": {"shape": [4]}, "blocks": {"b": {"layers": [{"type": "relu"}]}}, "layers": [{"block": "b", "repeat": 2000000000}]}`)
	require.ErrorContains(t, err, "the blocks amount to too many layers")
	blocks := `"b0": {"layers": [{"type": "relu"}]}`
	for i := range 15 {
		blocks += fmt.Sprintf(`, "b%d": {"layers": [{"block": "b%d", "repeat": 9}]}`, i+1, i)
	}
	_, err = parseText(fmt.Sprintf(`{"input": {"shape": [4]}, "blocks": {%s}, "layers": [{"block": "b15"}]}`, blocks))
	require.ErrorContains(t, err, "the blocks amount to too many layers")
	for i := 15; i < 17; i++ {
		blocks += fmt.Sprintf(`, "b%d": {"layers": [{"block": "b%d"}]}`, i+1, i)
	}
	_, err = parseText(fmt.Sprintf(`{"input": {"shape": [4]}, "blocks": {%s}, "layers": [{"block": "b17"}]}`, blocks))
	require.ErrorContains(t, err, "blocks are nested more than 16 deep")
	_, err = parseText(`{"input": {"shape": [4]}, "blocks": {"b": {"params": ["p"], "layers": [{"type": "relu", "name": "$p$p$p"}]}},
		"layers": [{"block": "b", "p": "` + strings.Repeat("x", 1000) + `"}]}`)
	require.ErrorContains(t, err, "the name is longer than 1000 bytes")
}
