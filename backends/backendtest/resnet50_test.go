package backendtest

import (
	"flag"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"nncc/ir"
	"nncc/ir/irtest"
)

var update = flag.Bool("update", false, "write the expected texts anew")

const resnet50Path = "../../testdata/models/resnet50.nnir"

// TestResNet50Text keeps testdata/models/resnet50.nnir as resnet50Text writes it.
func TestResNet50Text(t *testing.T) {
	text := resnet50Text()
	irtest.Golden(t, resnet50Path, text, *update)
	g, err := ir.Parse("resnet50", text)
	require.NoError(t, err)
	require.NoError(t, ir.Verify(g))
	parameters := 0
	for _, v := range g.Constants() {
		if !strings.HasSuffix(v.Name, ".mean") && !strings.HasSuffix(v.Name, ".var") {
			parameters += v.Type.Elems()
		}
	}
	require.Equal(t, 25557032, parameters, "as many as PyTorch's resnet50 learns")
}

// resnet50Text is ResNet-50 with the stride in the 3x3 convolutions ("v1.5"; He et al., "Deep Residual Learning for Image
// Recognition", 2015, table 1), with torchvision's names and seeded constants: weights between Kaiming's bounds, batch
// norms near one but for the last of a block, which keeps the sum of the blocks from growing.
func resnet50Text() string {
	w := &networkWriter{}
	w.line("// ResNet-50 v1.5 with seeded constants: what `go test ./backends/backendtest -run ResNet50Text -update` writes.")
	w.line("graph resnet50 batched {")
	w.line("  license \"Apache-2.0\"")
	w.line("  preprocess {scale = 0.00392156862745098, mean = [0.485, 0.456, 0.406], std = [0.229, 0.224, 0.225], order = \"rgb\"}")
	w.line("  input %%input: f32[1, 3, 224, 224]")
	x := w.relu(w.conv("conv1", "input", 3, 64, 7, 2, 1))
	w.line("  %%maxpool = maxpool(%%%s) {kernel = [3, 3], stride = [2, 2], pad = [1, 1, 1, 1]}", x)
	x = "maxpool"
	channels := 64
	for stage, blocks := range []int{3, 4, 6, 3} {
		for block := range blocks {
			stride := 1
			if stage > 0 && block == 0 {
				stride = 2
			}
			x = w.bottleneck(fmt.Sprintf("layer%d.%d", stage+1, block), x, channels, 64<<stage, stride)
			channels = 256 << stage
		}
	}
	w.line("  %%avgpool = avgpool(%%%s) {kernel = [7, 7]}", x)
	w.line("  %%flatten = reshape(%%avgpool) {shape = [1, 2048]}")
	w.uniform("fc.weight", "1000, 2048", math.Sqrt(3.0/2048))
	w.uniform("fc.bias", "1000", 0.02)
	w.line("  %%fc = gemm(%%flatten, %%fc.weight, %%fc.bias) {trans_b = 1}")
	w.line("  output %%fc as \"logits\"")
	w.line("}")
	return w.String()
}

// networkWriter writes a graph's text. Its methods take and return names of values.
type networkWriter struct {
	strings.Builder
	seed int
}

func (w *networkWriter) line(format string, args ...any) { fmt.Fprintf(w, format+"\n", args...) }

func (w *networkWriter) uniform(name, shape string, limit float64) {
	w.between(name, shape, -limit, limit)
}

func (w *networkWriter) between(name, shape string, lo, hi float64) {
	w.seed++
	w.line("  const %%%s: f32[%s] = uniform(seed %d, %.4g, %.4g)", name, shape, w.seed, lo, hi)
}

// conv is a convolution without bias, padded to keep the size but for the stride, and its batch norm of the given scale.
func (w *networkWriter) conv(name, x string, in, out, kernel, stride int, scale float64) string {
	w.uniform(name+".weight", fmt.Sprintf("%d, %d, %d, %d", out, in, kernel, kernel), math.Sqrt(6/float64(in*kernel*kernel)))
	pad := kernel / 2
	w.line("  %%%s = conv(%%%s, %%%s.weight) {stride = [%d, %d], pad = [%d, %d, %d, %d]}", name, x, name, stride, stride, pad, pad, pad, pad)
	norm := strings.Replace(name, "conv", "bn", 1)
	if norm == name {
		norm = strings.TrimSuffix(name, "0") + "1" // downsample.0 and downsample.1
	}
	w.between(norm+".weight", fmt.Sprint(out), 0.8*scale, 1.2*scale)
	w.uniform(norm+".bias", fmt.Sprint(out), 0.1)
	w.uniform(norm+".mean", fmt.Sprint(out), 0.1)
	w.between(norm+".var", fmt.Sprint(out), 0.8, 1.2)
	w.line("  %%%s = batchnorm(%%%s, %%%s.weight, %%%s.bias, %%%s.mean, %%%s.var)", norm, name, norm, norm, norm, norm)
	return norm
}

func (w *networkWriter) relu(x string) string {
	w.line("  %%%s.relu = relu(%%%s)", x, x)
	return x + ".relu"
}

// bottleneck is three convolutions beside a shortcut, which is a convolution where size or channels change.
func (w *networkWriter) bottleneck(name, x string, in, width, stride int) string {
	y := w.relu(w.conv(name+".conv1", x, in, width, 1, 1, 1))
	y = w.relu(w.conv(name+".conv2", y, width, width, 3, stride, 1))
	y = w.conv(name+".conv3", y, width, 4*width, 1, 1, 0.25)
	if stride > 1 || in != 4*width {
		x = w.conv(name+".downsample.0", x, in, 4*width, 1, stride, 1)
	}
	w.line("  %%%s.sum = add(%%%s, %%%s)", name, y, x)
	w.line("  %%%s = relu(%%%s.sum)", name, name)
	return name
}
