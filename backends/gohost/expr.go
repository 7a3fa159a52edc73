package gohost

import (
	"fmt"

	"github.com/dave/jennifer/jen"

	"nncc/codegen/loopir"
)

// expr is x as Go expressions, one per lane. Vectors are arrays: for correctness, as portable schedules use scalars.
func (e *emitter) expr(x loopir.Expr) []operand {
	switch x := x.(type) {
	case *loopir.Ref:
		v, ok := e.values[x.Val]
		if !ok {
			panic(fmt.Sprintf("value %s is not in scope", x.Val.Name))
		}
		return v
	case *loopir.Const:
		return repeat(constant(x), x.T.Lanes)
	case *loopir.FromIndex:
		return e.fromIndex(x)
	case *loopir.Load:
		return e.load(x)
	case *loopir.Splat:
		return repeat(e.shared(x.X)[0], x.Lanes)
	case *loopir.Extract:
		return e.expr(x.X)[x.Lane : x.Lane+1]
	case *loopir.Shuffle:
		return e.shuffle(x)
	case *loopir.Bitcast:
		return e.bitcast(x)
	case *loopir.Reduce:
		return e.reduce(x)
	case *loopir.Dot:
		return e.dot(x)
	}
	return e.lanewise(x)
}

// lanewise emits the operations that treat each lane alike.
func (e *emitter) lanewise(x loopir.Expr) []operand {
	switch x := x.(type) {
	case *loopir.Unary:
		k := x.X.Type().Elem
		return e.each(x.Type(), func(in []operand) operand { return unary(x.Op, k, in[0]) }, x.X)
	case *loopir.Convert:
		from, to := x.X.Type().Elem, x.To
		return e.each(x.Type(), func(in []operand) operand { return convert(from, to, in[0]) }, x.X)
	case *loopir.Binary:
		k := x.X.Type().Elem
		return e.each(x.Type(), func(in []operand) operand { return arithmetic(x.Op, k, in[0], in[1]) }, x.X, x.Y)
	case *loopir.Cmp:
		k := x.X.Type().Elem
		return e.each(x.Type(), func(in []operand) operand { return compare(x.Op, k, in[0], in[1]) }, x.X, x.Y)
	case *loopir.FMA:
		k := x.Type().Elem
		return e.each(x.Type(), func(in []operand) operand { return fma(k, in[0], in[1], in[2]) }, x.A, x.B, x.C)
	case *loopir.Select:
		k := x.Type().Elem
		return e.each(x.Type(), func(in []operand) operand { return pick(k, in[0], in[1], in[2]) }, x.Mask, x.X, x.Y)
	}
	panic(fmt.Sprintf("unknown expression %T", x))
}

// each applies op to every lane of its operands. Go computes with constants exactly, and refuses to overflow or to divide
// by zero there, which is not what kernels mean: if all operands are literals, the first becomes a variable.
func (e *emitter) each(t loopir.Type, op func(in []operand) operand, xs ...loopir.Expr) []operand {
	operands := make([][]operand, len(xs))
	literals := true
	for i, x := range xs {
		operands[i] = e.expr(x)
		literals = literals && operands[i][0].form == literal
	}
	out := make([]operand, t.Lanes)
	for lane := range out {
		in := make([]operand, len(xs))
		for i := range xs {
			in[i] = operands[i][lane]
		}
		if literals {
			id := e.fresh("c")
			e.emit(jen.Id(id).Op(":=").Add(in[0].typed(xs[0].Type().Elem)))
			in[0] = named(id)
		}
		out[lane] = op(in)
	}
	return e.vector(t, out)
}

// vector keeps a vector in an array variable; a scalar is left where it is used.
func (e *emitter) vector(t loopir.Type, lanes []operand) []operand {
	if t.Lanes == 1 {
		return lanes
	}
	id := e.fresh("v")
	e.emit(jen.Id(id).Op(":=").Add(arrayOf(t, lanes)))
	return elements(id, t.Lanes)
}

// shared is x in a form that can be used several times.
func (e *emitter) shared(x loopir.Expr) []operand {
	lanes := e.expr(x)
	out := make([]operand, len(lanes))
	for i, l := range lanes {
		out[i] = e.bind("s", l)
	}
	return out
}

