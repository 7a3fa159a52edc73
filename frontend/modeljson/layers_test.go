package modeljson

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"nncc/ir"
)

// TestLayers shows what layers become; package layertest compares what they compute. "x" is the input [4, 6, 6].
func TestLayers(t *testing.T) {
	cases := []struct{ layers, want string }{
		{`{"type": "conv", "name": "c", "out": 8, "kernel": 3}`,
			`%c = conv(%x, %c.weight, %c.bias) : f32[1, 8, 4, 4]`},
		{`{"type": "conv", "name": "c", "out": 8, "kernel": [3, 1], "stride": [1, 2], "pad": [1, 0], "dilation": 2, "groups": 4, "bias": false}`,
			`%c = conv(%x, %c.weight) {stride = [1, 2], pad = [1, 0, 1, 0], dilation = [2, 2], groups = 4} : f32[1, 8, 4, 3]`},
		{`{"type": "conv", "name": "c", "out": 1, "kernel": 3, "pad": [1, 2, 3, 4]}`,
			`%c = conv(%x, %c.weight, %c.bias) {pad = [1, 2, 3, 4]} : f32[1, 1, 8, 10]`},
		{`{"type": "flatten"}, {"type": "dense", "name": "d", "out": 5}`,
			"%flatten1 = reshape(%x) {shape = [1, 144]} : f32[1, 144]\n%d = gemm(%flatten1, %d.weight, %d.bias) {trans_b = 1} : f32[1, 5]"},
		{`{"type": "reshape", "shape": [144]}, {"type": "dense", "name": "d", "out": 5, "bias": false}`,
			"%reshape1 = reshape(%x) {shape = [1, 144]} : f32[1, 144]\n%d = gemm(%reshape1, %d.weight) {trans_b = 1} : f32[1, 5]"},
		{`{"type": "batchnorm", "name": "b", "eps": 0.5}`,
			`%b = batchnorm(%x, %b.weight, %b.bias, %b.running_mean, %b.running_var) {epsilon = 0.5} : f32[1, 4, 6, 6]`},
		{`{"type": "relu"}, {"type": "relu"}`,
			"%relu1 = relu(%x) : f32[1, 4, 6, 6]\n%relu2 = relu(%relu1) : f32[1, 4, 6, 6]"},
		{`{"type": "relu6"}, {"type": "clip", "min": -1}, {"type": "clip", "max": 2.5}`,
			"%relu61 = clip(%x) {min = 0, max = 6} : f32[1, 4, 6, 6]\n%clip1 = clip(%relu61) {min = -1} : f32[1, 4, 6, 6]\n%clip2 = clip(%clip1) {max = 2.5} : f32[1, 4, 6, 6]"},
		{`{"type": "sigmoid"}, {"type": "tanh"}, {"type": "softmax", "axis": 0}, {"type": "softmax"}`,
			"%sigmoid1 = sigmoid(%x) : f32[1, 4, 6, 6]\n%tanh1 = tanh(%sigmoid1) : f32[1, 4, 6, 6]\n" +
				"%softmax1 = softmax(%tanh1) {axis = 1} : f32[1, 4, 6, 6]\n%softmax2 = softmax(%softmax1) {axis = 3} : f32[1, 4, 6, 6]"},
		{`{"type": "leakyrelu"}, {"type": "prelu", "name": "p"}, {"type": "elu", "alpha": 0.5}, {"type": "softplus"}`,
			"%leakyrelu1 = prelu(%x, %leakyrelu1.k) : f32[1, 4, 6, 6]\n%p.reshape = reshape(%p.weight) {shape = [4, 1, 1]} @\"p\" : f32[4, 1, 1]\n" +
				"%p = prelu(%leakyrelu1, %p.reshape) : f32[1, 4, 6, 6]\n%elu1 = elu(%p) {alpha = 0.5} : f32[1, 4, 6, 6]\n%softplus1 = softplus(%elu1) : f32[1, 4, 6, 6]"},
		{`{"type": "silu"}`, "%silu1 = silu(%x) : f32[1, 4, 6, 6]"},
		{`{"type": "hardswish"}`, "%hardswish1.mul = mul(%x, %hardswish1.k) @\"hardswish1\" : f32[1, 4, 6, 6]\n" +
			"%hardswish1.add = add(%hardswish1.mul, %hardswish1.k.1) @\"hardswish1\" : f32[1, 4, 6, 6]\n" +
			"%hardswish1.clip = clip(%hardswish1.add) {min = 0, max = 1} @\"hardswish1\" : f32[1, 4, 6, 6]\n%hardswish1 = mul(%x, %hardswish1.clip) : f32[1, 4, 6, 6]"},
		{`{"type": "gelu"}`, "%gelu1 = gelu(%x) : f32[1, 4, 6, 6]"},
		{`{"type": "maxpool", "kernel": 2}, {"type": "maxpool", "kernel": [2, 3], "stride": 1, "pad": 1, "ceil": true}`,
			"%maxpool1 = maxpool(%x) {kernel = [2, 2], stride = [2, 2]} : f32[1, 4, 3, 3]\n" +
				"%maxpool2 = maxpool(%maxpool1) {kernel = [2, 3], pad = [1, 1, 1, 1], ceil = 1} : f32[1, 4, 4, 3]"},
		{`{"type": "avgpool", "kernel": 3, "pad": 1}, {"type": "avgpool", "kernel": 2, "count_include_pad": false}`,
			"%avgpool1 = avgpool(%x) {kernel = [3, 3], stride = [3, 3], pad = [1, 1, 1, 1], count_include_pad = 1} : f32[1, 4, 2, 2]\n" +
				"%avgpool2 = avgpool(%avgpool1) {kernel = [2, 2], stride = [2, 2]} : f32[1, 4, 1, 1]"},
		{`{"type": "globalmaxpool"}, {"type": "globalavgpool"}`,
			"%globalmaxpool1 = maxpool(%x) {kernel = [6, 6]} : f32[1, 4, 1, 1]\n%globalavgpool1 = avgpool(%globalmaxpool1) {kernel = [1, 1]} : f32[1, 4, 1, 1]"},
		{`{"type": "relu", "name": "r"}, {"type": "add", "inputs": ["r", "x", "r"]}, {"type": "mul", "inputs": ["add1", "r"]}`,
			"%r = relu(%x) : f32[1, 4, 6, 6]\n%add1.of2 = add(%r, %x) @\"add1\" : f32[1, 4, 6, 6]\n%add1 = add(%add1.of2, %r) : f32[1, 4, 6, 6]\n%mul1 = mul(%add1, %r) : f32[1, 4, 6, 6]"},
		{`{"type": "concat", "inputs": ["x", "x"]}, {"type": "concat", "axis": -1, "inputs": ["concat1", "concat1"]}`,
			"%concat1 = concat(%x, %x) {axis = 1} : f32[1, 8, 6, 6]\n%concat2 = concat(%concat1, %concat1) {axis = 3} : f32[1, 8, 6, 12]"},
		{`{"type": "reshape", "shape": [2, -1, 9]}, {"type": "transpose", "perm": [2, 0, 1]}`,
			"%reshape1 = reshape(%x) {shape = [1, 2, 8, 9]} : f32[1, 2, 8, 9]\n%transpose1 = transpose(%reshape1) {perm = [0, 3, 1, 2]} : f32[1, 9, 2, 8]"},
		{`{"type": "slice", "axis": 0, "start": 1, "end": -1}, {"type": "slice", "axis": [1, -1], "step": [2, -1]}`,
			"%slice1 = slice(%x) {start = [0, 1, 0, 0], size = [1, 2, 6, 6], step = [1, 1, 1, 1]} : f32[1, 2, 6, 6]\n" +
				"%slice2 = slice(%slice1) {start = [0, 0, 0, 5], size = [1, 2, 3, 6], step = [1, 1, 2, -1]} : f32[1, 2, 3, 6]"},
		{`{"type": "pad", "pad": 1}, {"type": "pad", "pad": [2, 0, 0, 3, -1, 0], "value": 7}, {"type": "pad", "pad": [1, 2], "mode": "edge"}`,
			"%pad1 = pad(%x) {pad = [0, 0, 1, 1, 0, 0, 1, 1]} : f32[1, 4, 8, 8]\n" +
				"%pad2 = pad(%pad1) {pad = [0, 2, 0, 0, 0, 3, -1, 0], value = 7} : f32[1, 9, 7, 8]\n" +
				"%pad3 = pad(%pad2) {pad = [0, 0, 0, 1, 0, 0, 0, 2], mode = \"edge\"} : f32[1, 9, 7, 11]"},
	}
	for _, c := range cases {
		t.Run(c.layers, func(t *testing.T) {
			g, err := parseText(fmt.Sprintf(`{"input": {"name": "x", "shape": [4, 6, 6]}, "seed": 1, "layers": [%s]}`, c.layers))
			require.NoError(t, err)
			require.NoError(t, ir.Verify(g))
			require.True(t, g.Batched)
			require.Equal(t, c.want, strings.Join(statements(g), "\n"))
		})
	}
}

// parseText reads a model that has no file, with few random parameters.
func parseText(text string) (*ir.Graph, error) {
	return parse("model.json", []byte(text), 1<<20, Options{})
}

// statements are the lines of the graph's text that compute something.
func statements(g *ir.Graph) []string {
	var out []string
	for line := range strings.Lines(g.String()) {
		if line = strings.TrimSpace(line); strings.HasPrefix(line, "%") {
			out = append(out, line)
		}
	}
	return out
}
