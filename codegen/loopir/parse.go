package loopir

import (
	"strconv"
	"strings"

	"nncc/ir/diag"
)

// Limits on text, so that hostile input costs no more than its size.
const (
	maxTextBytes  = 16 << 20
	maxErrors     = 30
	maxLoopDepth  = 64
	maxExprDepth  = 100
	maxExprNodes  = 2000 // of one statement
	maxIndexNodes = 100  // of one index expression
	maxIndexDepth = 8    // of /, mod, min and max inside one another
	maxIndex      = 1 << 40
	maxGroup      = 1 << 10 // samples
)

// Parse reads a module: functions, each of which may call those before it. The grammar is in grammar.md.
// What it returns is well typed, but Verify has to prove bounds and scopes of registers. Every problem is
// reported with its place in text, as a *diag.List; then there are no functions.
func Parse(file, text string) ([]*Func, error) {
	p := &parser{file: file, funcs: map[string]*Func{}}
	if len(text) > maxTextBytes {
		p.errs.Add(diag.Pos{File: file}, "text is longer than %d bytes", maxTextBytes)
		return nil, p.errs.Err()
	}
	p.toks = lex(file, text, &p.errs)
	var out []*Func
	for p.peek().kind != tokEnd && p.errs.Len() < maxErrors {
		f := p.function()
		if p.bad {
			p.syncFunc()
			continue
		}
		out = append(out, f)
	}
	if p.errs.Len() >= maxErrors {
		p.errs.Add(p.toks[len(p.toks)-1].pos.in(file), "too many errors")
	}
	if err := p.errs.Err(); err != nil {
		return nil, err
	}
	return out, nil
}

// parser reads tokens. After an error, bad is set and nothing matches any more until sync has found the next statement,
// so that parsing functions need no error paths; what they return is then of no use, possibly nil.
type parser struct {
	file  string
	toks  []token
	k     int
	errs  diag.List
	bad   bool
	funcs map[string]*Func // nil: its text had errors
	names                  // of the function being read
	loops int              // nesting at this place
	depth int              // of the value expression being read
	nodes int              // of the statement's value expressions so far
	inner int              // index operations around this place
	terms int              // nodes of the index expression so far
}

func (p *parser) peek() token {
	if p.bad {
		return token{kind: tokBad}
	}
	return p.toks[p.k]
}

func (p *parser) next() token {
	t := p.peek()
	if !p.bad && t.kind != tokEnd {
		p.k++
	}
	return t
}

// fail reports a problem, once until the next sync.
func (p *parser) fail(pos place, hint, format string, args ...any) {
	if !p.bad && p.errs.Len() < maxErrors {
		p.errs.Add(pos.in(p.file), format, args...).Hint = hint
	}
	p.bad = true
}

func (p *parser) failHere(hint, what string) {
	t := p.peek()
	if t.kind == tokBad {
		p.bad = true // the lexer has reported it
		return
	}
	p.fail(t.pos, hint, "expected %s, found %v", what, t)
}

// at reports whether the next token is the sign or word text.
func (p *parser) at(text string) bool {
	t := p.peek()
	return t.text == text && (t.kind == tokSign || t.kind == tokName)
}

func (p *parser) accept(text string) bool {
	if p.at(text) {
		p.k++
		return true
	}
	return false
}

func (p *parser) expect(text string) {
	if !p.accept(text) {
		p.failHere("", "'"+text+"'")
	}
}

// name reads a name that is no keyword and no type.
func (p *parser) name(what string) (string, place) {
	t := p.peek()
	if t.kind != tokName {
		p.failHere("", what)
		return "", t.pos
	}
	if _, isType := parseType(t.text); isType || keywords[t.text] {
		p.fail(t.pos, "choose another name", "%s cannot be called '%s': the word is reserved", what, t.text)
		return "", t.pos
	}
	p.k++
	return t.text, t.pos
}

// list reads items with commas between open and end.
func (p *parser) list(open, end string, item func()) {
	p.expect(open)
	if p.accept(end) {
		return
	}
	for {
		item()
		if !p.accept(",") {
			break
		}
	}
	p.expect(end)
}

// integer reads an integer with an optional minus, for dimensions, lanes and steps.
func (p *parser) integer(what string) int {
	minus := p.accept("-")
	t := p.peek()
	n, err := strconv.Atoi(t.text)
	if t.kind != tokNumber || err != nil || n > maxIndex {
		if t.kind == tokNumber {
			p.fail(t.pos, "", "%s is no integer of at most %d", t, maxIndex)
		}
		p.failHere("", what)
		return 0
	}
	p.k++
	if minus {
		return -n
	}
	return n
}

