package passes

import (
	"fmt"

	"nncc/ir"
	"nncc/ir/interp"
	"nncc/runtime/tensor"
)

// Folding is left alone where the interpreter would take long or the program would grow a lot.
const (
	maxFoldFLOPs = 1 << 28
	maxFoldBytes = 64 << 20 // inputs and result
)

// foldConstants evaluates every node whose inputs are all constant.
func foldConstants(c *context) error {
	return c.sweep(func(_ *context, n *ir.Node) (*ir.Value, error) { return evaluate(n) })
}

// evaluate returns the result of a node as a constant, or nil where an input is not constant or it would cost too much.
func evaluate(n *ir.Node) (*ir.Value, error) {
	v := n.Out()
	costBytes := v.Type.Bytes()
	inputs := make([]*tensor.Tensor, len(n.Inputs))
	for i, in := range n.Inputs {
		if in == nil {
			continue
		}
		switch {
		case in.IsConst():
			inputs[i] = in.Const
		case n.Op.Class == ir.Reduction && in.Type.Elems() == 0: // known all the same
			inputs[i] = tensor.New(in.Type.DType, in.Type.Shape...)
		default:
			return nil, nil
		}
		costBytes += in.Type.Bytes()
	}
	if costBytes > maxFoldBytes || n.Op.FLOPs != nil && n.Op.FLOPs(n) > maxFoldFLOPs {
		return nil, nil
	}
	out, err := interp.EvalNode(n, inputs)
	if err != nil {
		return nil, fmt.Errorf("%s %q: %w", n.Op.Name, n.Name, err)
	}
	return &ir.Value{Name: v.Name, Type: v.Type, Const: out[0], Pos: v.Pos}, nil
}
