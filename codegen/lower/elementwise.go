package lower

import (
	"fmt"
	"math"
	"slices"

	"nncc/codegen/loopir"
	"nncc/codegen/sched"
	"nncc/ir"
)

// elementwise is the table of elementwise ops: what each does to vectors of its inputs. It serves kernels of their own
// and epilogues alike.
func elementwise(k *kernel, n *ir.Node, x []loopir.Expr) (loopir.Expr, error) {
	t := x[0].Type()
	switch n.Op.Name {
	case "identity", "dropout":
		return x[0], nil
	case "relu":
		return loopir.Max.Of(loopir.Num(t, 0), x[0]), nil // in this order a NaN stays one
	case "clip":
		return clip(t, x[0], n.Float("min"), n.Float("max")), nil
	case "add":
		return loopir.Add.Of(x[0], x[1]), nil
	case "sub":
		return loopir.Sub.Of(x[0], x[1]), nil
	case "mul":
		return loopir.Mul.Of(x[0], x[1]), nil
	case "div":
		return loopir.Div.Of(x[0], x[1]), nil
	case "batchnorm":
		return batchNorm(k, n, x), nil
	case "compare":
		return compare(x[0], x[1], n.Str("is")), nil
	case "where":
		return loopir.SelectOf(loopir.Ne.Of(x[0], loopir.Num(t, 0)), x[1], x[2]), nil
	case "cast":
		elem, err := kindOf(n.Out().Type.DType)
		return castTo(k, k.Let("x", x[0]), n.Inputs[0].Type.DType, n.Out().Type.DType, elem), err
	case "abs":
		if t.Elem.IsFloat() || t.Elem.IsSigned() {
			return loopir.Abs.Of(x[0]), nil
		}
		return x[0], nil
	case "sqrt":
		return loopir.Sqrt.Of(x[0]), nil
	case "floor":
		return loopir.Floor.Of(x[0]), nil
	case "round":
		return loopir.RoundEven.Of(x[0]), nil
	case "min":
		return extremum(k, loopir.Min, x[0], x[1]), nil
	case "max":
		return extremum(k, loopir.Max, x[0], x[1]), nil
	case "prelu":
		v := k.Let("x", x[0])
		return loopir.SelectOf(loopir.Lt.Of(v, loopir.Num(t, 0)), loopir.Mul.Of(v, x[1]), v), nil
	}
	if f := realFunction(n, x); f != nil {
		return inFloat32(k, x[0], f)
	}
	return nil, errNoKernel()
}

// realFunction is the rest of the table: functions of the first input that are known for float32 only.
func realFunction(n *ir.Node, x []loopir.Expr) func(*kernel, loopir.Expr) loopir.Expr {
	switch n.Op.Name {
	case "sigmoid":
		return sigmoid
	case "silu":
		return silu
	case "tanh":
		return tanh
	case "exp":
		return exp
	case "log":
		return log
	case "erf":
		return erf
	case "gelu":
		return gelu
	case "sin":
		return sin
	case "cos":
		return cos
	case "atan":
		return atan
	case "softplus":
		return softplus
	case "elu":
		return func(k *kernel, a loopir.Expr) loopir.Expr { return elu(k, a, n.Float("alpha")) }
	case "pow":
		return func(k *kernel, a loopir.Expr) loopir.Expr { return pow(k, a, narrow(x[1], loopir.F32)) }
	}
	return nil
}

// inFloat32 applies such a function: 16-bit floats are converted there and back.
func inFloat32(k *kernel, x loopir.Expr, f func(*kernel, loopir.Expr) loopir.Expr) (loopir.Expr, error) {
	switch elem := x.Type().Elem; elem {
	case loopir.F32:
		return f(k, x), nil
	case loopir.F16, loopir.BF16:
		return loopir.ConvertTo(elem, f(k, loopir.ConvertTo(loopir.F32, x))), nil
	default:
		return nil, errKind(elem)
	}
}

// clip bounds x, leaving out bounds that bound nothing.
func clip(t loopir.Type, x loopir.Expr, lo, hi float64) loopir.Expr {
	least, most := limits(t.Elem)
	if !t.Elem.IsFloat() {
		lo, hi = math.Ceil(lo), math.Floor(hi)
	}
	if lo > least {
		x = loopir.Max.Of(loopir.Num(t, min(lo, most)), x)
	}
	if hi < most {
		x = loopir.Min.Of(loopir.Num(t, max(hi, least)), x)
	}
	return x
}

// limits are the ends of a kind's range, rounded to float64.
func limits(k loopir.Kind) (least, most float64) {
	bits := 8 * k.Bytes()
	switch {
	case k.IsFloat():
		return math.Inf(-1), math.Inf(1)
	case k.IsSigned():
		return -math.Ldexp(1, bits-1), math.Ldexp(1, bits-1) - 1
	}
	return 0, math.Ldexp(1, bits) - 1
}

// compare is 1 where the relation holds, else 0, as truth values are in memory.
func compare(a, b loopir.Expr, is string) loopir.Expr {
	op := map[string]loopir.CmpOp{"eq": loopir.Eq, "ne": loopir.Ne, "lt": loopir.Lt, "le": loopir.Le}[is]
	t := loopir.Vec(loopir.U8, a.Type().Lanes)
	return loopir.SelectOf(op.Of(a, b), loopir.Num(t, 1), loopir.Num(t, 0))
}

