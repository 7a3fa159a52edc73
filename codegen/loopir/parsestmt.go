package loopir

import "slices"

// statementWords start a statement; assignments start with the name of a register tile.
var statementWords = []string{"let", "reg", "for", "unroll", "store", "call", "prefetch"}

// block reads statements up to a closing brace or yield, going on after those with errors.
func (p *parser) block() []Stmt {
	var out []Stmt
	for !p.at("}") && !p.at("yield") && p.peek().kind != tokEnd && p.errs.Len() < maxErrors {
		if t := p.peek(); t.first && t.text == "func" {
			break
		}
		start := p.k
		p.nodes = 0
		s := p.stmt()
		p.endStmt()
		if p.bad {
			p.sync(start)
			continue
		}
		out = append(out, s)
	}
	return out
}

// endStmt makes sure that what follows starts a line, or comes after a semicolon.
func (p *parser) endStmt() {
	if p.accept(";") || p.at("}") || p.peek().first || p.bad {
		return
	}
	p.failHere("one statement a line, or a semicolon between", "the end of the statement")
}

// sync skips the rest of a statement that started at token start and had an error: to the next line that is not inside
// its parentheses, or starts with a statement word, or to a closing brace; always past its own blocks.
func (p *parser) sync(start int) {
	failed := p.k
	p.bad = false
	parens, braces := 0, 0
	for p.k = start; ; p.k++ {
		t := p.toks[p.k]
		if t.kind == tokEnd || t.first && t.text == "func" {
			return
		}
		if braces == 0 && p.k > start && p.k >= failed {
			newLine := t.first && (parens <= 0 || slices.Contains(statementWords, t.text) || t.text == "yield")
			if newLine || t.text == "}" {
				return
			}
			if t.text == ";" {
				p.k++
				return
			}
		}
		switch t.text {
		case "(", "[":
			parens++
		case ")", "]":
			parens--
		case "{":
			braces++
		case "}":
			braces--
		}
	}
}

func (p *parser) stmt() Stmt {
	t := p.peek()
	var s Stmt
	switch {
	case p.accept("let"):
		s = p.let()
	case p.accept("reg"):
		s = p.regDecl()
	case p.accept("for"):
		s = p.loop(t.pos, false)
	case p.accept("unroll"):
		s = p.loop(t.pos, true)
	case p.accept("store"):
		s = p.store()
	case p.accept("call"):
		s = p.call()
	case p.accept("prefetch"):
		b, idx := p.element()
		s = &Prefetch{b, idx}
	case p.accept("mzero"):
		s = &MatrixZero{p.matrix()}
	case p.accept("mload"):
		s = p.matrixLoad()
	case p.accept("mdot"):
		s = p.matrixDot()
	case p.accept("mstore"):
		s = p.matrixStore()
	default:
		s = p.assign()
	}
	if p.bad {
		return nil
	}
	if err := checkStmt(s); err != nil {
		p.fail(t.pos, "", "%v", err)
	}
	return s
}

func (p *parser) let() Stmt {
	name, pos := p.name("value")
	p.expect("=")
	x := p.expr()
	if p.bad {
		p.poison(name)
		return nil
	}
	v := &Value{Name: name, Type: x.Type()}
	p.declare(name, pos, v)
	return &Let{v, x}
}

// poison makes a name known whose definition failed, so that its uses are no further errors.
func (p *parser) poison(name string) {
	if _, known := p.things[name]; !known && name != "" {
		p.define(name, nil)
	}
}

func (p *parser) regDecl() Stmt {
	name, pos := p.name("register tile")
	p.expect(":")
	r := &Reg{Name: name, Type: p.valueType()}
	if p.at("[") {
		p.list("[", "]", func() { r.Dims = append(r.Dims, p.integer("a dimension")) })
	}
	if p.bad {
		p.poison(name)
		return nil
	}
	p.declare(name, pos, r)
	return &Decl{r}
}

