package diag

import (
	"errors"
	"fmt"
	"io"
	"strings"
)

// Source returns the text of a named input, or false if it has none (binary, or gone).
type Source func(file string) (string, bool)

// Fprint writes every problem of err as "file:line:col: message", the source line with a caret under the column
// where source has it, and the hint. An error that is no Error or List is printed as one line.
func Fprint(w io.Writer, err error, source Source) {
	var list *List
	var one *Error
	switch {
	case errors.As(err, &list):
		for _, e := range list.Errors() {
			fprintOne(w, e, source)
		}
	case errors.As(err, &one):
		fprintOne(w, one, source)
	default:
		fmt.Fprintln(w, err)
	}
}

func fprintOne(w io.Writer, e *Error, source Source) {
	if p := e.Pos.String(); p != "" {
		fmt.Fprintf(w, "%s: ", p)
	}
	fmt.Fprintln(w, e.Msg)
	if line, ok := sourceLine(e.Pos, source); ok {
		fmt.Fprintf(w, "    %s\n    %s^\n", line, caretIndent(line, e.Pos.Col))
	}
	if e.Hint != "" {
		fmt.Fprintf(w, "    hint: %s\n", e.Hint)
	}
}

func sourceLine(p Pos, source Source) (string, bool) {
	if source == nil || p.Line == 0 || p.Col == 0 {
		return "", false
	}
	text, ok := source(p.File)
	if !ok {
		return "", false
	}
	for i := 1; i < p.Line; i++ {
		_, rest, found := strings.Cut(text, "\n")
		if !found {
			return "", false
		}
		text = rest
	}
	line, _, _ := strings.Cut(text, "\n")
	const longestBytes = 200
	if len(line) > longestBytes || p.Col > len(line)+1 {
		return "", false
	}
	return strings.TrimRight(line, "\r"), true
}

// caretIndent keeps tabs, so that the caret lines up however wide a tab is.
func caretIndent(line string, col int) string {
	return strings.Map(func(r rune) rune {
		if r == '\t' {
			return r
		}
		return ' '
	}, line[:min(col-1, len(line))])
}
