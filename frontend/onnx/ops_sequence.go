package onnx

import (
	"fmt"
	"slices"

	"nncc/ir"
	"nncc/runtime/tensor"
)

// Operators on sequences of tensors. How many tensors a sequence has, and which is read, must follow from the model: then
// a sequence is only a way to name them, and nothing of it is left in the graph.

// sequence makes a value that stands for a list of tensors. It has no type, and only the operators here take it.
func (im *importer) sequence(name string, items []value) value {
	if !im.roomFor(len(items)) {
		return nil
	}
	v := &ir.Value{Name: name}
	im.sequences[v] = items
	return v
}

// takesSequences are the operators that a sequence may be given to.
var takesSequences = map[string]bool{"ConcatFromSequence": true, "Identity": true, "SequenceAt": true, "SequenceErase": true,
	"SequenceInsert": true, "SequenceLength": true}

// checkSequences rejects sequences as inputs of operators on tensors.
func (n *node) checkSequences() bool {
	for i, v := range n.inputs {
		if _, is := n.sequences[v]; is && !takesSequences[n.proto.op] {
			n.errorf("input %d is a sequence, must be a tensor", i)
			return false
		}
	}
	return true
}

// items are the tensors of the first input.
func (n *node) items() ([]value, bool) {
	items, is := n.sequences[n.inputs[0]]
	if !is {
		n.errorf("input 0 is a tensor, must be a sequence")
	}
	return items, is
}

// place is the index that input i gives, below end, in a sequence of length tensors; negative ones count from its end.
func (n *node) place(i, length, end int) (int, bool) {
	list, ok := n.constInts(i, "position")
	if !ok {
		return 0, false
	}
	if len(list) != 1 || list[0] < int64(-length) || list[0] >= int64(end) {
		n.errorf("position %v is not in a sequence of %s", list, count(length, "tensor"))
		return 0, false
	}
	if list[0] < 0 {
		return int(list[0]) + length, true
	}
	return int(list[0]), true
}

func applySequenceConstruct(n *node) value {
	return n.sequence(n.name(), n.inputs)
}

func applySequenceEmpty(n *node) value {
	n.ignore("dtype")
	return n.sequence(n.name(), nil)
}

func applySequenceAt(n *node) value {
	items, ok := n.items()
	if !ok {
		return nil
	}
	at, ok := n.place(1, len(items), len(items))
	if !ok {
		return nil
	}
	return items[at]
}

// applySequenceInsert puts a tensor before a place, or at the end.
func applySequenceInsert(n *node) value {
	items, ok := n.items()
	if !ok {
		return nil
	}
	if _, is := n.sequences[n.inputs[1]]; is {
		return n.errorf("input 1 is a sequence, must be a tensor")
	}
	at := len(items)
	if n.in(2) != nil {
		if at, ok = n.place(2, len(items), len(items)+1); !ok {
			return nil
		}
	}
	return n.sequence(n.name(), slices.Insert(slices.Clone(items), at, n.inputs[1]))
}

// applySequenceErase takes out the tensor at a place, or the last one.
func applySequenceErase(n *node) value {
	items, ok := n.items()
	if !ok {
		return nil
	}
	at := len(items) - 1
	if n.in(1) != nil {
		if at, ok = n.place(1, len(items), len(items)); !ok {
			return nil
		}
	}
	if at < 0 {
		return n.errorf("the sequence is empty")
	}
	return n.sequence(n.name(), slices.Delete(slices.Clone(items), at, at+1))
}

func applySequenceLength(n *node) value {
	items, ok := n.items()
	if !ok {
		return nil
	}
	return n.constant(tensor.FromI64([]int64{int64(len(items))}))
}

// applySplitToSequence slices its input along an axis into parts of the given sizes, or of one size but for the last; into
// parts of one, without the axis, where it is told so.
func applySplitToSequence(n *node) value {
	shape := n.shape(0)
	axis, ok := n.axis(n.intAttr("axis", 0), len(shape))
	keep := n.boolAttr("keepdims", 1) == 1
	if !ok || n.failed {
		return nil
	}
	sizes, ok := n.sequenceSizes(shape[axis])
	if !ok || !n.checkSplit(axis, sizes) || !n.roomFor(len(sizes)) {
		return nil
	}
	names := make([]string, len(sizes))
	for k := range names {
		names[k] = fmt.Sprintf("%s.%d", n.name(), k)
	}
	items := n.parts(axis, sizes, names)
	for k, v := range items {
		if !keep && n.in(1) == nil && v != nil {
			items[k] = n.emitAs(names[k]+".squeezed", "reshape", ir.Attrs{"shape": slices.Delete(slices.Clone(shape), axis, axis+1)}, v)
		}
	}
	if n.failed {
		return nil
	}
	return n.sequence(n.name(), items)
}

// sequenceSizes are the sizes of the parts of a dimension: those listed, a single one repeated, or 1.
func (n *node) sequenceSizes(dim int) ([]int, bool) {
	each := 1
	if n.in(1) != nil {
		list, ok := n.constInts(1, "split")
		if !ok {
			return nil, false
		}
		sizes := n.toInts("split", list)
		if len(n.shape(1)) > 0 {
			return sizes, !n.failed
		}
		each = sizes[0]
	}
	if n.failed || each < 1 {
		n.errorf("parts of %d", each)
		return nil, false
	}
	parts := (dim + each - 1) / each
	if parts > maxParts {
		n.errorf("%d parts", parts)
		return nil, false
	}
	return evenParts(dim, each, parts), true
}

// applyConcatFromSequence joins the tensors of a sequence along an axis that they have, or along one of its own.
func applyConcatFromSequence(n *node) value {
	items, ok := n.items()
	if !ok || !n.need("axis") {
		return nil
	}
	stack := n.boolAttr("new_axis", 0) == 1
	if len(items) == 0 {
		return n.errorf("the sequence is empty")
	}
	rank := items[0].Type.Rank()
	if stack {
		rank++
	}
	axis, ok := n.axis(n.intAttr("axis", 0), rank)
	if !ok || n.failed {
		return nil
	}
	parts := slices.Clone(items)
	for k, v := range parts {
		if stack && v.Type.Rank() == rank-1 {
			parts[k] = n.step("reshape", ir.Attrs{"shape": slices.Insert(slices.Clone(v.Type.Shape), axis, 1)}, v)
		}
	}
	return n.emit("concat", ir.Attrs{"axis": axis}, parts...)
}
