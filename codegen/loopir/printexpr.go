package loopir

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Binding strength in the text form, weakest first. An operand weaker than its place needs parentheses.
const (
	anyPrec = iota
	cmpPrec
	addPrec
	mulPrec
	negPrec
	primaryPrec
)

func (n *namer) expr(x Expr, least int) string {
	text, prec := n.operation(x)
	if prec < least {
		return "(" + text + ")"
	}
	return text
}

// operation prints x and tells how strongly its outermost operator binds.
func (n *namer) operation(x Expr) (string, int) {
	switch x := x.(type) {
	case *Unary:
		if x.Op == Neg {
			return "-" + n.expr(x.X, negPrec), negPrec
		}
	case *Binary:
		sign, ok := infix[x.Op]
		if !ok {
			break
		}
		prec := addPrec
		if x.Op == Mul || x.Op == Div {
			prec = mulPrec
		}
		return n.expr(x.X, prec) + " " + sign + " " + n.expr(x.Y, prec+1), prec
	case *Cmp:
		return n.expr(x.X, addPrec) + " " + x.Op.String() + " " + n.expr(x.Y, addPrec), cmpPrec
	}
	return n.primary(x), primaryPrec
}

func (n *namer) primary(x Expr) string {
	switch x := x.(type) {
	case *Ref:
		return n.of(x.Val, x.Val.Name)
	case *RegRef:
		return n.register(x.Reg, x.Idx)
	case *Const:
		return x.T.String() + "(" + x.number() + ")"
	case *FromIndex:
		return x.T.String() + "(index " + n.index(x.X) + ")"
	case *Load:
		text := n.element(x.Buf, x.Idx) + n.count(x.Count)
		if x.Pick != nil {
			text += fmt.Sprintf(" pick(%s, %d, %d)", n.expr(x.Pick, anyPrec), x.Dim, x.Extent)
		}
		if x.T.Lanes > 1 {
			text = x.T.String() + " " + text
		}
		return "load " + text
	case *Splat:
		return n.function(fmt.Sprintf("splat%d", x.Lanes), x.X)
	case *Unary:
		return n.function(x.Op.String(), x.X)
	case *Binary:
		return n.function(x.Op.String(), x.X, x.Y)
	case *FMA:
		return n.function("fma", x.A, x.B, x.C)
	case *Select:
		return n.function("select", x.Mask, x.X, x.Y)
	case *Shuffle:
		mask := strings.ReplaceAll(fmt.Sprint(x.Mask), " ", ", ")
		return fmt.Sprintf("shuffle(%s, %s, %s)", n.expr(x.X, anyPrec), n.expr(x.Y, anyPrec), mask)
	case *Extract:
		return fmt.Sprintf("extract(%s, %d)", n.expr(x.X, anyPrec), x.Lane)
	case *Convert:
		return n.function("convert "+x.Type().String()+" ", x.X)
	case *Bitcast:
		return n.function("bitcast "+x.T.String()+" ", x.X)
	case *Reduce:
		return n.function("reduce "+x.Op.String()+" ", x.X)
	case *Narrow:
		return n.function("narrow", x.X)
	case *Dot:
		return n.function("dot", x.Acc, x.A, x.B)
	}
	return fmt.Sprintf("%T", x)
}

func (n *namer) function(name string, args ...Expr) string {
	texts := make([]string, len(args))
	for k, a := range args {
		texts[k] = n.expr(a, anyPrec)
	}
	return name + "(" + strings.Join(texts, ", ") + ")"
}

// number is the value of c as the shortest decimal that reads back as the same f32 or f64; the narrower kinds print as f32.
func (c *Const) number() string {
	if !c.T.Elem.IsFloat() {
		return strconv.FormatInt(c.Int, 10)
	}
	bits := 32
	if c.T.Elem == F64 {
		bits = 64
	}
	switch v := c.Float; {
	case math.IsNaN(v):
		return "nan"
	case bits == 32 && math.IsInf(float64(float32(v)), 1), math.IsInf(v, 1):
		return "inf"
	case bits == 32 && math.IsInf(float64(float32(v)), -1), math.IsInf(v, -1):
		return "-inf"
	default:
		return strconv.FormatFloat(v, 'g', -1, bits)
	}
}

func (n *namer) indices(idx []Index) string {
	texts := make([]string, len(idx))
	for k, i := range idx {
		texts[k] = n.index(i)
	}
	return strings.Join(texts, ", ")
}

// index prints a sum with its largest coefficients first; a sum that would start with a minus starts with its constant.
func (n *namer) index(i Index) string {
	terms := i.SortedTerms()
	constFirst := len(terms) == 0 || terms[0].Coef < 0 && i.Const > 0
	var b strings.Builder
	if constFirst {
		b.WriteString(strconv.Itoa(i.Const))
	}
	for _, t := range terms {
		first := b.Len() == 0
		switch {
		case first && t.Coef < 0:
			b.WriteString("-")
		case t.Coef < 0:
			b.WriteString(" - ")
		case !first:
			b.WriteString(" + ")
		}
		b.WriteString(n.product(abs(t.Coef), t.Atom, first && t.Coef < 0))
	}
	switch {
	case constFirst || i.Const == 0:
	case i.Const < 0:
		fmt.Fprintf(&b, " - %d", -i.Const)
	default:
		fmt.Fprintf(&b, " + %d", i.Const)
	}
	return b.String()
}

// product prints coef*a; a quotient or remainder after a sign or a factor needs parentheses.
func (n *namer) product(coef int, a Atom, signed bool) string {
	text := n.atom(a)
	op, isOp := a.(*IndexOp)
	if isOp && (op.Op == IndexDiv || op.Op == IndexMod) && (signed || coef != 1) {
		text = "(" + text + ")"
	}
	if coef == 1 {
		return text
	}
	return strconv.Itoa(coef) + "*" + text
}

func (n *namer) atom(a Atom) string {
	op, ok := a.(*IndexOp)
	if !ok {
		v := a.(*Var)
		return n.of(v, v.Name)
	}
	x := n.index(op.X)
	switch op.Op {
	case IndexMin:
		return "min(" + x + ", " + n.index(op.Y) + ")"
	case IndexMax:
		return "max(" + x + ", " + n.index(op.Y) + ")"
	}
	if !isVariable(op.X) {
		x = "(" + x + ")"
	}
	if op.Op == IndexDiv {
		return x + " / " + n.index(op.Y)
	}
	return x + " mod " + n.index(op.Y)
}

// isVariable reports whether i is a variable and nothing else.
func isVariable(i Index) bool {
	if len(i.Terms) != 1 || i.Const != 0 || i.Terms[0].Coef != 1 {
		return false
	}
	_, ok := i.Terms[0].Atom.(*Var)
	return ok
}

// isMinMax reports whether i is the minimum or maximum of two expressions and nothing else.
func isMinMax(i Index) bool {
	if len(i.Terms) != 1 || i.Const != 0 || i.Terms[0].Coef != 1 {
		return false
	}
	op, ok := i.Terms[0].Atom.(*IndexOp)
	return ok && (op.Op == IndexMin || op.Op == IndexMax)
}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}
