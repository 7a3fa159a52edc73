package onnx

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"nncc/ir"
	"nncc/ir/diag"
	"nncc/runtime/tensor"
)

// value is what an operator's function returns: the node's first result, or nil after it has reported an error.
type value = *ir.Value

// node is one ONNX node while it is imported: what an operator's function sees.
type node struct {
	*importer
	proto  *nodeProto
	opset  int    // version of the operator set that it is written in
	label  string // for messages
	inputs []value
	asked  map[string]bool // attributes that the operator's function has asked for
	failed bool
	more   []value // results after the first, of the operators that compute them
}

// errorf reports a problem of this node; it returns nil for functions to return.
func (n *node) errorf(format string, args ...any) value {
	n.add(format, args...)
	return nil
}

func (n *node) add(format string, args ...any) *diag.Error {
	n.failed = true
	e := n.importer.errorf(format, args...)
	e.Msg = n.label + ": " + e.Msg
	return e
}

// run imports the node and returns its first result, or nil.
func (n *node) run() value {
	if !n.resolveInputs() {
		return nil
	}
	op := n.lookup(n.proto)
	if op == nil {
		return n.errorf("operator %s (operator set %d) is not supported", keyOf(n.proto.domain, n.proto.op, n.proto.overload), n.opset)
	}
	if have := len(n.inputs); have < op.inputs.Min || have > op.inputs.Max && op.inputs.Max >= 0 {
		return n.errorf("has %s, needs %s", count(have, "input"), arity(op.inputs))
	}
	for i, v := range n.inputs {
		if v == nil && (i < op.inputs.Min || op.inputs.Max < 0) {
			return n.errorf("input %d is required", i)
		}
	}
	if !n.checkSequences() {
		return nil
	}
	if n.name() == "" {
		return nil // nobody can read it
	}
	n.checkAttrs()
	result := op.apply(n)
	if !n.failed {
		n.checkAllAsked()
		n.checkOtherOutputs()
	}
	return result
}

// checkOtherOutputs rejects the use of outputs that the operator's function does not compute.
func (n *node) checkOtherOutputs() {
	supported := 1 + len(n.more)
	for k, name := range n.proto.outputs {
		if k >= supported && name != "" && n.used[name] {
			n.errorf("output %d (%q) is used; only the first %s supported", k, name, outputsAre(supported))
		}
	}
}

func outputsAre(count int) string {
	if count == 1 {
		return "output is"
	}
	return fmt.Sprintf("%d outputs are", count)
}

// outputUsed reports whether something reads output k.
func (n *node) outputUsed(k int) bool {
	return k < len(n.proto.outputs) && n.used[n.proto.outputs[k]]
}

// result is the value of output k, or nil.
func (n *node) result(first value, k int) value {
	switch {
	case k == 0:
		return first
	case k <= len(n.more):
		return n.more[k-1]
	}
	return nil
}

// resolveInputs looks up the inputs, an omitted one being nil; trailing omitted ones are dropped. It reports false if
// one cannot be had.
func (n *node) resolveInputs() bool {
	ok := true
	for _, name := range n.proto.inputs {
		if name == "" {
			n.inputs = append(n.inputs, nil)
			continue
		}
		v, known := n.values[name]
		if !known {
			n.errorf("input %q is not defined before this node", name)
		}
		ok = ok && v != nil
		n.inputs = append(n.inputs, v)
	}
	for len(n.inputs) > 0 && ok && n.inputs[len(n.inputs)-1] == nil {
		n.inputs = n.inputs[:len(n.inputs)-1]
	}
	return ok
}

// in returns input i, or nil if it is omitted.
func (n *node) in(i int) value {
	if i >= len(n.inputs) {
		return nil
	}
	return n.inputs[i]
}

// shape is the shape of input i, which must not be omitted.
func (n *node) shape(i int) []int { return n.inputs[i].Type.Shape }

// name is that of the node's first result that has one.
func (n *node) name() string { return cmp.Or(n.proto.outputs...) }

// emit applies an op of the IR and names the result after the node's.
func (n *node) emit(op string, attrs ir.Attrs, inputs ...value) value {
	return n.emitAs(n.name(), op, attrs, inputs...)
}

// step is emit for an intermediate result.
func (n *node) step(op string, attrs ir.Attrs, inputs ...value) value {
	return n.emitAs(n.name()+"."+op, op, attrs, inputs...)
}

func (n *node) emitAs(name, op string, attrs ir.Attrs, inputs ...value) value {
	for _, v := range inputs {
		if v == nil && n.failed {
			return nil
		}
	}
	made := &ir.Node{Op: ir.LookupOp(op), Name: n.title(), Inputs: inputs, Attrs: attrs, Pos: n.pos}
	types, err := ir.Complete(made)
	if err != nil {
		n.report(op, err)
		return nil
	}
	if n.foldable(made, types[0]) {
		return n.keepNarrow(made, n.fold(made, name))
	}
	v := n.build.Node(n.pos, op, name, made.Attrs, inputs...)
	v.Def.Name = made.Name
	return n.keepNarrow(made, v)
}

// title is how profiles and messages of later stages call what the node becomes.
func (n *node) title() string {
	if n.proto.name != "" {
		return n.proto.name
	}
	return n.name()
}

// report passes on what is wrong with an op of the IR in terms of the ONNX node.
func (n *node) report(op string, err error) {
	var e *diag.Error
	if !errors.As(err, &e) {
		e = &diag.Error{Msg: err.Error()}
	}
	n.add("%s", strings.TrimPrefix(e.Msg, op+": ")).Hint = e.Hint
}

// constant returns a tensor as the node's result.
func (n *node) constant(t *tensor.Tensor) value { return n.build.Const(n.pos, n.name(), t) }
