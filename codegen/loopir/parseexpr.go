package loopir

import (
	"strconv"
	"strings"
)

// expr reads a value expression: a sum, or the comparison of two.
func (p *parser) expr() Expr {
	if p.depth++; p.depth > maxExprDepth {
		p.fail(p.peek().pos, "name parts of it with let", "expression nests deeper than %d", maxExprDepth)
	}
	defer func() { p.depth-- }()
	x := p.sum()
	t := p.peek()
	op, isCmp := findOp(cmpNames[:], t.text)
	if !isCmp || t.kind != tokSign {
		return x
	}
	p.k++
	return p.typed(t.pos, &Cmp{CmpOp(op), x, p.sum()})
}

// typed applies the typing rules to an expression whose operands were read without an error.
func (p *parser) typed(pos place, x Expr) Expr {
	if p.bad {
		return nil
	}
	if p.nodes++; p.nodes > maxExprNodes {
		p.fail(pos, "name parts of it with let", "statement has more than %d operations", maxExprNodes)
		return nil
	}
	if err := checkExpr(x); err != nil {
		p.fail(pos, "", "%v", err)
	}
	return x
}

func (p *parser) sum() Expr {
	return p.infix(p.productExpr, map[string]BinaryOp{"+": Add, "-": Sub})
}

func (p *parser) productExpr() Expr {
	return p.infix(p.negation, map[string]BinaryOp{"*": Mul, "/": Div})
}

// infix reads operands with left-associative operators of one strength between them.
func (p *parser) infix(operand func() Expr, ops map[string]BinaryOp) Expr {
	x := operand()
	for {
		t := p.peek()
		op, ok := ops[t.text]
		if !ok || t.kind != tokSign {
			return x
		}
		p.k++
		x = p.typed(t.pos, &Binary{op, x, operand()})
	}
}

func (p *parser) negation() Expr {
	minuses := 0
	for p.at("-") {
		minuses++
		p.k++
	}
	pos := p.peek().pos
	x := p.primary()
	for ; minuses > 0; minuses-- {
		x = p.typed(pos, &Unary{Neg, x})
	}
	return x
}

func (p *parser) primary() Expr {
	t := p.peek()
	switch {
	case p.accept("("):
		x := p.expr()
		p.expect(")")
		return x
	case p.accept("load"):
		return p.load(t.pos)
	case p.accept("convert"):
		return p.convert(t.pos)
	case p.accept("bitcast"):
		typ := p.valueType()
		return p.typed(t.pos, &Bitcast{typ, p.operand()})
	case p.accept("reduce"):
		return p.reduce(t.pos)
	case t.kind == tokNumber:
		p.fail(t.pos, "write f32("+t.text+") or f32x16("+t.text+")", "a number needs a type")
		return nil
	case t.kind != tokName:
		p.failHere("", "a value")
		return nil
	}
	if _, isType := parseType(t.text); isType {
		return p.constant()
	}
	if keywords[t.text] {
		p.failHere("", "a value")
		return nil
	}
	p.k++
	if p.at("(") {
		return p.application(t)
	}
	return p.reference(t)
}

// operand reads one expression in parentheses.
func (p *parser) operand() Expr {
	p.expect("(")
	x := p.expr()
	p.expect(")")
	return x
}

func (p *parser) reference(t token) Expr {
	switch thing := p.lookup(t.text, t.pos, "value").(type) {
	case *Value:
		return p.typed(t.pos, &Ref{thing})
	case *Reg:
		return p.typed(t.pos, &RegRef{thing, p.optionalIndices()})
	case *Buffer:
		p.fail(t.pos, "memory is read with load", "'%s' is a buffer, not a value", t.text)
	case *Var:
		p.fail(t.pos, "write f32(index "+t.text+")", "'%s' is an index, not a value", t.text)
	}
	return nil
}

func (p *parser) load(pos place) Expr {
	x := &Load{}
	typ, hasType := parseType(p.peek().text)
	if hasType {
		typ = p.valueType()
	}
	x.Buf, x.Idx = p.element()
	x.Count = p.count()
	if p.accept("pick") {
		p.expect("(")
		x.Pick = p.expr()
		p.expect(",")
		x.Dim = p.integer("a dimension")
		p.expect(",")
		x.Extent = p.integer("an extent")
		p.expect(")")
	}
	if p.bad {
		return nil
	}
	if !hasType {
		typ = Scalar(x.Buf.Elem)
	}
	x.T = typ
	return p.typed(pos, x)
}