func (p *parser) assign() Stmt {
	t := p.peek()
	if t.kind != tokName || keywords[t.text] {
		p.failHere("statements start with let, reg, for, unroll, store, call, prefetch, mzero, mload, mdot, mstore or the name of a register tile", "a statement")
		return nil
	}
	p.k++
	r, ok := p.lookup(t.text, t.pos, "register tile").(*Reg)
	if !ok {
		p.fail(t.pos, "a value is defined with let, memory is written with store", "'%s' is no register tile", t.text)
		return nil
	}
	idx := p.optionalIndices()
	p.expect("=")
	return &Assign{r, idx, p.expr()}
}

func (p *parser) store() Stmt {
	b, idx := p.element()
	count := p.count()
	p.expect("=")
	return &Store{Buf: b, Idx: idx, Count: count, X: p.expr()}
}

func (p *parser) call() Stmt {
	name, pos := p.name("function")
	f, known := p.funcs[name]
	switch {
	case !known:
		p.fail(pos, "functions come before those that call them", "function '%s' is not defined", name)
	case f == nil:
		p.bad = true
	}
	c := &Call{Func: f}
	p.list("(", ")", func() { c.Args = append(c.Args, p.view()) })
	return c
}

func (p *parser) view() View {
	b := p.bufferName()
	if !p.at("[") {
		return View{Buf: b}
	}
	idx := p.optionalIndices()
	if idx == nil {
		idx = []Index{}
	}
	return View{b, idx}
}

// loop reads what follows for or unroll.
func (p *parser) loop(at place, unroll bool) Stmt {
	s := &For{Unroll: unroll, Step: 1}
	name, pos := p.name("loop variable")
	p.expect("=")
	s.Lo = p.index()
	p.expect("to")
	s.Hi = p.index()
	if p.accept("step") {
		s.Step = p.integer("a step")
	}
	mark := len(p.order)
	results, resultPos := p.carry(s)
	s.Var = &Var{name}
	p.declare(name, pos, s.Var)
	for k, c := range s.Carried {
		p.declare(c.Inner.Name, resultPos[k], c.Inner)
	}
	if p.loops++; p.loops > maxLoopDepth {
		p.fail(at, "", "loops nest deeper than %d", maxLoopDepth)
	}
	p.expect("{")
	if !p.bad {
		s.Body = p.block()
		s.Yield = p.yield()
		p.expect("}")
	}
	p.loops--
	p.leave(mark)
	for k, r := range results {
		if p.bad {
			p.poison(r)
			continue
		}
		p.declare(r, resultPos[k], s.Carried[k].Result)
	}
	return s
}

// yield reads the last statement of a loop that carries values, if there is one.
func (p *parser) yield() []Expr {
	if !p.accept("yield") {
		return nil
	}
	var out []Expr
	p.nodes = 0
	p.list("(", ")", func() { out = append(out, p.expr()) })
	p.accept(";")
	if !p.at("}") {
		p.failHere("yield is the last statement of a loop", "'}'")
	}
	return out
}

// carry reads the clause of carried values, if there is one, and returns the names of the results and the places of the values.
func (p *parser) carry(s *For) (results []string, places []place) {
	if !p.accept("carry") {
		return nil, nil
	}
	p.list("(", ")", func() {
		name, pos := p.name("carried value")
		p.expect("=")
		init := p.expr()
		if p.bad {
			return
		}
		s.Carried = append(s.Carried, Carried{Inner: &Value{name, init.Type()}, Result: &Value{Type: init.Type()}, Init: init})
		places = append(places, pos)
	})
	p.expect("->")
	p.list("(", ")", func() {
		name, pos := p.name("result")
		if k := len(results); k < len(s.Carried) {
			s.Carried[k].Result.Name = name
		} else {
			p.fail(pos, "", "more results than carried values")
		}
		results = append(results, name)
	})
	if len(results) < len(s.Carried) {
		p.fail(places[len(results)], "", "%d carried values, but %d results", len(s.Carried), len(results))
	}
	return results, places
}
