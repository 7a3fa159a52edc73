package ir

import "fmt"

// inferFused takes the types from the body, whose inputs must be the node's.
func inferFused(n *Node) ([]Type, error) {
	if len(n.Body.Inputs) != len(n.Inputs) {
		return nil, fmt.Errorf("has %d inputs, its body %d", len(n.Inputs), len(n.Body.Inputs))
	}
	for i, v := range n.Inputs {
		if inner := n.Body.Inputs[i]; !inner.Type.Equal(v.Type) {
			return nil, fmt.Errorf("input %d is %v, the body's %%%s is %v", i, v.Type, inner.Name, inner.Type)
		}
	}
	if len(n.Body.Outputs) == 0 {
		return nil, fmt.Errorf("its body has no output")
	}
	types := make([]Type, len(n.Body.Outputs))
	for i, o := range n.Body.Outputs {
		types[i] = o.Value.Type
	}
	return types, nil
}
