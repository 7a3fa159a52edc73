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
