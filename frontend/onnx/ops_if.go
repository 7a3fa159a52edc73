package onnx

// applyIf imports one branch in the place of the node. Which one must follow from the model: exporters write such
// conditions about shapes.
func applyIf(n *node) value {
	then, otherwise := n.graphAttr("then_branch"), n.graphAttr("else_branch")
	if then == nil || otherwise == nil {
		return nil
	}
	condition := n.inputs[0]
	if !condition.IsConst() || condition.Type.Elems() != 1 {
		n.add("the condition must be a constant").Hint = "control flow that depends on the input's values is not supported"
		return nil
	}
	branch := otherwise
	if condition.Const.Float64s()[0] != 0 {
		branch = then
	}
	if len(branch.inputs) > 0 || len(branch.outputs) != len(n.proto.outputs) {
		return n.errorf("the branch has %s and %s, the node %s", count(len(branch.inputs), "input"), count(len(branch.outputs), "output"),
			count(len(n.proto.outputs), "output"))
	}
	before := n.errs.Len()
	n.addInitializers(branch)
	n.addNodes(branch.nodes)
	results := make([]value, len(branch.outputs))
	for i := range branch.outputs {
		v, known := n.values[branch.outputs[i].name]
		if !known {
			n.errorf("output %q is not computed by any node", branch.outputs[i].name)
		}
		results[i] = v
	}
	n.failed = n.failed || n.errs.Len() > before
	n.more = results[1:]
	return results[0]
}

// graphAttr is an attribute that must be there.
func (n *node) graphAttr(name string) *graphProto {
	a := n.attr(name, kindGraph)
	switch {
	case a == nil:
		n.need(name)
		return nil
	case a.g == nil:
		n.errorf("attribute %s has no graph", name)
	}
	return a.g
}
