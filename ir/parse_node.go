package ir

import "nncc/runtime/tensor"

// node reads %y, %z = op(%a, none) {attr = value} @"name" : types body {...}
func (p *parser) node(s *scope) {
	var results []token
	for {
		results = append(results, p.take(nameToken, "a name like %x"))
		if !p.accept(",") {
			break
		}
	}
	values := p.application(s, results[0].text, len(results))
	for i, r := range results {
		if values == nil {
			p.define(s, r, nil)
		} else {
			p.define(s, r, values[i])
		}
	}
}

// application reads what follows the results, and returns as many values as there are results, or nil after a problem.
func (p *parser) application(s *scope, name string, results int) []*Value {
	p.expect("=")
	word := p.take(wordToken, "an op")
	pos, op := word.pos, LookupOp(word.text)
	if op == nil {
		p.failAt(pos, "unknown op %q", word.text)
		return nil
	}
	inputs := p.operands(s, op)
	attrs := p.attributes(op)
	given := name
	if p.accept("@") {
		given = p.take(textToken, "a name in quotes").text
	}
	var types []Type
	typePos := p.tok.pos
	if p.accept(":") {
		types = p.types()
	}
	body := p.body(s)
	if p.failed {
		return nil
	}
	values := s.build.Nodes(pos, op.Name, name, attrs, body, inputs...)
	if values == nil {
		return nil
	}
	values[0].Def.Name = given
	if len(values) != results {
		p.failAt(pos, "%s has %d results, %d are named", op.Name, len(values), results)
		return nil
	}
	for i, v := range values {
		if types != nil && (len(types) != len(values) || !types[i].Equal(v.Type)) {
			p.failAt(typePos, "the result is %v", v.Type)
			return nil
		}
	}
	return values
}

func (p *parser) operands(s *scope, op *Op) []*Value {
	var inputs []*Value
	p.list("(", ")", func() {
		optional := len(inputs) >= op.Inputs.Min && op.Inputs.Max >= 0
		switch {
		case optional && p.accept("none"):
			inputs = append(inputs, nil)
		case p.is("none"):
			p.fail("input %d of %s is required", len(inputs), op.Name)
		default:
			inputs = append(inputs, p.use(s))
		}
	})
	return inputs
}

func (p *parser) attributes(op *Op) Attrs {
	attrs := Attrs{}
	if !p.is("{") {
		return attrs
	}
	p.list("{", "}", func() {
		word := p.take(wordToken, "an attribute")
		p.expect("=")
		name, pos := word.text, word.pos
		def := op.Attr(name)
		switch {
		case p.failed:
		case def == nil:
			p.failAt(pos, "%s has no attribute %q, %s", op.Name, name, attrHint(op))
		case attrs[name] != nil:
			p.failAt(pos, "attribute %s is given twice", name)
		default:
			attrs[name] = p.attribute(def.Kind)
		}
	})
	return attrs
}

func (p *parser) attribute(kind AttrKind) any {
	switch kind {
	case IntAttr:
		return p.integer()
	case FloatAttr:
		return p.float()
	case StringAttr:
		return p.take(textToken, "a string").text
	}
	return p.integers()
}

func (p *parser) types() []Type {
	var types []Type
	for {
		t, ok := p.typ()
		if !ok {
			return nil
		}
		types = append(types, t)
		if !p.accept(",") {
			return types
		}
	}
}

func (p *parser) typ() (Type, bool) {
	word := p.take(wordToken, "a type like f32[1, 3]")
	t := Type{DType: tensor.ParseDType(word.text)}
	if t.DType == tensor.Invalid {
		p.failAt(word.pos, "unknown dtype %q", word.text)
		return t, false
	}
	t.Shape = p.integers()
	if err := t.Check(); err != nil {
		p.failAt(word.pos, "%v", err)
	}
	return t, !p.failed
}

// body reads the nodes of a fused op, if they follow. Bodies do not nest.
func (p *parser) body(s *scope) *Graph {
	if p.failed || !p.is("body") {
		return nil
	}
	if s.inBody {
		p.fail("a body cannot hold another")
		return nil
	}
	p.advance()
	p.expect("{")
	if p.failed {
		return nil
	}
	before := p.errs.Len()
	inner := newScope("", true)
	p.statements(inner)
	p.expect("}")
	p.failed = p.failed || p.errs.Len() > before
	return inner.graph
}
