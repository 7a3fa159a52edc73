package page

import (
	"fmt"
	"strings"
)

// TextColumn is one column of lines, such as a program after a pass.
type TextColumn struct {
	Title, Note string
	Folded      bool // shown as a narrow strip until it is clicked
	Lines       []Line
}

// Line is one line of text, in pieces.
type Line struct {
	Depth  int // of indentation
	Pieces []Piece
	Old    bool // stands in the column before as well
	New    bool // does not
}

// Piece is a stretch of a line: plain, or the name of a value, which lights up wherever it stands.
type Piece struct {
	Text  string
	Value string // what identifies the value; empty for plain text
}

// Columns shows texts side by side.
func Columns(columns ...TextColumn) Node {
	box := El("div").Class("columns")
	for _, c := range columns {
		text := El("div").Class("text").With("tabindex", "0")
		for _, l := range c.Lines {
			text = text.Append(l.node())
		}
		section := El("section", El("header", TextEl("b", c.Title), TextEl("small", c.Note)).With("title", "click to fold"), text)
		if c.Folded {
			section = section.Class("folded")
		}
		box = box.Append(section)
	}
	return box
}

// deepest is the last level of indentation that the style knows; what is deeper is shown there.
const deepest = 12

func (l Line) node() Node {
	div := El("div").Class(strings.Join(l.classes(), " "))
	if len(l.Pieces) == 0 {
		return div.Append(Text("\u00a0")) // keeps its height
	}
	for _, p := range l.Pieces {
		if p.Value == "" {
			div = div.Append(Text(p.Text))
		} else {
			div = div.Append(TextEl("span", p.Text).With("data-value", p.Value))
		}
	}
	return div
}

func (l Line) classes() []string {
	out := []string{fmt.Sprintf("d%d", min(l.Depth, deepest))}
	switch {
	case l.New:
		out = append(out, "new")
	case l.Old:
		out = append(out, "same")
	}
	return out
}
