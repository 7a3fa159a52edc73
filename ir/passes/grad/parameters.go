package grad

import "nncc/ir"

// roles says at which inputs ops have weights that are learned. What an addition or a multiplication by a constant
// learns, as after a layer norm, needs more than one element: a single one is a number of the formula.
var roles = map[string][]int{
	"conv": {1, 2}, "gemm": {0, 1, 2}, "matmul": {0, 1}, "batchnorm": {1, 2}, "prelu": {1}, "add": {0, 1}, "mul": {0, 1},
}

// parametersOf finds the constants that training changes: those that are learned, and the running statistics of batch
// norms. A weight may be turned and cut on its way to the op.
func parametersOf(g *ir.Graph) (learned, running map[*ir.Value]bool) {
	learned, running = map[*ir.Value]bool{}, map[*ir.Value]bool{}
	for _, n := range g.Nodes {
		for _, i := range roles[n.Op.Name] {
			markParameter(n, n.Input(i), learned)
		}
		if n.Op.Name == "batchnorm" {
			for _, v := range n.Inputs[3:] {
				if v.IsConst() {
					running[v] = true
				}
			}
		}
	}
	return learned, running
}

// markParameter marks the constants that v, an input of n, is made of by moving elements.
func markParameter(n *ir.Node, v *ir.Value, learned map[*ir.Value]bool) {
	switch {
	case v == nil || !v.Type.DType.IsFloat():
	case v.IsConst():
		if v.Type.Elems() > 1 || n.Op.Class == ir.Contraction || n.Op.Name == "batchnorm" {
			learned[v] = true
		}
	case v.Def != nil && v.Def.Op.Class == ir.Layout && isConstant(v):
		for _, in := range v.Def.Inputs {
			markParameter(n, in, learned)
		}
	}
}

// isConstant reports whether v is made of constants by moving elements.
func isConstant(v *ir.Value) bool {
	if v.IsConst() || v.Def == nil {
		return v.IsConst()
	}
	for _, in := range v.Def.Inputs {
		if in != nil && !isConstant(in) {
			return false
		}
	}
	return v.Def.Op.Class == ir.Layout
}
