package ir

import (
	"strconv"

	"nncc/ir/diag"
)

// maxParseErrors ends parsing: what follows so many mistakes is of no use.
const maxParseErrors = 50

// maxConstBytes bounds what the constants of one text may take, as a short text can ask for large generated ones.
const maxConstBytes = 1 << 30

// Parse reads the text form, and verifies the graph. file is for messages; the error is a *diag.List of every problem found.
func Parse(file, text string) (*Graph, error) {
	return parse(file, text, maxConstBytes)
}

func parse(file, text string, constBytes int) (*Graph, error) {
	p := &parser{lex: newLexer(file, text), constBytesLeft: constBytes}
	p.advance()
	g := p.graph()
	if p.tok.kind != endToken {
		p.fail("expected the end of the file, found %v", p.tok)
	}
	if err := p.errs.Err(); err != nil {
		return nil, err
	}
	if err := Verify(g); err != nil {
		return nil, err
	}
	return g, nil
}

type parser struct {
	lex            *lexer
	tok            token
	errs           diag.List
	constBytesLeft int
	depth          int  // open braces
	failed         bool // the current statement has a problem; the rest of it is skipped
}

// scope is the graph under construction and its values so far; a nil value stands for one that failed.
type scope struct {
	build  *Builder
	graph  *Graph
	values map[string]*Value
	inBody bool
}

func newScope(name string, inBody bool) *scope {
	b := NewBuilder(name)
	return &scope{build: b, graph: b.graph, values: map[string]*Value{}, inBody: inBody}
}

func (p *parser) advance() {
	switch {
	case p.is("{"):
		p.depth++
	case p.is("}"):
		p.depth--
	}
	p.tok = p.lex.next()
}

// fail records a problem at the current token, or what the lexer has to say of it; only the first of a statement is kept.
func (p *parser) fail(format string, args ...any) {
	if p.tok.kind == badToken {
		format, args = "%s", []any{p.tok.text}
	}
	p.failAt(p.tok.pos, format, args...)
}

func (p *parser) failAt(pos diag.Pos, format string, args ...any) {
	if !p.failed {
		p.errs.Add(pos, format, args...)
	}
	p.failed = true
}

func (p *parser) is(text string) bool {
	return (p.tok.kind == punctToken || p.tok.kind == wordToken) && p.tok.text == text
}

// accept takes the token if it is text.
func (p *parser) accept(text string) bool {
	if !p.is(text) {
		return false
	}
	p.advance()
	return true
}

func (p *parser) expect(text string) {
	if !p.accept(text) {
		p.fail("expected %q, found %v", text, p.tok)
	}
}

// take returns the current token, which must be of the given kind, described as what in the message; after a problem
// its text is empty.
func (p *parser) take(kind tokenKind, what string) token {
	t := p.tok
	if t.kind != kind {
		p.fail("expected %s, found %v", what, t)
		return token{pos: t.pos}
	}
	p.advance()
	return t
}

// list reads open, items separated by commas, close.
func (p *parser) list(open, close string, item func()) {
	p.expect(open)
	for !p.failed && !p.is(close) {
		item()
		if !p.is(close) {
			p.expect(",")
		}
	}
	if !p.failed {
		p.expect(close)
	}
}

func (p *parser) graph() *Graph {
	p.expect("graph")
	kind := wordToken
	if p.tok.kind == textToken {
		kind = textToken
	}
	s := newScope(p.take(kind, "the graph's name").text, false)
	s.graph.Batched = p.accept("batched")
	p.expect("{")
	if !p.failed {
		p.statements(s)
		p.expect("}")
	}
	return s.graph
}

// statements reads up to the closing brace. After a problem it goes on at the next line outside braces opened since.
func (p *parser) statements(s *scope) {
	for !p.is("}") && p.tok.kind != endToken && p.errs.Len() < maxParseErrors {
		p.failed = false
		start, depth := p.tok.pos, p.depth
		p.statement(s)
		p.errs.AddErr(diag.Pos{}, s.build.Errs.Err())
		s.build.Errs = diag.List{}
		for p.failed && p.tok.kind != endToken && (!p.tok.startOfLine || p.tok.pos == start || p.depth > depth) {
			p.advance()
		}
	}
	p.failed = false
	if p.errs.Len() == 0 && len(s.graph.Outputs) == 0 {
		p.fail("there is no output")
	}
}

func (p *parser) statement(s *scope) {
	if p.tok.kind == nameToken {
		p.node(s)
		return
	}
	switch word := p.take(wordToken, "a statement"); word.text {
	case "":
	case "input":
		name := p.take(nameToken, "a name like %x")
		p.expect(":")
		if t, ok := p.typ(); ok {
			p.define(s, name, s.build.Input(name.pos, name.text, t))
		} else {
			p.define(s, name, nil)
		}
	case "const":
		p.constant(s)
	case "state", "next":
		switch {
		case s.inBody:
			p.failAt(word.pos, "a body has no states")
		case word.text == "state":
			p.state(s)
		default:
			p.next(s)
		}
	case "output":
		v, name := p.use(s), ""
		if v != nil {
			name = v.Name
		}
		if p.accept("as") {
			name = p.take(textToken, "a name in quotes").text
		}
		s.build.Output(name, v)
	default:
		if s.inBody || !p.meta(word.text, &s.graph.Meta) {
			p.failAt(word.pos, "unknown statement %q", word.text)
		}
	}
}

// define enters a value; v is nil if its definition failed, which silences messages about its uses.
func (p *parser) define(s *scope, name token, v *Value) {
	if name.text == "" {
		return
	}
	if old, ok := s.values[name.text]; ok {
		if old != nil {
			p.failAt(name.pos, "%s is already defined in line %d", quoteName(name.text), old.Pos.Line)
		}
		return
	}
	if v != nil {
		v.Name = name.text // the builder may have chosen another where this one is in use, which was reported above
	}
	s.values[name.text] = v
}

// use reads the name of a value.
func (p *parser) use(s *scope) *Value {
	name := p.take(nameToken, "a value like %x")
	v, ok := s.values[name.text]
	if !ok {
		p.failAt(name.pos, "%s is not defined", quoteName(name.text))
	}
	return v
}

func (p *parser) integer() int {
	t := p.take(numToken, "an integer")
	v, err := strconv.Atoi(t.text)
	if err != nil {
		p.failAt(t.pos, "%q is not an integer", t.text)
	}
	return v
}

func (p *parser) float() float64 {
	if p.accept("inf") {
		return posInf
	}
	t := p.take(numToken, "a number")
	v, err := strconv.ParseFloat(t.text, 64)
	if err != nil {
		p.failAt(t.pos, "%q is not a number, or out of range", t.text)
	}
	return v
}

func (p *parser) integers() []int {
	list := []int{}
	p.list("[", "]", func() { list = append(list, p.integer()) })
	return list
}

func (p *parser) floats() []float64 {
	list := []float64{}
	p.list("[", "]", func() { list = append(list, p.float()) })
	return list
}
