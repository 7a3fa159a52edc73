package onnx

import (
	"maps"
	"slices"
	"strings"

	"nncc/ir"
	"nncc/runtime/tensor"
)

// AttributeProto.AttributeType.
const (
	kindFloat   = 1
	kindInt     = 2
	kindString  = 3
	kindTensor  = 4
	kindGraph   = 5
	kindFloats  = 6
	kindInts    = 7
	kindStrings = 8
)

var kindNames = map[int]string{kindFloat: "a float", kindInt: "an int", kindString: "a string", kindTensor: "a tensor", kindGraph: "a graph",
	kindFloats: "a list of floats", kindInts: "a list of ints", kindStrings: "a list of strings"}

// checkAttrs rejects attributes that are there twice.
func (n *node) checkAttrs() {
	seen := map[string]bool{}
	for i := range n.proto.attrs {
		name := n.proto.attrs[i].name
		if seen[name] {
			n.errorf("attribute %s is given twice", name)
		}
		seen[name] = true
	}
}

// checkAllAsked rejects attributes that the operator's function did not ask for, so that none is silently ignored.
func (n *node) checkAllAsked() {
	unknown := map[string]bool{}
	for i := range n.proto.attrs {
		if name := n.proto.attrs[i].name; !n.asked[name] {
			unknown[name] = true
		}
	}
	known := "no attributes"
	if len(n.asked) > 0 {
		known = strings.Join(slices.Sorted(maps.Keys(n.asked)), ", ")
	}
	for _, name := range slices.Sorted(maps.Keys(unknown)) {
		n.add("attribute %s is not known in operator set %d", name, n.opset).Hint = "it takes " + known
	}
}

// attr finds an attribute of a kind, or returns nil if it is absent.
func (n *node) attr(name string, kind int) *attributeProto {
	n.asked[name] = true
	for i := range n.proto.attrs {
		a := &n.proto.attrs[i]
		if a.name != name {
			continue
		}
		if a.kind != kind {
			n.errorf("attribute %s must be %s", name, kindNames[kind])
			return nil
		}
		return a
	}
	return nil
}

// has reports whether an attribute is there.
func (n *node) has(name string) bool {
	return slices.ContainsFunc(n.proto.attrs, func(a attributeProto) bool { return a.name == name })
}

// need reports a missing attribute.
func (n *node) need(name string) bool {
	if !n.has(name) {
		n.errorf("attribute %s is required", name)
		return false
	}
	return true
}

func (n *node) intAttr(name string, absent int) int {
	a := n.attr(name, kindInt)
	if a == nil {
		return absent
	}
	return n.toInt("attribute "+name, a.i)
}

func (n *node) boolAttr(name string, absent int) int {
	v := n.intAttr(name, absent)
	if v != 0 && v != 1 {
		n.errorf("attribute %s is %d, must be 0 or 1", name, v)
	}
	return v
}

func (n *node) floatsAttr(name string) []float64 {
	a := n.attr(name, kindFloats)
	if a == nil {
		return nil
	}
	return (&tensor.Tensor{DType: tensor.F32, Shape: []int{len(a.floats) / 4}, Data: a.floats}).Float64s()
}

func (n *node) floatAttr(name string, absent float64) float64 {
	if a := n.attr(name, kindFloat); a != nil {
		return float64(a.f)
	}
	return absent
}

func (n *node) stringAttr(name, absent string) string {
	if a := n.attr(name, kindString); a != nil {
		return a.s
	}
	return absent
}

// stringsAttr is nil if the attribute is absent.
func (n *node) stringsAttr(name string) []string {
	a := n.attr(name, kindStrings)
	if a == nil {
		return nil
	}
	return a.strings
}

// intsAttr is nil if the attribute is absent.
func (n *node) intsAttr(name string) []int {
	a := n.attr(name, kindInts)
	if a == nil {
		return nil
	}
	return n.toInts("attribute "+name, a.ints)
}

func (n *node) tensorAttr(name string) *tensor.Tensor {
	a := n.attr(name, kindTensor)
	if a == nil {
		return nil
	}
	if a.t == nil {
		n.errorf("attribute %s has no value", name)
		return nil
	}
	t, err := a.t.decode(n.files)
	if err != nil {
		n.errorf("attribute %s: %v", name, err)
		return nil
	}
	return widened(t)
}

// ignore accepts an attribute that has no influence on inference, whatever its value.
func (n *node) ignore(name string) { n.asked[name] = true }

// onlyInt rejects any value of an attribute but one.
func (n *node) onlyInt(name string, supported int, why string) {
	if v := n.intAttr(name, supported); v != supported && !n.failed {
		n.errorf("attribute %s = %d is not supported: %s", name, v, why)
	}
}

// toInt converts a number, rejecting those that no shape or axis can have; what names it in the message.
func (n *node) toInt(what string, v int64) int {
	if v < -ir.MaxTensorBytes || v > ir.MaxTensorBytes {
		n.errorf("%s: %d is out of range", what, v)
		return 0
	}
	return int(v)
}

func (n *node) toInts(what string, list []int64) []int {
	out := make([]int, len(list))
	for i, v := range list {
		out[i] = n.toInt(what, v)
	}
	return out
}
