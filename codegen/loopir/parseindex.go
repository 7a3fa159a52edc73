package loopir

// bufferName reads the name of a buffer.
func (p *parser) bufferName() *Buffer {
	name, pos := p.name("buffer")
	b, ok := p.lookup(name, pos, "buffer").(*Buffer)
	if !ok {
		p.fail(pos, "", "'%s' is no buffer", name)
	}
	return b
}

// element reads a buffer and its indices.
func (p *parser) element() (*Buffer, []Index) {
	b := p.bufferName()
	if !p.at("[") {
		p.failHere("an element of a buffer has an index for each dimension", "'['")
	}
	return b, p.optionalIndices()
}

// optionalIndices reads indices in brackets, if there are any.
func (p *parser) optionalIndices() []Index {
	if !p.at("[") {
		return nil
	}
	var idx []Index
	p.list("[", "]", func() { idx = append(idx, p.index()) })
	return idx
}

// count reads the clause that limits a load or store to its first lanes, if there is one.
func (p *parser) count() *Index {
	if !p.accept("count") {
		return nil
	}
	p.terms = 0
	n := p.indexFactor()
	return &n
}

// index reads an index expression.
func (p *parser) index() Index {
	p.terms = 0
	return p.indexSum()
}

func (p *parser) indexSum() Index {
	i := p.indexProduct()
	for !p.bad {
		switch {
		case p.accept("+"):
			i = p.bounded(i.Add(p.indexProduct()))
		case p.accept("-"):
			i = p.bounded(i.Sub(p.indexProduct()))
		default:
			return i
		}
	}
	return i
}

func (p *parser) indexProduct() Index {
	i := p.indexFactor()
	for !p.bad {
		t := p.peek()
		switch {
		case p.accept("*"):
			i = p.scaled(t, i, p.indexFactor())
		case p.accept("/"):
			if n := p.divisor(t); !p.bad {
				i = i.Div(n)
			}
		case p.accept("%"), p.accept("mod"):
			if n := p.divisor(t); !p.bad {
				i = i.Mod(n)
			}
		default:
			return i
		}
	}
	return i
}

// scaled is i*j, one of which must be a constant.
func (p *parser) scaled(at token, i, j Index) Index {
	n, ok := j.IsConst()
	if !ok {
		if n, ok = i.IsConst(); ok {
			i = j
		}
	}
	if !ok {
		p.fail(at.pos, "", "index expressions are linear: one factor must be a constant")
		return Index{}
	}
	if n != 0 && largest(i) > maxIndex/abs(n) {
		p.fail(at.pos, "", "index expression has coefficients above %d", maxIndex)
		return Index{}
	}
	return i.Mul(n)
}

func (p *parser) divisor(at token) int {
	n, ok := p.indexFactor().IsConst()
	if !p.bad && (!ok || n < 1) {
		p.fail(at.pos, "", "an index is divided by positive constants only")
	}
	return n
}

// bounded refuses coefficients beyond maxIndex.
func (p *parser) bounded(i Index) Index {
	if largest(i) > maxIndex {
		p.fail(p.peek().pos, "", "index expression has coefficients above %d", maxIndex)
	}
	return i
}

func largest(i Index) int {
	n := abs(i.Const)
	for _, t := range i.Terms {
		n = max(n, abs(t.Coef))
	}
	return n
}

func (p *parser) indexFactor() Index {
	t := p.peek()
	if p.terms++; p.terms > maxIndexNodes || p.inner > maxIndexDepth {
		p.fail(t.pos, "", "index expression has more than %d parts or nests deeper than %d", maxIndexNodes, maxIndexDepth)
	}
	switch {
	case p.bad:
		return Index{}
	case p.accept("-"):
		return p.nested(p.indexFactor).Mul(-1)
	case p.accept("("):
		i := p.nested(p.indexSum)
		p.expect(")")
		return i
	case t.kind == tokNumber:
		return C(p.integer("an index"))
	case t.kind != tokName || keywords[t.text]:
		p.failHere("", "an index")
		return Index{}
	}
	p.k++
	if (t.text == "min" || t.text == "max") && p.at("(") {
		return p.minMax(t.text)
	}
	v, ok := p.lookup(t.text, t.pos, "index").(*Var)
	if !ok {
		p.fail(t.pos, "an index is made of grid variables, loop variables and constants", "'%s' is no index", t.text)
		return Index{}
	}
	return v.I()
}

func (p *parser) nested(read func() Index) Index {
	p.inner++
	defer func() { p.inner-- }()
	return read()
}

func (p *parser) minMax(op string) Index {
	p.expect("(")
	i := p.nested(p.indexSum)
	p.expect(",")
	j := p.nested(p.indexSum)
	p.expect(")")
	if op == "min" {
		return i.Min(j)
	}
	return i.Max(j)
}
