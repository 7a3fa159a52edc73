package onnx

import (
	"bytes"
	"reflect"
	"slices"

	"nncc/ir"
	"nncc/runtime/tensor"
)

// An open batch is imported as a batch of one, where it looks like any other dimension of 1: a slice of the first sample, or a
// number that was computed from the batch's size, does not tell. So the model is imported once more with a batch of two. Samples
// stay apart if that makes the same nodes of the same constants, for values that begin with 2 where the first began with 1,
// and if what is computed of such a value begins with 2 as well.

// sizeOfBatch is the second batch that is imported.
const sizeOfBatch = 2

// keepsForm reports whether two is the graph one but for the size of the batch.
func keepsForm(one, two *ir.Graph) bool {
	if len(one.Inputs) != len(two.Inputs) || len(one.Outputs) != len(two.Outputs) || len(one.Nodes) != len(two.Nodes) {
		return false
	}
	twin := map[*ir.Value]*ir.Value{}
	for i, v := range one.Inputs {
		twin[v] = two.Inputs[i]
	}
	for i, n := range one.Nodes {
		m := two.Nodes[i]
		if n.Op != m.Op || !sameAttrs(n.Attrs, m.Attrs) || !slices.EqualFunc(n.Inputs, m.Inputs, func(a, b *ir.Value) bool { return twins(twin, a, b) }) {
			return false
		}
		samples := grows(n.Inputs, m.Inputs)
		for k, v := range n.Outputs {
			twin[v] = m.Outputs[k]
			if !sameType(v.Type, m.Outputs[k].Type) || samples != grows(n.Outputs[k:k+1], m.Outputs[k:k+1]) {
				return false
			}
		}
	}
	return slices.EqualFunc(one.Outputs, two.Outputs, func(a, b ir.Output) bool { return twins(twin, a.Value, b.Value) })
}

// grows reports whether one of the values has as many samples as the batch.
func grows(list, larger []*ir.Value) bool {
	for i, v := range list {
		if v != nil && !slices.Equal(v.Type.Shape, larger[i].Type.Shape) {
			return true
		}
	}
	return false
}

// twins reports whether b is a in the graph with the larger batch.
func twins(twin map[*ir.Value]*ir.Value, a, b *ir.Value) bool {
	switch {
	case a == nil || b == nil:
		return a == b
	case a.IsConst() && b.IsConst():
		return sameType(a.Type, b.Type) && sameData(a.Const, b.Const)
	}
	return twin[a] == b
}

// sameType compares types whose first dimension may be that of the batch.
func sameType(a, b ir.Type) bool { return a.DType == b.DType && sameSizes(a.Shape, b.Shape) }

func sameSizes(a, b []int) bool {
	if slices.Equal(a, b) {
		return true
	}
	return len(a) > 0 && len(a) == len(b) && a[0] == 1 && b[0] == sizeOfBatch && slices.Equal(a[1:], b[1:])
}

// sameData reports whether b has the data of a, once or for each sample.
func sameData(a, b *tensor.Tensor) bool {
	return bytes.Equal(a.Data, b.Data) || bytes.Equal(bytes.Repeat(a.Data, len(b.Data)/max(len(a.Data), 1)), b.Data)
}

// sameAttrs compares attributes, among which shapes may begin with the batch.
func sameAttrs(a, b ir.Attrs) bool {
	if len(a) != len(b) {
		return false
	}
	for name, x := range a {
		y := b[name]
		if s, ok := x.([]int); ok && (name == "shape" || name == "size") {
			if t, ok := y.([]int); !ok || !sameSizes(s, t) {
				return false
			}
		} else if !reflect.DeepEqual(x, y) {
			return false
		}
	}
	return true
}
