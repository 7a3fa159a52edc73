package onnx

import (
	"slices"
	"strings"

	"nncc/ir"
	"nncc/runtime/tensor"
)

// labelled is a value whose dimensions have the names of an equation.
type labelled struct {
	v      value
	labels []rune
}

// firstEllipsis is the name of the first dimension that an ellipsis stands for; others follow it.
const firstEllipsis = rune(0x10000)

// applyEinsum sums products of elements, as an equation such as bij,bjk->bik says.
func applyEinsum(n *node) value {
	equation := strings.ReplaceAll(n.stringAttr("equation", ""), " ", "")
	left, right, explicit := strings.Cut(equation, "->")
	terms := strings.Split(left, ",")
	if len(terms) != len(n.inputs) {
		return n.errorf("equation %q has %s, the node %d", equation, count(len(terms), "operand"), len(n.inputs))
	}
	operands, sizes := make([]labelled, len(terms)), map[rune]int{}
	for i, term := range terms {
		labels, ok := n.labels(term, len(n.shape(i)), sizes)
		if !ok || !n.noteSizes(labels, n.shape(i), sizes) {
			return nil
		}
		operands[i] = n.diagonal(labelled{n.inputs[i], labels})
	}
	out, ok := n.resultLabels(terms, right, explicit, sizes)
	if !ok {
		return nil
	}
	total := operands[0]
	for i, next := range operands[1:] {
		kept := slices.Clone(out)
		for _, later := range operands[i+2:] {
			kept = append(kept, later.labels...)
		}
		total = n.contract(n.sumOut(total, append(kept, next.labels...)), n.sumOut(next, append(kept, total.labels...)), kept)
	}
	total = n.sumOut(total, out)
	return n.emit("transpose", ir.Attrs{"perm": placesIn(total.labels, out)}, total.v)
}

