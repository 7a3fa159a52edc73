package lower

import (
	"fmt"
	"math"

	"nncc/codegen/loopir"
	"nncc/codegen/sched"
	"nncc/ir"
)

// reduction is a kernel over its input seen as alternating dimensions: such that stay and such that are reduced.
// Vectors run along the last one: where it stays, each lane reduces numbers of its own, else the lanes are combined at the end.
type reduction struct {
	*kernel
	dims     []int
	reduced  []bool
	src, dst *loopir.Buffer
	in, out  []loopir.Index // of the dimensions that are grid or loop, behind the sample
}

// newReduction makes the kernel of a node that reduces its first input along axes.
func (l *lowerer) newReduction(n *ir.Node, axes []int, target sched.Target) (*reduction, error) {
	r := &reduction{kernel: newKernel(n.Op.Name, target)}
	r.dims, r.reduced = alternating(n.Inputs[0].Type.Shape, axes)
	from, err := l.readPlain(n.Inputs[0])
	if err != nil {
		return nil, err
	}
	to, err := l.define(n.Out(), sched.Layout{})
	if err != nil {
		return nil, err
	}
	in, out := []int{from.samplesOr(1)}, []int{to.samplesOr(1)}
	for d, size := range r.dims {
		in = append(in, size)
		if !r.reduced[d] {
			out = append(out, size)
		}
	}
	if len(out) == 1 {
		out = append(out, 1)
	}
	r.src, r.dst = r.as(r.kernel.in, from, in...), r.as(r.kernel.out, to, out...)
	sample := r.samples(&Storage{Dims: r.dst.Dims})
	r.in, r.out = []loopir.Index{r.sampleOf(r.src, sample)}, []loopir.Index{sample}
	for d, size := range r.dims[:len(r.dims)-1] {
		r.in = append(r.in, loopir.C(0))
		if !r.reduced[d] {
			r.in[1+d] = r.grid(fmt.Sprint("d", d), size)
			r.out = append(r.out, r.in[1+d])
		}
	}
	return r, nil
}

// alternating joins neighbours of shape that all stay or are all reduced; dimensions of 1 are either.
func alternating(shape, axes []int) (dims []int, reduced []bool) {
	isAxis := map[int]bool{}
	for _, a := range axes {
		isAxis[a] = true
	}
	for d, size := range shape {
		last := len(dims) - 1
		switch {
		case size == 1:
		case last >= 0 && reduced[last] == isAxis[d]:
			dims[last] *= size
		default:
			dims, reduced = append(dims, size), append(reduced, isAxis[d])
		}
	}
	if len(dims) == 0 {
		return []int{1}, []bool{false}
	}
	return dims, reduced
}

// eachRow runs body for each combination of places along the reduced dimensions but the last one.
func (r *reduction) eachRow(body func(row []loopir.Index)) { r.rowsFrom(0, r.in, body) }

func (r *reduction) rowsFrom(d int, at []loopir.Index, body func(row []loopir.Index)) {
	switch {
	case d == len(r.dims)-1:
		body(at)
	case !r.reduced[d]:
		r.rowsFrom(d+1, at, body)
	default:
		r.For(fmt.Sprint("r", d), loopir.C(0), loopir.C(r.dims[d]), 1, func(x loopir.Index) {
			next := append([]loopir.Index{}, at...)
			next[1+d] = x
			r.rowsFrom(d+1, next, body)
		})
	}
}

// lowerReduce combines numbers along axes.
func lowerReduce(l *lowerer, n *ir.Node) error {
	r, err := l.newReduction(n, n.Ints("axes"), l.target)
	if err != nil {
		return err
	}
	last := len(r.dims) - 1
	if r.reduced[last] {
		r.reduceLanes(n, r.dims[last])
	} else {
		r.vectors(r.dims[last], func(x, count loopir.Index) {
			t := sumType(r.vec(r.src.Elem), n.Str("to"))
			total := r.Reg("total", t)
			total.Set(neutral(t, n.Str("to")))
			r.eachRow(func(row []loopir.Index) {
				v := narrow(r.get(r.src, count, append(row[:len(row):len(row)], x)...), t.Elem)
				total.Set(combineTwo(r.kernel, n.Str("to"), total.At(), v))
			})
			r.put(r.dst, count, narrow(r.result(n, total.At()), r.dst.Elem), append(r.out[:len(r.out):len(r.out)], x)...)
		})
	}
	return l.emit(r.kernel, n, "reduce", sched.Tile{})
}

