package ir

import (
	"fmt"
	"slices"

	"nncc/runtime/tensor"
)

// inferConvWeightGrad is the shape rule of conv_weight_grad: dy [N,O,spatial...], x [N,C,spatial...] -> [O,C/groups,kernel...].
func inferConvWeightGrad(n *Node) ([]Type, error) {
	if err := needFloat(n.Inputs...); err != nil {
		return nil, err
	}
	dy, x, kernel, groups := n.Inputs[0].Type, n.Inputs[1].Type, n.Ints("kernel"), n.Int("groups")
	if err := checkImageGrad(n, x, kernel, false); err != nil {
		return nil, err
	}
	outs, channels := dy.Shape[1], x.Shape[1]
	if groups < 1 || channels%groups != 0 || outs%groups != 0 {
		return nil, fmt.Errorf("%d input and %d output channels cannot be split into %d groups", channels, outs, groups)
	}
	return []Type{T(x.DType, append([]int{outs, channels / groups}, kernel...)...)}, nil
}

// checkImageGrad checks that the first input, dy, has the samples of image x and the spatial size that n's window makes of it.
func checkImageGrad(n *Node, x Type, kernel []int, ceil bool) error {
	dy := n.Inputs[0].Type
	if x.Rank() < 3 || dy.Rank() != x.Rank() {
		return fmt.Errorf("the gradient is %s, the image %s: both need [N, C, spatial...]", dims(dy.Shape), dims(x.Shape))
	}
	spatial, err := windowShape(n, x.Shape[2:], kernel, ceil)
	if err != nil {
		return err
	}
	if dy.Shape[0] != x.Shape[0] || !slices.Equal(dy.Shape[2:], spatial) {
		return fmt.Errorf("the gradient is %s, but the result for %s has the spatial size %s", dims(dy.Shape), dims(x.Shape), dims(spatial))
	}
	return nil
}

// inferMaxPoolGrad is the shape rule of maxpool_grad: the result has the type of the pool's input.
func inferMaxPoolGrad(n *Node) ([]Type, error) { return inferPoolGrad(n, n.Inputs[1].Type) }

// inferAvgPoolGrad takes the spatial size of the pool's input from the attribute shape.
func inferAvgPoolGrad(n *Node) ([]Type, error) {
	dy, shape := n.Inputs[0].Type, n.Ints("shape")
	if dy.Rank() < 3 || len(shape) != dy.Rank()-2 || slices.Min(shape) < 1 {
		return nil, fmt.Errorf("shape is %s, needs the spatial size of the pool's input, whose gradient is %s", dims(shape), dims(dy.Shape))
	}
	return inferPoolGrad(n, T(dy.DType, append(slices.Clone(dy.Shape[:2]), shape...)...))
}

func inferPoolGrad(n *Node, x Type) ([]Type, error) {
	if err := needFloat(n.Inputs...); err != nil {
		return nil, err
	}
	if err := x.Check(); err != nil {
		return nil, err
	}
	kernel := n.Ints("kernel")
	if err := checkImageGrad(n, x, kernel, n.Bool("ceil")); err != nil {
		return nil, err
	}
	if channels := n.Inputs[0].Type.Shape[1]; channels != x.Shape[1] {
		return nil, fmt.Errorf("the gradient has %d channels, the image %d", channels, x.Shape[1])
	}
	return []Type{x}, checkPoolPadding(n, x.Shape[2:], kernel)
}

// inferMoments is the shape rule of moments: x [N,C,...] -> [C], [C].
func inferMoments(n *Node) ([]Type, error) {
	if err := needFloat(n.Inputs...); err != nil {
		return nil, err
	}
	x := n.Inputs[0].Type
	if x.Rank() < 2 || x.Elems() == 0 {
		return nil, fmt.Errorf("input %s has no channels, or nothing in them; needs [N, C, ...]", dims(x.Shape))
	}
	t := T(x.DType, x.Shape[1])
	return []Type{t, t}, nil
}

// inferBatchNormGrad is the shape rule of batchnorm_grad: dy and x [N,C,...], mean and var [C] -> [C], [C].
func inferBatchNormGrad(n *Node) ([]Type, error) {
	if err := needFloat(n.Inputs...); err != nil {
		return nil, err
	}
	dy, x := n.Inputs[0].Type, n.Inputs[1].Type
	if x.Rank() < 2 || !dy.Equal(x) {
		return nil, fmt.Errorf("the gradient is %v, the input %v: both need the same [N, C, ...]", dy, x)
	}
	for i, name := range []string{"mean", "var"} {
		if p := n.Inputs[i+2].Type.Shape; len(p) != 1 || p[0] != x.Shape[1] {
			return nil, fmt.Errorf("%s is %s, needs [%d] (one per channel of %s)", name, dims(p), x.Shape[1], dims(x.Shape))
		}
	}
	t := T(x.DType, x.Shape[1])
	return []Type{t, t}, nil
}

// inferCrossEntropy is the shape rule of cross_entropy: logits [N,K], labels [N] -> [N].
func inferCrossEntropy(n *Node) ([]Type, error) {
	logits, labels := n.Inputs[0].Type, n.Inputs[1].Type
	if err := needFloat(n.Inputs[0]); err != nil {
		return nil, err
	}
	if logits.Rank() != 2 || logits.Shape[1] == 0 {
		return nil, fmt.Errorf("logits are %s, need [N, classes]", dims(logits.Shape))
	}
	if !labels.Equal(T(tensor.I64, logits.Shape[0])) {
		return nil, fmt.Errorf("labels are %v, need i64[%d]", labels, logits.Shape[0])
	}
	if s := n.Float("label_smoothing"); s < 0 || s > 1 {
		return nil, fmt.Errorf("label_smoothing is %v, must be from 0 to 1", s)
	}
	return []Type{T(logits.DType, logits.Shape[0])}, nil
}

// inferCrossEntropyGrad is the shape rule of cross_entropy_grad: logits [N,K], labels [N], dloss [N] or [] -> [N,K].
func inferCrossEntropyGrad(n *Node) ([]Type, error) {
	losses, err := inferCrossEntropy(n)
	if err != nil {
		return nil, err
	}
	if dloss := n.Inputs[2].Type; !dloss.Equal(losses[0]) && !dloss.Equal(T(losses[0].DType)) {
		return nil, fmt.Errorf("the gradient of the losses is %v, must be %v or a scalar", dloss, losses[0])
	}
	return []Type{n.Inputs[0].Type}, nil
}

// inferRandom is the shape rule of random.
func inferRandom(n *Node) ([]Type, error) {
	for i, name := range []string{"seed", "step"} {
		if t := n.Inputs[i].Type; !t.Equal(T(tensor.I64)) {
			return nil, fmt.Errorf("%s is %v, must be i64[]", name, t)
		}
	}
	out := T(tensor.F32, n.Ints("shape")...)
	return []Type{out}, nil
}
