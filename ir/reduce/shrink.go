package reduce

import (
	"maps"
	"reflect"
	"slices"

	"nncc/ir"
	"nncc/runtime/tensor"
)

// plainAttrs gives attributes their defaults, and makes those without a default smaller.
func (r *reducer) plainAttrs() bool {
	progress := false
	for i := range r.best.Nodes {
		for _, def := range r.best.Nodes[i].Op.Attrs {
			for _, attrs := range plainer(r.best.Nodes[i], def.Name) {
				if i < len(r.best.Nodes) && r.try(edit{attrs: map[*ir.Node]ir.Attrs{r.best.Nodes[i]: attrs}}) {
					progress = true
					break
				}
			}
		}
	}
	return progress
}

// plainer proposes attributes for n in which the one of that name is plainer, the plainest first.
func plainer(n *ir.Node, name string) []ir.Attrs {
	with := func(value any) ir.Attrs {
		attrs := n.Attrs.Clone()
		attrs[name] = value
		return attrs
	}
	without := n.Attrs.Clone()
	delete(without, name)
	def := n.Op.Attr(name)
	value, has := n.Attrs[name]
	if !has {
		return nil
	}
	if def.Default != nil || def.DefaultFor != nil {
		if isDefault(n, without, name) {
			return nil
		}
		return []ir.Attrs{without}
	}
	list, ok := value.([]int)
	if !ok {
		return nil
	}
	var out []ir.Attrs
	for _, size := range []int{1, 2} {
		smaller := slices.Clone(list)
		for i := range smaller {
			smaller[i] = min(smaller[i], size)
		}
		if !slices.Equal(smaller, list) {
			out = append(out, with(smaller))
		}
	}
	return out
}

// isDefault reports whether n would have the same attribute if it were left out.
func isDefault(n *ir.Node, without ir.Attrs, name string) bool {
	m := *n
	m.Attrs, m.Inputs = without.Clone(), slices.Clone(n.Inputs)
	_, err := ir.Complete(&m)
	return err != nil || reflect.DeepEqual(m.Attrs[name], n.Attrs[name])
}

// smallerDims makes sizes smaller: first wherever the same number stands, as channels do, then for each input alone.
func (r *reducer) smallerDims() bool {
	progress := false
	for _, size := range sizesOf(r.best) {
		progress = r.shrinkSize(size) || progress
	}
	for i := range r.best.Inputs {
		for d := range r.best.Inputs[i].Type.Shape {
			for i < len(r.best.Inputs) && d < r.best.Inputs[i].Type.Rank() && r.shrinkDim(i, d) {
				progress = true
			}
		}
	}
	return progress
}

// smaller proposes sizes below size.
func smaller(size int) []int {
	var out []int
	for _, s := range []int{1, 2, size / 2, size - 1} {
		if 0 < s && s < size && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// shrinkSize replaces a size everywhere, in attributes too where that is what it takes.
func (r *reducer) shrinkSize(size int) bool {
	for _, to := range smaller(size) {
		sizes := map[int]int{size: to}
		resize := func(_ *ir.Value, shape []int) []int { return resized(shape, sizes) }
		if r.try(edit{resize: resize}) || r.try(edit{resize: resize, sizes: sizes}) {
			return true
		}
	}
	return false
}

// shrinkDim makes one dimension of one input smaller; what is computed from it, and constants beside that, follow.
func (r *reducer) shrinkDim(input, dim int) bool {
	v := r.best.Inputs[input]
	for _, to := range smaller(v.Type.Shape[dim]) {
		resize := func(w *ir.Value, shape []int) []int {
			if w != v {
				return shape
			}
			out := slices.Clone(shape)
			out[dim] = to
			return out
		}
		if r.try(edit{resize: resize}) {
			return true
		}
	}
	return false
}

// sizesOf lists the sizes above 1 of inputs, states and constants, largest first.
func sizesOf(g *ir.Graph) []int {
	sizes, values := map[int]bool{}, slices.Concat(g.Inputs, g.Constants())
	for _, s := range g.States {
		values = append(values, s.In)
	}
	for _, v := range values {
		for _, size := range v.Type.Shape {
			sizes[size] = size > 1
		}
	}
	maps.DeleteFunc(sizes, func(_ int, above bool) bool { return !above })
	list := slices.Sorted(maps.Keys(sizes))
	slices.Reverse(list)
	return list
}

// plainConstants tries ones, then zeros, in place of constants.
func (r *reducer) plainConstants() bool {
	progress := false
	for i := range r.best.Constants() {
		v := r.best.Constants()[i]
		if isPlain(v.Const) {
			continue
		}
		for _, value := range []float64{1, 0} {
			if r.try(edit{constants: map[*ir.Value]*tensor.Tensor{v: filled(v.Type, value)}}) {
				progress = true
				break
			}
		}
	}
	return progress
}

func filled(t ir.Type, value float64) *tensor.Tensor {
	values := make([]float64, t.Elems())
	for i := range values {
		values[i] = value
	}
	return tensor.FromFloat64s(t.DType, values, t.Shape...)
}

// isPlain reports whether all elements are 1, or all 0, or there are none.
func isPlain(t *tensor.Tensor) bool {
	values := t.Float64s()
	if len(values) == 0 {
		return true
	}
	return !slices.ContainsFunc(values, func(v float64) bool { return v != values[0] || v != 0 && v != 1 })
}
