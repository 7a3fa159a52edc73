package passes

import "nncc/ir"

// siluOfSigmoid finds x * sigmoid(x), where nothing else reads the sigmoid: one function divides x and multiplies nothing.
func siluOfSigmoid(c *context, n *ir.Node) (*ir.Value, error) {
	for i, v := range n.Inputs {
		x := n.Inputs[1-i]
		if d := v.Def; d != nil && d.Op.Name == "sigmoid" && d.Inputs[0] == x && c.uses[v] == 1 {
			return c.replace(n, "silu", nil, x)
		}
	}
	return nil, nil
}
