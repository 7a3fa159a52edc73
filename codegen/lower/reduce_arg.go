package lower

import (
	"slices"

	"nncc/codegen/loopir"
	"nncc/codegen/sched"
	"nncc/ir"
)

// lowerArg finds the place of the largest or smallest number along an axis: each lane its own, or one at a time where
// the axis is the last dimension.
func lowerArg(l *lowerer, n *ir.Node) error {
	target := l.target
	if _, reduced := alternating(n.Inputs[0].Type.Shape, []int{n.Int("axis")}); reduced[len(reduced)-1] {
		target.Lanes = 1
	}
	r, err := l.newReduction(n, []int{n.Int("axis")}, target)
	if err != nil {
		return err
	}
	last, axis := len(r.dims)-1, slices.Index(r.reduced, true)
	if axis == last {
		r.scan(n, loopir.C(1), r.dims[last], func(e loopir.Index) []loopir.Index { return append(r.in[:len(r.in):len(r.in)], e) }, r.firstOut())
		return l.emit(r.kernel, n, n.Op.Name, sched.Tile{})
	}
	r.vectors(r.dims[last], func(x, count loopir.Index) {
		extent := 1
		if axis >= 0 {
			extent = r.dims[axis]
		}
		place := func(e loopir.Index) []loopir.Index {
			at := append(slices.Clone(r.in), x)
			if axis >= 0 {
				at[1+axis] = e
			}
			return at
		}
		r.scan(n, count, extent, place, append(slices.Clone(r.out), x))
	})
	return l.emit(r.kernel, n, n.Op.Name, sched.Tile{})
}

// scan stores at out which of extent numbers is the largest or smallest; place gives the index of each.
func (r *reduction) scan(n *ir.Node, count loopir.Index, extent int, place func(e loopir.Index) []loopir.Index, out []loopir.Index) {
	t := r.vec(r.src.Elem)
	ints := loopir.Vec(loopir.I32, t.Lanes)
	better, worst := loopir.Gt, lowest(t)
	if n.Op.Name == "argmin" {
		better, worst = loopir.Lt, highest(t)
	}
	if n.Bool("last") {
		better = map[loopir.CmpOp]loopir.CmpOp{loopir.Gt: loopir.Ge, loopir.Lt: loopir.Le}[better]
	}
	best, found := r.Reg("best", t), r.Reg("found", ints)
	best.Set(worst)
	found.Set(loopir.Num(ints, 0))
	r.each("e", extent, func(e loopir.Index) {
		v := r.Let("v", r.get(r.src, count, place(e)...))
		wins := better.Of(v, best.At())
		found.Set(loopir.SelectOf(wins, loopir.IndexTo(ints, e), found.At()))
		best.Set(loopir.SelectOf(wins, v, best.At()))
	})
	r.put(r.dst, count, loopir.ConvertTo(loopir.I64, found.At()), out...)
}
