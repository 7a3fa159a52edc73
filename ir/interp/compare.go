package interp

import "nncc/ir"

// relations say when a is in relation to b, from whether a < b and a = b; neither holds where one is not a number.
var relations = map[string]func(less, same bool) bool{
	"eq": func(_, same bool) bool { return same },
	"ne": func(_, same bool) bool { return !same },
	"lt": func(less, _ bool) bool { return less },
	"le": func(less, same bool) bool { return less || same },
}

func compare(n *ir.Node, in []array, t ir.Type) (array, error) {
	a, b, y := in[0], in[1], newArray(t)
	holds := relations[n.Str("is")]
	from := broadcast(b.Shape, t.Shape)
	for k, i := range broadcast(a.Shape, t.Shape) {
		j := from[k]
		var yes bool
		if a.f != nil {
			yes = holds(a.f[i] < b.f[j], a.f[i] == b.f[j])
		} else {
			yes = holds(less(a.DType, a.i[i], b.i[j]), a.i[i] == b.i[j])
		}
		if yes {
			y.i[k] = 1
		}
	}
	return y, nil
}

func where(_ *ir.Node, in []array, t ir.Type) (array, error) {
	y := newArray(t)
	condition := broadcast(in[0].Shape, t.Shape)
	from := [2][]int{broadcast(in[1].Shape, t.Shape), broadcast(in[2].Shape, t.Shape)}
	for k, c := range condition {
		chosen := 1 - in[0].i[c]
		x, j := in[1+chosen], from[chosen][k]
		if y.f != nil {
			y.f[k] = x.f[j]
		} else {
			y.i[k] = x.i[j]
		}
	}
	return y, nil
}
