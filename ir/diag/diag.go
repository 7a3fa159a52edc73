// Package diag holds the problems a compiler reports: a place, a message and a hint, and the one way to print them.
package diag

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Pos is a place in an input. Line and Col start at 1 and count bytes; 0 means unknown.
// Where a format has no lines (ONNX), File stands alone and the message names the node.
type Pos struct {
	File string
	Line int
	Col  int
}

// String prints file:line:col, leaving out what is unknown.
func (p Pos) String() string {
	switch {
	case p.Line == 0:
		return p.File
	case p.Col == 0:
		return fmt.Sprintf("%s:%d", p.File, p.Line)
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Col)
}

// Error is one problem: where, what, and what to do about it.
type Error struct {
	Pos  Pos
	Msg  string
	Hint string // what the user can do; may be empty
}

// Error prints "file:line:col: message".
func (e *Error) Error() string {
	s := e.Msg
	if p := e.Pos.String(); p != "" {
		s = p + ": " + s
	}
	if e.Hint != "" {
		s += " (" + e.Hint + ")"
	}
	return s
}

// List collects problems, so that a user sees all of them at once. The zero value is ready.
type List struct{ errs []*Error }

// Add records a problem.
func (l *List) Add(pos Pos, format string, args ...any) *Error {
	e := &Error{Pos: pos, Msg: fmt.Sprintf(format, args...)}
	l.errs = append(l.errs, e)
	return e
}

// AddErr records err: an *Error or a joined list of them keeps its places, anything else is given pos.
func (l *List) AddErr(pos Pos, err error) {
	var one *Error
	var many *List
	switch {
	case err == nil:
	case errors.As(err, &many):
		l.errs = append(l.errs, many.errs...)
	case errors.As(err, &one):
		l.errs = append(l.errs, one)
	default:
		l.Add(pos, "%v", err)
	}
}

// Len is the number of problems.
func (l *List) Len() int { return len(l.errs) }

// Errors returns the problems sorted by place, duplicates removed.
func (l *List) Errors() []*Error {
	out := slices.Clone(l.errs)
	slices.SortStableFunc(out, func(a, b *Error) int {
		if c := strings.Compare(a.Pos.File, b.Pos.File); c != 0 {
			return c
		}
		if a.Pos.Line != b.Pos.Line {
			return a.Pos.Line - b.Pos.Line
		}
		return a.Pos.Col - b.Pos.Col
	})
	return slices.CompactFunc(out, func(a, b *Error) bool { return *a == *b })
}

// Err returns the list as an error, or nil if it is empty.
func (l *List) Err() error {
	if len(l.errs) == 0 {
		return nil
	}
	return l
}

// Error prints one problem a line.
func (l *List) Error() string {
	var lines []string
	for _, e := range l.Errors() {
		lines = append(lines, e.Error())
	}
	return strings.Join(lines, "\n")
}
