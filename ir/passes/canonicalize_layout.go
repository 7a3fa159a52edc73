package passes

import (
	"slices"

	"nncc/ir"
)

func reshapeOfReshape(c *context, n *ir.Node) (*ir.Value, error) {
	d := n.Inputs[0].Def
	if d == nil || d.Op.Name != "reshape" {
		return nil, nil
	}
	return c.replace(n, "reshape", n.Attrs.Clone(), d.Inputs[0])
}

func transposeOfTranspose(c *context, n *ir.Node) (*ir.Value, error) {
	d := n.Inputs[0].Def
	if d == nil || d.Op.Name != "transpose" {
		return nil, nil
	}
	first, second := d.Ints("perm"), n.Ints("perm")
	perm := make([]int, len(second))
	for i, p := range second {
		perm[i] = first[p]
	}
	return c.replace(n, "transpose", ir.Attrs{"perm": perm}, d.Inputs[0])
}

// transposeToReshape applies where only dimensions of 1 move.
func transposeToReshape(c *context, n *ir.Node) (*ir.Value, error) {
	x := n.Inputs[0]
	var moved []int
	for _, p := range n.Ints("perm") {
		if x.Type.Shape[p] != 1 {
			moved = append(moved, p)
		}
	}
	if !slices.IsSorted(moved) {
		return nil, nil
	}
	return c.replace(n, "reshape", ir.Attrs{"shape": n.Out().Type.Shape}, x)
}

func sliceOfAll(n *ir.Node) bool {
	return sameType(n) && !slices.ContainsFunc(n.Ints("step"), func(s int) bool { return s < 0 })
}

// padIntoConv lets a convolution do the zero padding of its input.
func padIntoConv(c *context, n *ir.Node) (*ir.Value, error) {
	d := n.Inputs[0].Def
	if d == nil || d.Op.Name != "pad" || d.Str("mode") != "constant" || d.Float("value") != 0 {
		return nil, nil
	}
	rank, outer := d.Out().Type.Rank(), d.Ints("pad")
	if slices.Min(outer) < 0 || outer[0] != 0 || outer[1] != 0 || outer[rank] != 0 || outer[rank+1] != 0 {
		return nil, nil
	}
	attrs := n.Attrs.Clone()
	pad := slices.Clone(n.Ints("pad"))
	for i, p := range slices.Concat(outer[2:rank], outer[rank+2:]) {
		pad[i] += p
	}
	attrs["pad"] = pad
	inputs := slices.Clone(n.Inputs)
	inputs[0] = d.Inputs[0]
	return c.replace(n, "conv", attrs, inputs...)
}

func poolHasNoEffect(n *ir.Node) bool {
	return sameType(n) && slices.Max(n.Ints("kernel")) == 1 && slices.Max(n.Ints("stride")) == 1
}

// strideOfGlobalPool sets the stride of a pool over the whole input, where it does not matter, to the kernel.
func strideOfGlobalPool(c *context, n *ir.Node) (*ir.Value, error) {
	kernel := n.Ints("kernel")
	if !slices.Equal(kernel, n.Inputs[0].Type.Shape[2:]) || slices.Equal(kernel, n.Ints("stride")) || slices.Max(n.Ints("pad")) > 0 {
		return nil, nil
	}
	attrs := n.Attrs.Clone()
	attrs["stride"], attrs["ceil"] = slices.Clone(kernel), 0
	return c.replace(n, n.Op.Name, attrs, n.Inputs...)
}