// extremum is the smaller or larger of two numbers, or not a number if either is not.
func extremum(k *kernel, op loopir.BinaryOp, a, b loopir.Expr) loopir.Expr {
	a, b = k.Let("a", a), k.Let("b", b)
	y := op.Of(a, b)
	if !a.Type().Elem.IsFloat() {
		return y
	}
	return loopir.SelectOf(loopir.Ne.Of(a, a), a, y) // b is what op gives where b is not a number
}

// batchNorm applies statistics that are not known at build time; those that are have been folded away.
func batchNorm(k *kernel, n *ir.Node, x []loopir.Expr) loopir.Expr {
	t := x[0].Type()
	v := loopir.Add.Of(x[4], loopir.Num(t, n.Float("epsilon")))
	scale := k.Let("scale", loopir.Div.Of(x[1], loopir.Sqrt.Of(v)))
	return loopir.FMAOf(loopir.Sub.Of(x[0], x[3]), scale, x[2])
}

// lowerElementwise computes a node without an anchor: one pass over the result.
func lowerElementwise(l *lowerer, n *ir.Node) error {
	if n.Body == nil && n.Op.Name == "cast" {
		return lowerCast(l, n)
	}
	lay := l.plan.Layout[n.Out()]
	k := newKernel("elementwise", l.target)
	e := &epilogue{k: k, node: n, members: sched.Members(n), operands: map[*ir.Value]operand{}, flat: lay == sched.Layout{} && l.flattens(n)}
	if err := e.bind(l, lay.Kind); err != nil {
		return err
	}
	to, err := l.define(n.Out(), lay)
	if err != nil {
		return err
	}
	l.overwrite(e, to)
	switch {
	case e.flat:
		dims := flatShape(n.Out().Type.Shape)
		out := k.as(k.out, to, to.samplesOr(dims[0]), dims[1])
		k.planarElementwise(e, dims, out, lay)
	case lay.Kind == sched.Blocked:
		k.blockedElementwise(e, n, k.out(to), lay)
	default:
		k.planarElementwise(e, logicalDims(n.Out().Type), k.out(to), lay)
	}
	return l.emit(k, n, "elementwise", sched.Tile{})
}

// flattens reports whether the rows of n's result would fill vectors badly, and may be joined: all that the members read
// has the result's shape or one element.
func (l *lowerer) flattens(n *ir.Node) bool {
	t, lanes := n.Out().Type, l.target.Lanes
	if t.Rank() < 3 || t.Shape[t.Rank()-1]%lanes == 0 || t.Shape[t.Rank()-1] > 4*lanes {
		return false
	}
	const pieceElems = 1 << 14 // one chunk may well be that long
	if dims := flatShape(t.Shape); dims[1] > pieceElems {
		return false
	}
	return !slices.ContainsFunc(sched.Members(n), func(m *ir.Node) bool {
		return !slices.Equal(m.Out().Type.Shape, t.Shape) || slices.ContainsFunc(m.Inputs, func(v *ir.Value) bool {
			return v != nil && v.Type.Elems() != 1 && !slices.Equal(v.Type.Shape, t.Shape)
		})
	})
}

// flatShape is a shape of at least one dimension with all but the first in one.
func flatShape(shape []int) []int { return []int{shape[0], ir.Type{Shape: shape[1:]}.Elems()} }

func (k *kernel) blockedElementwise(e *epilogue, n *ir.Node, out *loopir.Buffer, lay sched.Layout) {
	m, _ := sched.ImageOf(n.Out().Type)
	s := k.samples(&Storage{Dims: out.Dims})
	c, y := k.grid("c", m.Blocks()), k.grid("y", m.H)
	k.each("x", m.W, func(x loopir.Index) {
		k.Unroll("v", 0, sched.BlockChannels/k.target.Lanes, func(v loopir.Index) {
			lane := v.Mul(k.target.Lanes)
			value := e.apply(nil, place{Idx: []loopir.Index{s, c, y, x}, Lane: lane})
			k.Store(out, value, s, c, y, x.AddC(lay.Left), lane)
		})
	})
	k.clearHalo(out, lay, m.W, s, c, y)
}

// planarElementwise runs vectors along the last dimension of values of any rank.
func (k *kernel) planarElementwise(e *epilogue, dims []int, out *loopir.Buffer, lay sched.Layout) {
	idx := make([]loopir.Index, len(dims))
	last := len(dims) - 1
	for d := range last {
		extent := dims[d]
		if out.Dims[d] == loopir.Batch {
			extent = loopir.Batch
		}
		idx[d] = k.grid(fmt.Sprint("d", d), extent)
	}
	row := dims[last]
	if out.Dims[last] == loopir.Batch {
		row = loopir.Batch
	}
	k.vectors(row, func(x, count loopir.Index) {
		at := append(append([]loopir.Index{}, idx[:last]...), x)
		value := e.apply(nil, place{Idx: at, Count: count})
		at[last] = x.AddC(lay.Left)
		k.put(out, count, value, at...)
	})
	if lay.Left+lay.Right > 0 {
		k.clearHalo(out, lay, dims[last], idx[0], idx[1], idx[2])
	}
}
