package ir

import (
	"fmt"
	"slices"
)

// inferGemm is the shape rule of gemm: a [M,K] or its transpose, b [K,N] or its transpose, c broadcast to [M,N].
func inferGemm(n *Node) ([]Type, error) {
	if err := needFloat(n.Inputs...); err != nil {
		return nil, err
	}
	a, b := n.Inputs[0].Type.Shape, n.Inputs[1].Type.Shape
	if len(a) != 2 || len(b) != 2 {
		return nil, withHint("flatten the input with reshape", "operands are %s and %s, both must have 2 dimensions", dims(a), dims(b))
	}
	m, k, kb, cols := a[0], a[1], b[0], b[1]
	if n.Bool("trans_a") {
		m, k = k, m
	}
	if n.Bool("trans_b") {
		kb, cols = cols, kb
	}
	if k != kb {
		return nil, fmt.Errorf("input has %d features, weight expects %d (input %s, weight %s)", k, kb, dims(a), dims(b))
	}
	out := []int{m, cols}
	if c := n.Input(2); c != nil {
		if shape, ok := Broadcast(c.Type.Shape, out); !ok || !slices.Equal(shape, out) {
			return nil, fmt.Errorf("bias %s does not broadcast to the result %s", dims(c.Type.Shape), dims(out))
		}
	}
	return []Type{T(n.Inputs[0].Type.DType, out...)}, nil
}

// inferMatmul is the shape rule of matmul, that of numpy.matmul: one-dimensional operands get a dimension of 1 that
// the result does not have.
func inferMatmul(n *Node) ([]Type, error) {
	if err := needNumeric(n.Inputs...); err != nil {
		return nil, err
	}
	a, b := n.Inputs[0].Type.Shape, n.Inputs[1].Type.Shape
	if len(a) == 0 || len(b) == 0 {
		return nil, fmt.Errorf("operands are %s and %s, scalars are not allowed", dims(a), dims(b))
	}
	rows, cols := a[:max(0, len(a)-2)], b[:max(0, len(b)-2)]
	kb := b[max(0, len(b)-2)]
	if k := a[len(a)-1]; k != kb {
		return nil, fmt.Errorf("inner dimensions differ: %d in %s, %d in %s", k, dims(a), kb, dims(b))
	}
	out, ok := Broadcast(rows, cols)
	if !ok {
		return nil, fmt.Errorf("%s and %s do not broadcast", dims(a), dims(b))
	}
	if len(a) > 1 {
		out = append(out, a[len(a)-2])
	}
	if len(b) > 1 {
		out = append(out, b[len(b)-1])
	}
	return []Type{T(n.Inputs[0].Type.DType, out...)}, nil
}
