package loopir

import (
	"slices"
	"strings"
	"unicode/utf8"

	"nncc/ir/diag"
)

type tokenKind uint8

const (
	tokEnd tokenKind = iota
	tokName
	tokNumber
	tokSign
	tokBad // reported where it was found
)

type token struct {
	kind  tokenKind
	text  string
	pos   place
	first bool // on its line
}

// place is a position in the text being parsed; line and column start at 1.
type place struct{ line, col int32 }

func (p place) in(file string) diag.Pos {
	return diag.Pos{File: file, Line: int(p.line), Col: int(p.col)}
}

func (t token) String() string {
	if t.kind == tokEnd {
		return "the end of the file"
	}
	return "'" + t.text + "'"
}

// The tokens made of punctuation.
const oneByteSigns = "()[]{},:;=<>+-*/%"

var twoByteSigns = []string{"->", "==", "!=", "<=", ">="}

// lex splits text into tokens, ending with one of kind tokEnd, and reports what is none.
func lex(file, text string, errs *diag.List) []token {
	var toks []token
	line, lineStart, first := 1, 0, true
	for k := 0; k < len(text); {
		if n := spaceLen(text[k:]); n > 0 {
			for ; n > 0; n-- {
				if text[k] == '\n' {
					line, lineStart, first = line+1, k+1, true
				}
				k++
			}
			continue
		}
		t := scan(text[k:])
		t.pos, t.first = place{int32(line), int32(k - lineStart + 1)}, first
		if t.kind == tokBad && errs.Len() < maxErrors {
			errs.Add(t.pos.in(file), "unexpected %q", t.text)
		}
		toks = append(toks, t)
		k += len(t.text)
		first = false
	}
	return append(toks, token{kind: tokEnd, pos: place{int32(line), int32(len(text) - lineStart + 1)}, first: true})
}

// spaceLen is the length of the blank or the comment that s starts with.
func spaceLen(s string) int {
	if strings.HasPrefix(s, "//") {
		if end := strings.IndexByte(s, '\n'); end >= 0 {
			return end
		}
		return len(s)
	}
	n := 0
	for n < len(s) && (s[n] == ' ' || s[n] == '\n' || s[n] == '\t' || s[n] == '\r') {
		n++
	}
	return n
}

// scan is the token that s starts with.
func scan(s string) token {
	if n := nameLen(s); n > 0 {
		return token{kind: tokName, text: s[:n]}
	}
	if n := numberLen(s); n > 0 {
		if extra := nameTail(s[n:]); extra > 0 {
			return token{kind: tokBad, text: s[:n+extra]}
		}
		return token{kind: tokNumber, text: s[:n]}
	}
	if len(s) > 1 && slices.Contains(twoByteSigns, s[:2]) {
		return token{kind: tokSign, text: s[:2]}
	}
	if strings.IndexByte(oneByteSigns, s[0]) >= 0 {
		return token{kind: tokSign, text: s[:1]}
	}
	_, n := utf8.DecodeRuneInString(s)
	return token{kind: tokBad, text: s[:n]}
}

func nameLen(s string) int {
	if !isNameStart(s[0]) {
		return 0
	}
	return nameTail(s)
}

func nameTail(s string) int {
	n := 0
	for n < len(s) && isNamePart(s[n]) {
		n++
	}
	return n
}

// numberLen is the length of the decimal integer or float that s starts with.
func numberLen(s string) int {
	n := digits(s)
	if n == 0 {
		return 0
	}
	if n < len(s) && s[n] == '.' {
		if d := digits(s[n+1:]); d > 0 {
			n += 1 + d
		}
	}
	if n < len(s) && (s[n] == 'e' || s[n] == 'E') {
		sign := 0
		if n+1 < len(s) && (s[n+1] == '+' || s[n+1] == '-') {
			sign = 1
		}
		if d := digits(s[n+1+sign:]); d > 0 {
			n += 1 + sign + d
		}
	}
	return n
}

func digits(s string) int {
	n := 0
	for n < len(s) && isDigit(s[n]) {
		n++
	}
	return n
}