func (p *parser) convert(pos place) Expr {
	typ := p.valueType()
	x := p.operand()
	if !p.bad && x.Type().Lanes != typ.Lanes {
		p.fail(pos, "convert keeps the number of lanes", "convert of %v to %v", x.Type(), typ)
	}
	return p.typed(pos, &Convert{typ.Elem, x})
}

func (p *parser) reduce(pos place) Expr {
	t := p.peek()
	op, ok := findOp(binaryNames[:], t.text)
	if !ok {
		p.failHere("", "add, mul, min or max")
		return nil
	}
	p.k++
	return p.typed(pos, &Reduce{BinaryOp(op), p.operand()})
}

// constant reads `type(number)` and `type(index ...)`.
func (p *parser) constant() Expr {
	pos := p.peek().pos
	typ := p.valueType()
	p.expect("(")
	if p.accept("index") {
		i := p.index()
		p.expect(")")
		return p.typed(pos, &FromIndex{typ, i})
	}
	minus := p.accept("-")
	t := p.next()
	text := t.text
	if minus {
		text = "-" + text
	}
	c := &Const{T: typ}
	isNumber := t.kind == tokNumber || t.kind == tokName && typ.Elem.IsFloat() && (t.text == "inf" || t.text == "nan")
	if !p.bad && !isNumber {
		p.fail(t.pos, "a scalar is copied into lanes with splat16(x), an index is turned into a number with f32(index i)",
			"expected a number, found %v", t)
	}
	if err := c.parse(text); err != nil {
		p.fail(t.pos, "", "%s is no value of type %v", text, typ.Elem)
	}
	p.expect(")")
	return p.typed(pos, c)
}

// parse sets the value of c from a decimal number, inf or nan.
func (c *Const) parse(text string) (err error) {
	if !c.T.Elem.IsFloat() {
		c.Int, err = strconv.ParseInt(text, 10, 64)
		return err
	}
	bits := 32
	if c.T.Elem == F64 {
		bits = 64
	}
	c.Float, err = strconv.ParseFloat(text, bits)
	return err
}

// application reads the arguments of the function called name.
func (p *parser) application(name token) Expr {
	switch name.text {
	case "shuffle":
		return p.shuffle(name.pos)
	case "extract":
		x := &Extract{}
		p.expect("(")
		x.X = p.expr()
		p.expect(",")
		x.Lane = p.integer("a lane")
		p.expect(")")
		return p.typed(name.pos, x)
	}
	var args []Expr
	p.list("(", ")", func() { args = append(args, p.expr()) })
	if p.bad {
		return nil
	}
	x, arity := applied(name.text, args)
	switch {
	case arity == 0:
		p.fail(name.pos, "", "there is no function '%s'", name.text)
		return nil
	case x == nil:
		p.fail(name.pos, "", "%s takes %d arguments, not %d", name.text, arity, len(args))
		return nil
	}
	return p.typed(name.pos, x)
}

// applied is the expression name(args...), nil if the number of arguments is wrong, and the right number; 0 for an unknown name.
func applied(name string, args []Expr) (Expr, int) {
	arity, build := 0, func() Expr { return nil }
	if lanes, ok := strings.CutPrefix(name, "splat"); ok {
		if n, err := strconv.Atoi(lanes); err == nil && lanes == strconv.Itoa(n) {
			arity, build = 1, func() Expr { return &Splat{n, args[0]} }
		}
	}
	if op, ok := findOp(unaryNames[:], name); ok && UnaryOp(op) != Neg {
		arity, build = 1, func() Expr { return &Unary{UnaryOp(op), args[0]} }
	}
	if op, ok := findOp(binaryNames[:], name); ok && infix[BinaryOp(op)] == "" {
		arity, build = 2, func() Expr { return &Binary{BinaryOp(op), args[0], args[1]} }
	}
	switch name {
	case "fma":
		arity, build = 3, func() Expr { return &FMA{args[0], args[1], args[2]} }
	case "select":
		arity, build = 3, func() Expr { return &Select{args[0], args[1], args[2]} }
	case "narrow":
		arity, build = 1, func() Expr { return &Narrow{args[0]} }
	case "dot":
		arity, build = 3, func() Expr { return &Dot{args[0], args[1], args[2]} }
	}
	if arity != len(args) {
		return nil, arity
	}
	return build(), arity
}

func (p *parser) shuffle(pos place) Expr {
	x := &Shuffle{}
	p.expect("(")
	x.X = p.expr()
	p.expect(",")
	x.Y = p.expr()
	p.expect(",")
	p.list("[", "]", func() { x.Mask = append(x.Mask, p.integer("a lane")) })
	p.expect(")")
	return p.typed(pos, x)
}