// kind reads the name of an element type.
func (p *parser) kind() Kind {
	t := p.peek()
	k := ParseKind(t.text)
	if t.kind != tokName || k == Invalid {
		p.failHere("element types are i8 u8 i16 u16 i32 u32 i64 u64 f16 bf16 f32 f64", "an element type")
		return Invalid
	}
	p.k++
	return k
}

// valueType reads a scalar or vector type.
func (p *parser) valueType() Type {
	t := p.peek()
	typ, ok := parseType(t.text)
	if t.kind != tokName || !ok {
		p.failHere("types look like f32 or f32x16", "a type")
		return Type{}
	}
	if err := checkType(typ); err != nil {
		p.fail(t.pos, "", "%v", err)
	}
	p.k++
	return typ
}

// parseType reads f32 or f32x16. It accepts any number of lanes: whether the type exists is for checkType to say.
func parseType(s string) (Type, bool) {
	if k := ParseKind(s); k != Invalid {
		return Scalar(k), true
	}
	name, lanes, found := strings.Cut(s, "x")
	if k := ParseKind(name); found && k != Invalid && digits(lanes) == len(lanes) {
		if n, err := strconv.Atoi(lanes); err == nil {
			return Type{k, n}, true
		}
	}
	return Type{}, false
}

// function reads one function and makes it known to those after it.
func (p *parser) function() *Func {
	p.names = names{things: map[string]any{}}
	if !p.accept("func") {
		p.failHere("a module is a sequence of functions", "'func'")
		return nil
	}
	f := &Func{}
	name, pos := p.name("function")
	if _, twice := p.funcs[name]; twice {
		p.fail(pos, "", "function '%s' is defined twice", name)
	}
	if !p.bad {
		p.funcs[name] = nil
	}
	f.Name = name
	p.list("(", ")", func() { f.Params = append(f.Params, p.buffer(false)) })
	if p.accept("scratch") {
		p.list("(", ")", func() { f.Scratch = append(f.Scratch, p.buffer(true)) })
	}
	if p.accept("grid") {
		p.list("(", ")", func() { f.Grid = append(f.Grid, p.gridDim(len(f.Grid))) })
	}
	p.expect("{")
	if p.bad {
		return nil
	}
	before := p.errs.Len()
	f.Body = p.block()
	p.expect("}")
	if !p.bad && p.errs.Len() == before {
		p.funcs[name] = f
	}
	return f
}

// buffer reads `name: [mut] kind[dims]`.
func (p *parser) buffer(scratch bool) *Buffer {
	name, pos := p.name("buffer")
	p.expect(":")
	b := &Buffer{Name: name, Mutable: scratch || p.accept("mut")}
	b.Elem = p.kind()
	b.Dims = p.dims()
	if !p.bad {
		if err := checkBuffer(b, scratch); err != nil {
			p.fail(pos, "", "%s: %v", name, err)
		}
	}
	p.declare(name, pos, b)
	return b
}

func (p *parser) dims() []int {
	var dims []int
	p.list("[", "]", func() { dims = append(dims, p.extent("a dimension")) })
	return dims
}

func (p *parser) extent(what string) int {
	if p.accept("*") {
		return Batch
	}
	return max(p.integer(what), 0) // a negative one must not turn into Batch
}

func (p *parser) gridDim(position int) GridDim {
	name, pos := p.name("grid variable")
	p.expect(":")
	g := GridDim{Var: &Var{name}, Extent: p.extent("an extent")}
	p.declare(name, pos, g.Var)
	if p.accept("by") {
		g.Group = p.integer("a number of samples")
		p.expect("as")
		name, pos := p.name("variable for the number of samples")
		g.Count = &Var{name}
		p.declare(name, pos, g.Count)
	}
	if !p.bad {
		if err := checkGridDim(g, position); err != nil {
			p.fail(pos, "", "%v", err)
		}
	}
	return g
}

// syncFunc skips to the next function.
func (p *parser) syncFunc() {
	p.bad = false
	for start := p.k; ; p.k++ {
		t := p.peek()
		if t.kind == tokEnd || p.k > start && t.first && t.text == "func" {
			return
		}
	}
}
