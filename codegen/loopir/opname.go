package loopir

import "fmt"

var unaryNames = [...]string{Neg: "neg", Abs: "abs", Sqrt: "sqrt", Floor: "floor", RoundEven: "round", Popcount: "popcount"}

var binaryNames = [...]string{
	Add: "add", Sub: "sub", Mul: "mul", Div: "div", Min: "min", Max: "max",
	And: "and", Or: "or", Xor: "xor", Shl: "shl", Shr: "shr",
}

var cmpNames = [...]string{Eq: "==", Ne: "!=", Lt: "<", Le: "<=", Gt: ">", Ge: ">="}

// infix lists the binary operations that the text form writes between their operands.
var infix = map[BinaryOp]string{Add: "+", Sub: "-", Mul: "*", Div: "/"}

// String is the operation's name, such as sqrt.
func (op UnaryOp) String() string { return opName(unaryNames[:], int(op)) }

// String is the operation's name, such as max.
func (op BinaryOp) String() string { return opName(binaryNames[:], int(op)) }

// String is the comparison's sign, such as <=.
func (op CmpOp) String() string { return opName(cmpNames[:], int(op)) }

func opName(names []string, op int) string {
	if op < len(names) {
		return names[op]
	}
	return fmt.Sprintf("op%d", op)
}

// findOp is the operation called name, if there is one.
func findOp(names []string, name string) (int, bool) {
	for op, n := range names {
		if n == name {
			return op, true
		}
	}
	return 0, false
}