// labels are the names of an operand's dimensions. An ellipsis stands for all that have none, the last of which
// correspond to the last ones of other operands.
func (n *node) labels(term string, rank int, sizes map[rune]int) ([]rune, bool) {
	before, after, open := strings.Cut(term, "...")
	missing := rank - len(before) - len(after)
	bad := func(r rune) bool { return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') }
	if strings.ContainsFunc(before+after, bad) || missing < 0 || missing > 0 && !open {
		n.errorf("operand %q of the equation does not fit %d dimensions", term, rank)
		return nil, false
	}
	labels := []rune(before)
	for d := range missing {
		labels = append(labels, firstEllipsis+rune(ir.MaxRank-missing+d))
	}
	return append(labels, []rune(after)...), true
}

// noteSizes checks that a name has one size everywhere, or 1.
func (n *node) noteSizes(labels []rune, shape []int, sizes map[rune]int) bool {
	for d, r := range labels {
		size, seen := sizes[r]
		if seen && size != shape[d] && size != 1 && shape[d] != 1 {
			n.errorf("a name of the equation stands for dimensions of %d and of %d", size, shape[d])
			return false
		}
		if !seen || size == 1 {
			sizes[r] = shape[d]
		}
	}
	return true
}

// resultLabels are the names that the equation gives the result, or without an arrow those that occur once, in order.
func (n *node) resultLabels(terms []string, right string, explicit bool, sizes map[rune]int) ([]rune, bool) {
	var dots []rune
	for r := firstEllipsis; r < firstEllipsis+ir.MaxRank; r++ {
		if _, there := sizes[r]; there {
			dots = append(dots, r)
		}
	}
	if !explicit {
		all := strings.Join(terms, "")
		var once []rune
		for r := range sizes {
			if r < firstEllipsis && strings.Count(all, string(r)) == 1 {
				once = append(once, r)
			}
		}
		slices.Sort(once)
		return append(dots, once...), true
	}
	before, after, open := strings.Cut(right, "...")
	out := []rune(before)
	if open {
		out = append(out, dots...)
	}
	out = append(out, []rune(after)...)
	seen := map[rune]bool{}
	for _, r := range out {
		if _, known := sizes[r]; !known || seen[r] {
			n.errorf("result %q of the equation has names that are twice there or in no operand", right)
			return nil, false
		}
		seen[r] = true
	}
	return out, true
}

// diagonal leaves one dimension of those with the same name.
func (n *node) diagonal(x labelled) labelled {
	unique := slices.Clone(x.labels)
	slices.Sort(unique)
	if len(slices.Compact(unique)) == len(x.labels) || x.v == nil {
		return x
	}
	shape, step := x.v.Type.Shape, tensor.Strides(x.v.Type.Shape)
	var labels []rune
	var outShape, outStep []int
	for d, r := range x.labels {
		k := slices.Index(labels, r)
		if k < 0 {
			labels, outShape, outStep = append(labels, r), append(outShape, shape[d]), append(outStep, step[d])
		} else if outShape[k] != shape[d] {
			n.errorf("a name of the equation stands for dimensions of %d and of %d", outShape[k], shape[d])
			return labelled{}
		} else {
			outStep[k] += step[d]
		}
	}
	if !n.create(placeBytes * product(outShape)) {
		return labelled{}
	}
	var places []int64
	at := make([]int, len(outShape))
	for range product(outShape) {
		place := 0
		for d, j := range at {
			place += j * outStep[d]
		}
		places = append(places, int64(place))
		advance(at, outShape)
	}
	return labelled{n.takeFlat(x.v, places, outShape), labels}
}

// sumOut adds up along the dimensions whose names are not kept.
func (n *node) sumOut(x labelled, kept []rune) labelled {
	var axes, shape []int
	var labels []rune
	if x.v == nil {
		return x
	}
	for d, r := range x.labels {
		if slices.Contains(kept, r) {
			labels, shape = append(labels, r), append(shape, x.v.Type.Shape[d])
		} else {
			axes = append(axes, d)
		}
	}
	if axes == nil {
		return x
	}
	v := n.step("reduce", ir.Attrs{"to": "sum", "axes": axes}, x.v)
	return labelled{n.step("reshape", ir.Attrs{"shape": append([]int{}, shape...)}, v), labels}
}

// contract multiplies two operands and sums along what both have and the rest does not need: a matrix product, over the
// dimensions that both have and that are kept. Dimensions of 1, samples among them, stay apart from others.
func (n *node) contract(a, b labelled, kept []rune) labelled {
	if a.v == nil || b.v == nil {
		return labelled{}
	}
	var batch, rows, cols, inner []rune
	for d, r := range a.labels {
		inB, isKept := slices.Contains(b.labels, r), slices.Contains(kept, r)
		switch {
		case inB && !isKept && n.sizeIn(b, r) == a.v.Type.Shape[d]:
			inner = append(inner, r)
		case inB, n.staysApart(a.v, d):
			batch = append(batch, r)
		default:
			rows = append(rows, r)
		}
	}
	for d, r := range b.labels {
		switch {
		case slices.Contains(a.labels, r):
		case n.staysApart(b.v, d):
			batch = append(batch, r)
		default:
			cols = append(cols, r)
		}
	}
	left := n.matrices(a, batch, rows, inner)
	right := n.matrices(b, batch, inner, cols)
	v := n.step("matmul", nil, left, right)
	if v == nil {
		return labelled{}
	}
	shape := slices.Clone(v.Type.Shape[:len(batch)])
	for _, r := range rows {
		shape = append(shape, n.sizeIn(a, r))
	}
	for _, r := range cols {
		shape = append(shape, n.sizeIn(b, r))
	}
	product := labelled{n.step("reshape", ir.Attrs{"shape": shape}, v), slices.Concat(batch, rows, cols)}
	return n.sumOut(product, kept)
}

// staysApart reports whether dimension d of v is 1 or may be that of samples.
func (n *node) staysApart(v value, d int) bool {
	size := v.Type.Shape[d]
	return size == 1 || d == 0 && n.samplesSized(size)
}

// sizeIn is the size of the dimension with a name, 1 if there is none.
func (n *node) sizeIn(x labelled, r rune) int {
	if d := slices.Index(x.labels, r); d >= 0 {
		return x.v.Type.Shape[d]
	}
	return 1
}

// matrices arranges an operand as [batch..., rows, cols], where it has 1 for what it lacks.
func (n *node) matrices(x labelled, batch, rows, cols []rune) value {
	order := slices.Concat(batch, rows, cols)
	there := slices.DeleteFunc(slices.Clone(order), func(r rune) bool { return !slices.Contains(x.labels, r) })
	var shape []int
	for _, r := range batch {
		shape = append(shape, n.sizeIn(x, r))
	}
	for _, group := range [][]rune{rows, cols} {
		size := 1
		for _, r := range group {
			size *= n.sizeIn(x, r)
		}
		shape = append(shape, size)
	}
	v := n.step("transpose", ir.Attrs{"perm": placesIn(x.labels, there)}, x.v)
	return n.step("reshape", ir.Attrs{"shape": shape}, v)
}

// placesIn says where each of the wanted names stands among labels.
func placesIn(labels, wanted []rune) []int {
	out := make([]int, len(wanted))
	for i, r := range wanted {
		out[i] = slices.Index(labels, r)
	}
	return out
}
