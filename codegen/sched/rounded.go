package sched

import (
	"slices"

	"nncc/ir"
	"nncc/runtime/tensor"
)

// roundForDense lets rows that nobody but dense layers read be kept as bf16, where whoever computes them can round.
// Kernels read such rows by pairs, so their length is even.
func (p *Plan) roundForDense(g *ir.Graph) {
	if !p.Target.BF16 {
		return
	}
	readers := g.Users()
	for _, v := range g.Results() {
		readers[v] = append(readers[v], nil)
	}
	for _, n := range g.Nodes {
		v := n.Out()
		if l := p.Layout[v]; l.Kind == Planar && v.Type.DType == tensor.F32 && p.rounds(n) && onlyDense(v, readers) {
			l.BF16 = true
			p.Layout[v] = l
		}
	}
}

// rounds reports whether the kernel of n, which writes rows, can round them.
func (p *Plan) rounds(n *ir.Node) bool {
	if c, ok := p.Conv[n]; ok {
		return c.Family != ConvPlain
	}
	anchor := Anchor(n)
	return anchor == nil || anchor.Op.Class == ir.Window || anchor.Op.Epilogue || anchor.Op.Class == ir.Elementwise && anchor.Op.Name != "cast" || isDense(n)
}

// onlyDense reports whether all that reads v are dense layers: rows of it, or all of it as a row.
func onlyDense(v *ir.Value, readers map[*ir.Value][]*ir.Node) bool {
	reads := func(row *ir.Value) bool {
		return len(readers[row]) > 0 && !slices.ContainsFunc(readers[row], func(n *ir.Node) bool { return n == nil || !isDense(n) || n.Inputs[0] != row })
	}
	last := v.Type.Rank() - 1
	if last >= 1 && last <= 3 && v.Type.Shape[last]%2 == 0 && reads(v) {
		return true
	}
	flattened := func(n *ir.Node) bool {
		row := n.Out()
		return n.Op.Name == "reshape" && row.Type.Rank() == 2 && last >= 2 && last <= 3 && row.Type.Shape[0] == v.Type.Shape[0] && row.Type.Shape[1]%2 == 0 && reads(row)
	}
	return len(readers[v]) > 0 && !slices.ContainsFunc(readers[v], func(n *ir.Node) bool { return n == nil || !flattened(n) })
}

// isDense reports whether n multiplies rows with a matrix known at build time.
func isDense(n *ir.Node) bool {
	a := Anchor(n)
	if a == nil || a.Op.Name != "matmul" && (a.Op.Name != "gemm" || a.Bool("trans_a")) {
		return false
	}
	w := Outer(n, a.Inputs[1])
	return w.IsConst() && w.Type.Rank() == 2 && packable(w)
}
