package main

import (
	"fmt"
	"math"
	"slices"

	"nncc/codegen/sched"
	"nncc/ir"
	"nncc/runtime/tensor"
)

// difference is the place where two tensors differ most.
type difference struct {
	relative  float64 // to the largest magnitude in want; infinite where only one side is finite
	index     []int
	got, want float64
}

// compare finds the largest difference of two tensors of one shape.
func compare(want, got *tensor.Tensor) (difference, error) {
	if !slices.Equal(want.Shape, got.Shape) {
		return difference{}, fmt.Errorf("is %v, want %v", ir.T(got.DType, got.Shape...), ir.T(want.DType, want.Shape...))
	}
	ws, gs := want.Float64s(), got.Float64s()
	scale := 1e-6 // below that, differences count as absolute ones
	for _, w := range ws {
		if !math.IsInf(w, 0) {
			scale = max(scale, math.Abs(w)) // a NaN is not larger
		}
	}
	worst, at := -1.0, 0
	for i, w := range ws {
		e := math.Abs(w-gs[i]) / scale
		switch {
		case w == gs[i] || math.IsNaN(w) && math.IsNaN(gs[i]):
			e = 0
		case math.IsNaN(e):
			e = math.Inf(1)
		}
		if e > worst {
			worst, at = e, i
		}
	}
	if worst < 0 {
		return difference{}, nil
	}
	return difference{worst, place(at, want.Shape), gs[at], ws[at]}, nil
}

// place turns an element's number into its index.
func place(n int, shape []int) []int {
	index := make([]int, len(shape))
	for d := len(shape) - 1; d >= 0; d-- {
		index[d], n = n%shape[d], n/shape[d]
	}
	return index
}

// String says where and how much.
func (d difference) String() string {
	return fmt.Sprintf("element %v is %.8g, want %.8g: relative error %.2g", d.index, d.got, d.want, d.relative)
}

// nodeTolerance is how far a backend for isa may be from the interpreter in the result of one node, given the same
// inputs: the tolerances of the ops that it computes, added up.
func nodeTolerance(n *ir.Node, isa string) float64 {
	sum := 0.0
	for _, m := range sched.Members(n) {
		sum = further(sum, m, opTolerance(m), isa)
	}
	return sum
}

// opTolerance is how far off the result of n may be by itself. The errors of sums grow as the root of the number of summands, and the
// tolerances of ops that sum products are for a thousand.
func opTolerance(n *ir.Node) float64 {
	const summands = 1000
	if n.Op.Class != ir.Contraction {
		return n.Op.Tol
	}
	count := float64(n.Op.FLOPs(n)) / float64(2*max(1, n.Out().Type.Elems()))
	return n.Op.Tol * max(1, math.Sqrt(count/summands))
}

// rounds reports whether kernels for isa round float32 to bf16.
func rounds(isa string) bool {
	t, _ := sched.LookupTarget(isa)
	return t.BF16
}

// further is how far off a result of n may be if its inputs may be off by so much. Roundings to bf16, of 8 significant
// bits, are independent errors: of the result, and of what a sum of products reads.
func further(before float64, n *ir.Node, tolerance float64, isa string) float64 {
	if !rounds(isa) || n.Out().Type.DType != tensor.F32 {
		return before + tolerance
	}
	const halfUnit = 0x1p-8
	if n.Op.Class == ir.Contraction {
		return math.Hypot(before, 3*halfUnit)
	}
	return math.Hypot(before, halfUnit)
}

// foldingTolerance is what rounding folded constants to f32 may change in a value, where the ops have no tolerance.
const foldingTolerance = 1e-6

// pathTolerances adds up the tolerances of kernels for isa, or of the ops alone without it, on the worst path to each value
// of g, by name.
func pathTolerances(g *ir.Graph, isa string) map[string]float64 {
	sum := map[string]float64{}
	for _, n := range g.Nodes {
		before := 0.0
		for _, v := range n.Inputs {
			if v != nil {
				before = max(before, sum[v.Name])
			}
		}
		for _, m := range sched.Members(n) { // a fused node's own result is the last member's
			before = further(before, m, max(opTolerance(m), foldingTolerance), isa)
			for _, v := range m.Outputs {
				sum[v.Name] = before
			}
		}
		for _, v := range n.Outputs {
			sum[v.Name] = before
		}
	}
	return sum
}
