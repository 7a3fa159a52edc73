package gohost

import (
	"fmt"
	"math"
	"strconv"

	"github.com/dave/jennifer/jen"

	"nncc/codegen/loopir"
)

// goType is the Go type of one element. The 16-bit floats travel as their bits and become numbers in arithmetic only.
func goType(k loopir.Kind) string {
	switch k {
	case loopir.Bool:
		return "bool"
	case loopir.I8, loopir.I16, loopir.I32, loopir.I64:
		return fmt.Sprintf("int%d", 8*k.Bytes())
	case loopir.U8, loopir.U16, loopir.U32, loopir.U64:
		return fmt.Sprintf("uint%d", 8*k.Bytes())
	case loopir.F16, loopir.BF16:
		return "uint16"
	case loopir.F32:
		return "float32"
	case loopir.F64:
		return "float64"
	}
	panic(fmt.Sprintf("kind %v has no Go type", k))
}

// isHalf reports whether k is a storage format: a float without arithmetic in Go.
func isHalf(k loopir.Kind) bool { return k == loopir.F16 || k == loopir.BF16 }

// operand is a scalar Go expression.
type operand struct {
	code *jen.Statement
	form form
}

// form says how an operand may be used.
type form uint8

const (
	infix   form = iota // needs parentheses inside a larger expression
	primary             // needs none
	name                // a variable: evaluating it twice costs nothing
	literal             // an untyped constant
)

// in is x as an operand of an infix operator.
func (x operand) in() *jen.Statement {
	if x.form == infix {
		return jen.Parens(x.code)
	}
	return x.code
}

// typed is x with its type visible, where a literal would take the default type.
func (x operand) typed(k loopir.Kind) *jen.Statement {
	if x.form == literal {
		return jen.Id(goType(k)).Parens(x.code)
	}
	return x.code
}

func named(id string) operand { return operand{jen.Id(id), name} }

func intLiteral(n int) operand { return operand{jen.Id(strconv.Itoa(n)), literal} }

// call is a call of a function or a conversion.
func call(f string, args ...operand) operand {
	list := make([]jen.Code, len(args))
	for i, a := range args {
		list[i] = a.code
	}
	return operand{jen.Id(f).Call(list...), primary}
}

func operation(x operand, op string, y operand) operand {
	return operand{jen.Add(x.in()).Op(op).Add(y.in()), infix}
}

// constant is one lane of c.
func constant(c *loopir.Const) operand {
	k := c.T.Elem
	switch {
	case isHalf(k):
		return fromWide(k, floatLiteral(loopir.F64, c.Float))
	case k.IsFloat():
		return floatLiteral(k, c.Float)
	case k == loopir.Bool:
		return operand{jen.Id(strconv.FormatBool(c.Int&1 != 0)), primary}
	}
	unused := 64 - 8*k.Bytes()
	if k.IsSigned() {
		return operand{jen.Id(strconv.FormatInt(c.Int<<unused>>unused, 10)), literal}
	}
	return operand{jen.Id(strconv.FormatUint(uint64(c.Int)<<unused>>unused, 10)), literal}
}

// floatLiteral is x rounded to k, in the shortest form that Go reads back as that number.
func floatLiteral(k loopir.Kind, x float64) operand {
	bits := 64
	if k == loopir.F32 {
		bits, x = 32, float64(float32(x))
	}
	if math.IsNaN(x) || math.IsInf(x, 0) || x == 0 && math.Signbit(x) {
		if bits == 32 {
			return call("math.Float32frombits", operand{jen.Id(fmt.Sprintf("%#x", math.Float32bits(float32(x)))), literal})
		}
		return call("math.Float64frombits", operand{jen.Id(fmt.Sprintf("%#x", math.Float64bits(x))), literal})
	}
	return operand{jen.Id(strconv.FormatFloat(x, 'g', -1, bits)), literal}
}
