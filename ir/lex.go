package ir

import (
	"strconv"
	"strings"

	"nncc/ir/diag"
)

type tokenKind uint8

const (
	endToken   tokenKind = iota
	wordToken            // keyword, op or dtype
	nameToken            // %value; text without the % and quotes
	textToken            // "string"; text unquoted
	numToken             // also -inf
	punctToken           // one of ( ) [ ] { } , = : @ and ... in short form
	badToken             // text is the message
)

type token struct {
	kind        tokenKind
	text        string
	pos         diag.Pos
	startOfLine bool
}

func (t token) String() string {
	switch t.kind {
	case endToken:
		return "end of file"
	case nameToken:
		return quoteName(t.text)
	case textToken:
		return strconv.Quote(t.text)
	}
	return strconv.Quote(t.text)
}

// lexer splits the text form into tokens. Line breaks and // comments only separate tokens.
type lexer struct {
	file, text string
	at         int // offset of the next byte
	line       int
	lineStart  int
	fresh      bool // no token on this line yet
}

func newLexer(file, text string) *lexer {
	return &lexer{file: file, text: text, line: 1, fresh: true}
}

func (l *lexer) next() token {
	l.skipSpace()
	t := token{pos: diag.Pos{File: l.file, Line: l.line, Col: l.at - l.lineStart + 1}, startOfLine: l.fresh}
	l.fresh = false
	if l.at == len(l.text) {
		return t
	}
	switch c := l.text[l.at]; {
	case c == '%':
		l.at++
		if l.at < len(l.text) && l.text[l.at] == '"' {
			t.kind, t.text = l.quoted()
			if t.kind == textToken {
				t.kind = nameToken
			}
		} else {
			t.kind, t.text = nameToken, l.run(isNameByte)
		}
		if t.kind == nameToken && t.text == "" {
			t.kind, t.text = badToken, "a value's name is missing after %"
		}
	case c == '"':
		t.kind, t.text = l.quoted()
	case isLetter(c):
		t.kind, t.text = wordToken, l.run(isNameByte)
	case isDigit(c) || c == '-' || c == '.':
		t.kind, t.text = numToken, l.number()
	case strings.IndexByte("()[]{},=:@", c) >= 0:
		l.at++
		t.kind, t.text = punctToken, string(c)
	default:
		l.at++
		t.kind, t.text = badToken, "unexpected character "+strconv.Quote(string(c))
	}
	return t
}

func (l *lexer) skipSpace() {
	for l.at < len(l.text) {
		switch c := l.text[l.at]; {
		case c == '\n':
			l.at++
			l.line++
			l.lineStart = l.at
			l.fresh = true
		case c == ' ' || c == '\t' || c == '\r':
			l.at++
		case strings.HasPrefix(l.text[l.at:], "//"):
			end := strings.IndexByte(l.text[l.at:], '\n')
			if end < 0 {
				end = len(l.text) - l.at
			}
			l.at += end
		default:
			return
		}
	}
}

// run takes bytes while ok, up to a comment.
func (l *lexer) run(ok func(byte) bool) string {
	start := l.at
	for l.at < len(l.text) && ok(l.text[l.at]) && !strings.HasPrefix(l.text[l.at:], "//") {
		l.at++
	}
	return l.text[start:l.at]
}

func (l *lexer) number() string {
	start := l.at
	l.at++
	for l.at < len(l.text) {
		c, before := l.text[l.at], l.text[l.at-1]
		if !isDigit(c) && !isLetter(c) && c != '.' && !((c == '-' || c == '+') && (before == 'e' || before == 'E')) {
			break
		}
		l.at++
	}
	return l.text[start:l.at]
}

// quoted reads a string in Go's syntax, on one line.
func (l *lexer) quoted() (tokenKind, string) {
	start := l.at
	for l.at++; l.at < len(l.text) && l.text[l.at] != '\n'; l.at++ {
		switch l.text[l.at] {
		case '\\':
			l.at++
		case '"':
			l.at++
			s, err := strconv.Unquote(l.text[start:l.at])
			if err != nil {
				return badToken, "malformed string"
			}
			return textToken, s
		}
	}
	l.at = min(l.at, len(l.text))
	return badToken, "string without end"
}

func isDigit(c byte) bool  { return '0' <= c && c <= '9' }
func isLetter(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_' }

func isNameByte(c byte) bool { return isDigit(c) || isLetter(c) || c == '.' || c == '/' || c == '-' }

// quoteName prints a value's name: %plain, or %"quoted" where it has other characters.
func quoteName(name string) string {
	if plainName(name) {
		return "%" + name
	}
	return "%" + strconv.Quote(name)
}

func plainName(name string) bool {
	for i := range len(name) {
		if !isNameByte(name[i]) {
			return false
		}
	}
	return name != "" && !strings.Contains(name, "//")
}