func repeat(x operand, n int) []operand {
	out := make([]operand, n)
	for i := range out {
		out[i] = x
	}
	return out
}

// fromIndex is an index as a number; integers wrap.
func (e *emitter) fromIndex(x *loopir.FromIndex) []operand {
	if n, ok := x.X.IsConst(); ok {
		return repeat(constant(&loopir.Const{T: x.T, Int: int64(n), Float: float64(n)}), x.T.Lanes)
	}
	i := e.index(x.X)
	if isHalf(x.T.Elem) {
		return repeat(e.bind("s", fromWide(x.T.Elem, call("float64", i))), x.T.Lanes)
	}
	return repeat(e.bind("s", call(goType(x.T.Elem), i)), x.T.Lanes)
}

// shuffle picks lanes; what is undefined becomes zero. An operand of which nothing is picked is not computed.
func (e *emitter) shuffle(x *loopir.Shuffle) []operand {
	n := x.X.Type().Lanes
	var left, right []operand
	for _, from := range x.Mask {
		if from >= 0 && from < n && left == nil {
			left = e.shared(x.X)
		}
		if from >= n && right == nil {
			right = e.shared(x.Y)
		}
	}
	out := make([]operand, len(x.Mask))
	for i, from := range x.Mask {
		switch {
		case from < 0:
			out[i] = constant(&loopir.Const{T: loopir.Scalar(x.Type().Elem)})
		case from < n:
			out[i] = left[from]
		default:
			out[i] = right[from-n]
		}
	}
	return out
}

// bitcast reinterprets bits, lane by lane where lanes keep their size, otherwise in memory.
func (e *emitter) bitcast(x *loopir.Bitcast) []operand {
	from, to := x.X.Type(), x.T
	if from.Elem.Bytes() == to.Elem.Bytes() {
		return e.each(to, func(in []operand) operand { return castBits(from.Elem, to.Elem, in[0]) }, x.X)
	}
	lanes := e.expr(x.X)
	source := e.fresh("s")
	array := from
	e.emit(jen.Id(source).Op(":=").Add(arrayOf(array, lanes)))
	id := e.fresh("v")
	pointer := jen.Id("unsafe").Dot("Pointer").Call(jen.Op("&").Id(source))
	e.emit(jen.Id(id).Op(":=").Op("*").Parens(jen.Op("*").Index(jen.Lit(to.Lanes)).Id(goType(to.Elem))).Parens(pointer))
	return elements(id, to.Lanes)
}

// castBits is x, of kind from, as the number of kind to with the same bits.
func castBits(from, to loopir.Kind, x operand) operand {
	bits := map[loopir.Kind]string{loopir.F32: "32", loopir.F64: "64"}
	if n := bits[from]; n != "" {
		x = call("math.Float"+n+"bits", x)
	}
	if n := bits[to]; n != "" {
		return call("math.Float"+n+"frombits", call("uint"+n, x))
	}
	return call(goType(to), x)
}

// reduce folds lanes as a balanced tree over halves.
func (e *emitter) reduce(x *loopir.Reduce) []operand {
	lanes := append([]operand(nil), e.expr(x.X)...)
	for half := len(lanes) / 2; half > 0; half /= 2 {
		for i := range half {
			lanes[i] = e.bind("r", arithmetic(x.Op, x.X.Type().Elem, lanes[i], lanes[i+half]))
		}
	}
	return lanes[:1]
}

// dot adds products of groups of narrow lanes: of each group the last first, as machine instructions do.
func (e *emitter) dot(x *loopir.Dot) []operand {
	acc, a, b := e.expr(x.Acc), e.expr(x.A), e.expr(x.B)
	ka, kb, k := x.A.Type().Elem, x.B.Type().Elem, x.Type().Elem
	group := len(a) / len(acc)
	out := make([]operand, len(acc))
	for i := range out {
		out[i] = acc[i]
		for j := (i+1)*group - 1; j >= i*group; j-- {
			out[i] = fma(k, convert(ka, k, a[j]), convert(kb, k, b[j]), out[i])
		}
	}
	return e.vector(x.Type(), out)
}
