package gohost

import (
	"fmt"

	"github.com/dave/jennifer/jen"

	"nncc/codegen/loopir"
)

// wide is x, of a 16-bit float kind, as a float64.
func wide(k loopir.Kind, x operand) operand {
	return call(map[loopir.Kind]string{loopir.F16: "nnccFromF16", loopir.BF16: "nnccFromBF16"}[k], x)
}

// fromWide rounds a float64 to a 16-bit float kind, once.
func fromWide(k loopir.Kind, x operand) operand {
	return call(map[loopir.Kind]string{loopir.F16: "nnccToF16", loopir.BF16: "nnccToBF16"}[k], x)
}

// product is x*y rounded. The conversion forbids Go to fuse the multiplication with an addition, which it does on some
// machines only.
func product(k loopir.Kind, x, y operand) operand {
	p := operation(x, "*", y)
	if k.IsFloat() {
		return call(goType(k), p)
	}
	return p
}

// fma is a*b + c. Of floats the product is rounded too: Go's fused operation is slow where the machine has none.
func fma(k loopir.Kind, a, b, c operand) operand {
	if isHalf(k) {
		return fromWide(k, call("math.FMA", wide(k, a), wide(k, b), wide(k, c)))
	}
	return operand{jen.Add(c.in()).Op("+").Add(product(k, a, b).code), infix}
}

func arithmetic(op loopir.BinaryOp, k loopir.Kind, x, y operand) operand {
	switch op {
	case loopir.Min, loopir.Max:
		return extremum(op, k, x, y)
	case loopir.Shl:
		return shift("<<", k, x, y)
	case loopir.Shr:
		return shift(">>", k, x, y)
	}
	if isHalf(k) {
		return fromWide(k, arithmetic(op, loopir.F64, wide(k, x), wide(k, y)))
	}
	switch op {
	case loopir.Mul:
		return product(k, x, y)
	case loopir.Div:
		if !k.IsFloat() {
			return call("nnccDiv", x, y)
		}
		return operation(x, "/", y)
	case loopir.Add, loopir.Sub, loopir.And, loopir.Or, loopir.Xor:
		return operation(x, map[loopir.BinaryOp]string{
			loopir.Add: "+", loopir.Sub: "-", loopir.And: "&", loopir.Or: "|", loopir.Xor: "^"}[op], y)
	}
	panic(fmt.Sprintf("unknown operation %d", op))
}

// extremum is the smaller or larger operand, and the second where either is NaN or both are equal.
func extremum(op loopir.BinaryOp, k loopir.Kind, x, y operand) operand {
	function := map[loopir.BinaryOp]string{loopir.Min: "Min", loopir.Max: "Max"}[op]
	switch {
	case isHalf(k):
		return fromWide(k, extremum(op, loopir.F64, wide(k, x), wide(k, y)))
	case k == loopir.F32:
		return call("nncc"+function+"F32", x, y)
	case k == loopir.F64:
		return call("nncc"+function+"F64", x, y)
	case op == loopir.Min:
		return call("min", x, y)
	}
	return call("max", x, y)
}

// shift is defined for counts below the width; the mask lets Go leave out the case of others.
func shift(op string, k loopir.Kind, x, y operand) operand {
	if y.form != literal {
		y = operation(y, "&", intLiteral(8*k.Bytes()-1))
	}
	return operation(x, op, y)
}

func unary(op loopir.UnaryOp, k loopir.Kind, x operand) operand {
	if op == loopir.Popcount {
		unsigned := fmt.Sprintf("uint%d", 8*k.Bytes())
		return call(goType(k), call("bits.OnesCount64", call("uint64", call(unsigned, x))))
	}
	if !k.IsFloat() {
		if op == loopir.Neg {
			return operand{jen.Op("-").Add(x.in()), infix}
		}
		return call("nnccAbs", x)
	}
	switch op {
	case loopir.Neg, loopir.Abs:
		return signBit(op, k, x)
	case loopir.Sqrt:
		return rounding("math.Sqrt", k, x)
	case loopir.Floor:
		return rounding("math.Floor", k, x)
	case loopir.RoundEven:
		return rounding("math.RoundToEven", k, x)
	}
	panic(fmt.Sprintf("unknown operation %d", op))
}

// signBit flips or clears the sign of a float, of NaN too.
func signBit(op loopir.UnaryOp, k loopir.Kind, x operand) operand {
	operator, mask := "^", uint64(1)<<(8*k.Bytes()-1)
	if op == loopir.Abs {
		operator = "&^"
	}
	bits := map[int]loopir.Kind{2: loopir.U16, 4: loopir.U32, 8: loopir.U64}[k.Bytes()]
	flipped := operation(castBits(k, bits, x), operator, operand{jen.Id(fmt.Sprintf("%#x", mask)), literal})
	return castBits(bits, k, flipped)
}

// rounding applies a function of float64. A square root rounded twice, to 53 bits and to 24 or fewer, is right.
func rounding(f string, k loopir.Kind, x operand) operand {
	switch {
	case isHalf(k):
		return fromWide(k, call(f, wide(k, x)))
	case k == loopir.F32:
		return call("float32", call(f, call("float64", x)))
	}
	return call(f, x)
}

func compare(op loopir.CmpOp, k loopir.Kind, x, y operand) operand {
	if isHalf(k) {
		x, y = wide(k, x), wide(k, y)
	}
	return operation(x, map[loopir.CmpOp]string{
		loopir.Eq: "==", loopir.Ne: "!=", loopir.Lt: "<", loopir.Le: "<=", loopir.Gt: ">", loopir.Ge: ">="}[op], y)
}

// pick is x where mask holds, else y.
func pick(k loopir.Kind, mask, x, y operand) operand {
	switch k {
	case loopir.F32:
		return call("nnccSelectF32", mask, x, y)
	case loopir.F64:
		return call("nnccSelectF64", mask, x, y)
	}
	if x.form == literal && y.form == literal {
		x = operand{x.typed(k), primary}
	}
	return call("nnccSelect", mask, x, y)
}
