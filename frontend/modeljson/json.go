package modeljson

import (
	"encoding/json"
	"fmt"
	"slices"
	"unicode/utf8"

	"nncc/ir/diag"
)

const (
	maxFileBytes = 4 << 20
	maxDepth     = 32
)

// kind is the JSON type of a value.
type kind uint8

const (
	nullValue kind = iota
	boolValue
	numberValue
	textValue
	listValue
	objectValue
)

// value is a JSON value and its place. text is the content of a string, the literal of a number, true or false.
type value struct {
	pos     diag.Pos
	kind    kind
	text    string
	list    []*value
	members []member
}

// member is a key of an object and what it stands for.
type member struct {
	key   string
	pos   diag.Pos
	value *value
}

// member is what an object's key stands for, or nil.
func (v *value) member(key string) *value {
	for _, m := range v.members {
		if m.key == key {
			return m.value
		}
	}
	return nil
}

// describe says what a value is, for messages.
func (v *value) describe() string {
	const longest = 40
	switch v.kind {
	case boolValue, numberValue:
		if len(v.text) <= longest {
			return v.text
		}
		return "a longer number"
	case textValue:
		if len(v.text) <= longest {
			return fmt.Sprintf("%q", v.text)
		}
		return "a longer string"
	case listValue:
		if len(v.list) == 0 {
			return "an empty list"
		}
		return "a list"
	case objectValue:
		return "an object"
	}
	return "null"
}

// parser reads one JSON text (RFC 8259). The first mistake ends parsing.
type parser struct {
	file  string
	src   []byte
	at    int
	lines []int // offset of the start of each line
	depth int
	err   *diag.Error
}

// parseJSON reads a text that is one value. Keys that an object has twice are rejected.
func parseJSON(file string, src []byte) (*value, error) {
	p := &parser{file: file, src: src, lines: []int{0}}
	for i, c := range src {
		if c == '\n' {
			p.lines = append(p.lines, i+1)
		}
	}
	p.checkUTF8()
	v := p.value()
	p.space()
	if p.at < len(src) {
		p.fail("expected the end of the file")
	}
	if p.err != nil {
		return nil, p.err
	}
	return v, nil
}

func (p *parser) checkUTF8() {
	if utf8.Valid(p.src) {
		return
	}
	for {
		r, n := utf8.DecodeRune(p.src[p.at:])
		if r == utf8.RuneError && n == 1 {
			p.fail("the text is not UTF-8")
			return
		}
		p.at += n
	}
}

func (p *parser) pos(offset int) diag.Pos {
	line, found := slices.BinarySearch(p.lines, offset)
	if !found {
		line--
	}
	return diag.Pos{File: p.file, Line: line + 1, Col: offset - p.lines[line] + 1}
}

// fail notes the first mistake and moves to the end of the text, where everything stops.
func (p *parser) fail(format string, args ...any) { p.failAt(p.at, format, args...) }

func (p *parser) failAt(offset int, format string, args ...any) {
	if p.err == nil {
		p.err = &diag.Error{Pos: p.pos(offset), Msg: fmt.Sprintf(format, args...)}
	}
	p.at = len(p.src)
}

// peek skips white space and returns the next byte, 0 at the end.
func (p *parser) peek() byte {
	p.space()
	if p.at == len(p.src) {
		return 0
	}
	return p.src[p.at]
}

func (p *parser) space() {
	for p.at < len(p.src) {
		switch p.src[p.at] {
		case ' ', '\t', '\r', '\n':
			p.at++
		default:
			return
		}
	}
}

func (p *parser) value() *value {
	c := p.peek()
	v := &value{pos: p.pos(p.at)}
	switch {
	case c == '{':
		v.kind = objectValue
		v.members = p.object()
	case c == '[':
		v.kind = listValue
		p.sequence(']', func() { v.list = append(v.list, p.value()) })
	case c == '"':
		v.kind, v.text = textValue, p.text()
	case c == '-' || c >= '0' && c <= '9':
		v.kind, v.text = numberValue, p.word("a number")
	case c == 't' || c == 'f':
		v.kind, v.text = boolValue, p.word("true or false")
	case c == 'n':
		p.word("null")
	case p.at == len(p.src):
		p.fail("the file ends where a value is expected")
	default:
		p.fail("expected a value")
	}
	return v
}

func (p *parser) object() []member {
	var members []member
	seen := map[string]bool{}
	p.sequence('}', func() {
		if p.peek() != '"' {
			p.fail("expected a key in quotes")
			return
		}
		start := p.at
		m := member{pos: p.pos(start), key: p.text()}
		if seen[m.key] {
			p.failAt(start, "key %q is given twice", m.key)
		}
		seen[m.key] = true
		if p.peek() != ':' {
			p.fail("expected a colon after key %q", m.key)
			return
		}
		p.at++
		m.value = p.value()
		members = append(members, m)
	})
	return members
}

// sequence reads items separated by commas, from the opening bracket to the closing one.
func (p *parser) sequence(end byte, item func()) {
	if p.depth++; p.depth > maxDepth {
		p.fail("more than %d levels of brackets", maxDepth)
		return
	}
	p.at++
	for first := true; p.err == nil && p.peek() != end; first = false {
		if first {
			item()
			continue
		}
		if p.peek() != ',' {
			p.fail("expected a comma or %q", string(end))
			return
		}
		if p.at++; p.peek() == end {
			p.fail("expected another item after the comma")
			return
		}
		item()
	}
	p.at = min(p.at+1, len(p.src))
	p.depth--
}

// word takes the letters, digits and signs of a number or name; encoding/json decides whether they are one.
func (p *parser) word(what string) string {
	start := p.at
	for p.at < len(p.src) {
		c := p.src[p.at]
		if !(c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '+' || c == '-' || c == '.') {
			break
		}
		p.at++
	}
	word := p.src[start:p.at]
	if !json.Valid(word) {
		p.failAt(start, "%q is not %s", word, what)
	}
	return string(word)
}

// text takes a string; encoding/json resolves its escapes.
func (p *parser) text() string {
	start := p.at
	for p.at++; p.at < len(p.src) && p.src[p.at] != '"' && p.src[p.at] != '\n'; p.at++ {
		if p.src[p.at] == '\\' {
			p.at++
		}
	}
	if p.at >= len(p.src) || p.src[p.at] != '"' {
		p.failAt(start, "the string does not end on its line")
		return ""
	}
	p.at++
	var s string
	if err := json.Unmarshal(p.src[start:p.at], &s); err != nil {
		p.failAt(start, "not a valid string")
	}
	return s
}
