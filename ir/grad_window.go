package ir

import (
	"slices"

	"nncc/runtime/tensor"
)

// gradConv: the gradient for the image is a transposed convolution of dy with the same weights, the one for the bias
// its sum.
func gradConv(m Maker, n *Node, dy []*Value) []*Value {
	x, w, out := n.Inputs[0], n.Inputs[1], n.Out().Type
	whole := m.Whole(dy[0], out.Shape)
	attrs := n.Attrs.Clone()
	attrs["kernel"] = w.Type.Shape[2:]
	grads := []*Value{m.convImageGrad(n, whole), m.Step("conv_weight_grad", attrs, whole, x)}
	if bias := n.Input(2); bias != nil {
		sum := m.SumTo(dy[0], out.Shape, append([]int{1, out.Shape[1]}, onesOf(out.Rank()-2)...))
		if sum != nil {
			sum = m.Reshape(sum, sum.Type.Shape[1])
		}
		grads = append(grads, sum)
	}
	return grads
}

// convImageGrad is the gradient of convolution n for its image.
func (m Maker) convImageGrad(n *Node, dy *Value) *Value {
	x, w := n.Inputs[0].Type, n.Inputs[1]
	spatial := x.Rank() - 2
	stride, dilation, pad := n.Ints("stride"), n.Ints("dilation"), n.Ints("pad")
	if slices.Max(w.Type.Shape[2:]) == 1 && slices.Max(stride) > 1 {
		return m.pointImageGrad(n, dy)
	}
	t := Transposed{Stride: stride, Dilation: dilation, Cut: make([]int, 2*spatial), Extra: make([]int, spatial), Groups: n.Int("groups")}
	for d, in := range x.Shape[2:] {
		reached := (n.Out().Type.Shape[2+d]-1)*stride[d] + (w.Type.Shape[2+d]-1)*dilation[d] + 1
		t.Cut[d] = pad[d]
		t.Cut[spatial+d], t.Extra[d] = max(0, reached-pad[d]-in), max(0, in+pad[d]-reached)
	}
	return m.ConvTranspose(dy, w, nil, t)
}

// pointImageGrad is convImageGrad for kernels of one element and strides, between whose places the gradient is 0.
func (m Maker) pointImageGrad(n *Node, dy *Value) *Value {
	x, stride, pad := n.Inputs[0].Type, n.Ints("stride"), n.Ints("pad")
	spatial := x.Rank() - 2
	t := Transposed{Stride: onesOf(spatial), Dilation: onesOf(spatial), Cut: make([]int, 2*spatial), Extra: make([]int, spatial), Groups: n.Int("groups")}
	dx := m.apart(m.ConvTranspose(dy, n.Inputs[1], nil, t), append([]int{1, 1}, stride...))
	pads := make([]int, 2*x.Rank())
	for d, in := range x.Shape[2:] {
		pads[2+d] = -pad[d]
		pads[x.Rank()+2+d] = in + pad[d] - n.Out().Type.Shape[2+d]*stride[d]
	}
	return m.Step("pad", Attrs{"pad": pads}, dx)
}

func gradMaxPool(m Maker, n *Node, dy []*Value) []*Value {
	return []*Value{m.Step("maxpool_grad", n.Attrs.Clone(), m.Whole(dy[0], n.Out().Type.Shape), n.Inputs[0])}
}

// gradAvgPool leaves the gradient of a mean of the whole image what it is, at one place.
func gradAvgPool(m Maker, n *Node, dy []*Value) []*Value {
	spatial := n.Inputs[0].Type.Shape[2:]
	if slices.Equal(spatial, n.Ints("kernel")) && slices.Max(n.Ints("pad")) == 0 {
		return []*Value{m.Times(dy[0], 1/float64(tensor.Count(spatial)))}
	}
	attrs := n.Attrs.Clone()
	attrs["shape"] = slices.Clone(spatial)
	return []*Value{m.Step("avgpool_grad", attrs, m.Whole(dy[0], n.Out().Type.Shape))}
}

// gradBatchNorm treats mean and variance as inputs like the others; where they are moments of x, the rule of moments adds
// what x gets through them.
func gradBatchNorm(m Maker, n *Node, dy []*Value) []*Value {
	x, scale, mean, variance := n.Inputs[0], n.Inputs[1], n.Inputs[3], n.Inputs[4]
	dscale := m.Step("batchnorm_grad", n.Attrs.Clone(), m.Whole(dy[0], x.Type.Shape), x, mean, variance)
	if dscale == nil {
		return make([]*Value, len(n.Inputs))
	}
	dbias := dscale.Def.Outputs[1]
	invDeviation := m.Div(m.Like(x, 1), m.Sqrt(m.Plus(variance, n.Float("epsilon"))))
	slope := m.Mul(scale, invDeviation)
	dvar := m.Times(m.Mul(m.Mul(dscale, slope), invDeviation), -0.5)
	return []*Value{m.Mul(dy[0], m.perChannel(slope, x.Type.Rank())), dscale, dbias, m.Times(m.Mul(dbias, slope), -1), dvar}
}

// gradMoments: the mean grows by 1/count with each element, the variance by 2*(x - mean)/count. What x gets is a multiple
// of it and an offset per channel.
func gradMoments(m Maker, n *Node, dy []*Value) []*Value {
	x := n.Inputs[0]
	share := float64(x.Type.Shape[1]) / float64(x.Type.Elems())
	var dx *Value
	if dy[0] != nil {
		dx = m.perChannel(m.Times(dy[0], share), x.Type.Rank())
	}
	if dy[1] == nil {
		return []*Value{dx}
	}
	slope := m.Times(dy[1], 2*share)
	offset := m.Times(m.Mul(slope, n.Outputs[0]), -1)
	if dy[0] != nil {
		offset = m.Add(offset, m.Times(dy[0], share))
	}
	return []*Value{m.Add(m.Mul(x, m.perChannel(slope, x.Type.Rank())), m.perChannel(offset, x.Type.Rank()))}
}