// sumType is the type in which numbers of type t are combined: sums of integers wrap, but not those that become means.
func sumType(t loopir.Type, to string) loopir.Type {
	if to == "mean" && !t.Elem.IsFloat() && t.Elem != loopir.U64 {
		t.Elem = loopir.I64
	}
	return wide(t)
}

// reduceLanes reduces rows of the last dimension, a vector of partial results at a time.
func (r *reduction) reduceLanes(n *ir.Node, size int) {
	to := n.Str("to")
	t := sumType(r.vec(r.src.Elem), to)
	partial := r.Reg("partial", t)
	partial.Set(neutral(t, to))
	r.eachRow(func(row []loopir.Index) {
		r.vectors(size, func(x, count loopir.Index) {
			v := narrow(r.get(r.src, count, append(row[:len(row):len(row)], x)...), t.Elem)
			partial.Set(combineTwo(r.kernel, to, partial.At(), r.firstLanes(count, v, neutral(t, to))))
		})
	})
	total := r.Let("total", r.combineLanes(to, partial.At()))
	r.Store(r.dst, narrow(r.result(n, total), r.dst.Elem), r.firstOut()...)
}

// firstOut is the place of a result that does not depend on the last dimension.
func (r *reduction) firstOut() []loopir.Index {
	if len(r.out) < len(r.dst.Dims) {
		return append(r.out[:len(r.out):len(r.out)], loopir.C(0))
	}
	return r.out
}

// combineLanes folds the lanes of x. Where the largest or smallest is asked for, what is not a number wins.
func (k *kernel) combineLanes(to string, x loopir.Expr) loopir.Expr {
	op := combination(to)
	if op == loopir.Add || op == loopir.Mul || !x.Type().Elem.IsFloat() {
		return k.reduce(op, x)
	}
	for half := k.target.Lanes / 2; half > 0; half /= 2 {
		mask := make([]int, k.target.Lanes)
		for i := range mask {
			mask[i] = (i + half) % k.target.Lanes
		}
		x = k.Let("half", x)
		x = extremum(k, op, x, loopir.ShuffleOf(x, x, mask...))
	}
	if k.target.Lanes == 1 {
		return x
	}
	return loopir.ExtractOf(x, 0)
}

// result turns a sum into a mean where one is asked for.
func (r *reduction) result(n *ir.Node, total loopir.Expr) loopir.Expr {
	if n.Str("to") != "mean" {
		return total
	}
	share := n.Inputs[0].Type.Elems() / max(1, n.Out().Type.Elems())
	return loopir.Div.Of(total, loopir.Num(total.Type(), float64(share)))
}

func combination(to string) loopir.BinaryOp {
	return map[string]loopir.BinaryOp{"sum": loopir.Add, "mean": loopir.Add, "max": loopir.Max, "min": loopir.Min, "prod": loopir.Mul}[to]
}

func combineTwo(k *kernel, to string, a, b loopir.Expr) loopir.Expr {
	op := combination(to)
	if op == loopir.Max || op == loopir.Min {
		return extremum(k, op, a, b)
	}
	return op.Of(a, b)
}

// neutral is what a reduction of nothing gives.
func neutral(t loopir.Type, to string) loopir.Expr {
	switch to {
	case "max":
		return lowest(t)
	case "min":
		return highest(t)
	case "prod":
		return loopir.Num(t, 1)
	}
	return loopir.Num(t, 0)
}

// highest is the number that no other exceeds.
func highest(t loopir.Type) loopir.Expr {
	bits := 8 * t.Elem.Bytes()
	switch {
	case t.Elem.IsFloat():
		return loopir.Num(t, math.Inf(1))
	case t.Elem.IsSigned():
		return &loopir.Const{T: t, Int: 1<<(bits-1) - 1}
	case bits == 64:
		return &loopir.Const{T: t, Int: -1}
	}
	return &loopir.Const{T: t, Int: 1<<bits - 1}
}
