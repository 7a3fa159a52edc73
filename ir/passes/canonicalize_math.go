package passes

import (
	"slices"

	"nncc/ir"
	"nncc/runtime/tensor"
)

// powOfConstant replaces small exponents by what computes the same and is cheaper.
func powOfConstant(c *context, n *ir.Node) (*ir.Value, error) {
	x, exponent := n.Inputs[0], n.Inputs[1]
	if !exponent.IsConst() || exponent.Type.Elems() != 1 || !n.Out().Type.Equal(x.Type) {
		return nil, nil
	}
	switch exponent.Const.Float64s()[0] {
	case 0.5:
		return c.replace(n, "sqrt", nil, x)
	case 1:
		return x, nil
	case 2:
		return c.replace(n, "mul", nil, x, x)
	case 3:
		square, err := c.extra(n, "square", "mul", nil, x, x)
		if err != nil {
			return nil, err
		}
		return c.replace(n, "mul", nil, square, x)
	case -1:
		one := c.constant(exponent, "one", tensor.FromFloat64s(x.Type.DType, []float64{1}))
		return c.replace(n, "div", nil, one, x)
	}
	return nil, nil
}

// reduceOfNothing drops reductions along dimensions of 1, of which mean and sum are the number itself.
func reduceOfNothing(_ *context, n *ir.Node) (*ir.Value, error) {
	if !n.Out().Type.Equal(n.Inputs[0].Type) {
		return nil, nil
	}
	return n.Inputs[0], nil
}

// reduceToPool makes a global pool of a mean or maximum over all spatial dimensions: pools have kernels for images of
// any layout, and join convolutions.
func reduceToPool(c *context, n *ir.Node) (*ir.Value, error) {
	op := map[string]string{"mean": "avgpool", "max": "maxpool"}[n.Str("to")]
	x, axes := n.Inputs[0], n.Ints("axes")
	if op == "" || !x.Type.DType.IsFloat() || x.Type.Rank() < 3 || len(axes) != x.Type.Rank()-2 || axes[0] != 2 {
		return nil, nil
	}
	kernel := slices.Clone(x.Type.Shape[2:])
	if slices.Contains(kernel, 0) {
		return nil, nil
	}
	return c.replace(n, op, ir.Attrs{"kernel": kernel}, x)
}
