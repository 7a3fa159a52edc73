package page

import (
	"bufio"
	"html"
	"io"
	"strconv"
	"strings"
)

// Node is an element of HTML or SVG, or text. Text and attribute values are escaped when they are written: names out of
// a model may contain anything.
type Node struct {
	tag   string // empty for text
	text  string
	attrs []attr
	kids  []Node
}

type attr struct{ name, value string }

// El is an element with children.
func El(tag string, kids ...Node) Node { return Node{tag: tag, kids: kids} }

// Text is text.
func Text(s string) Node { return Node{text: s} }

// TextEl is an element that holds text.
func TextEl(tag, text string) Node { return El(tag, Text(text)) }

// With is n with one more attribute. The name is the caller's own and not escaped.
func (n Node) With(name, value string) Node {
	n.attrs = append(n.attrs[:len(n.attrs):len(n.attrs)], attr{name, value})
	return n
}

// Class is n with a class attribute.
func (n Node) Class(names string) Node { return n.With("class", names) }

// At is n with numbers for attributes, such as coordinates: At("x", 1, "y", 2) in pairs.
func (n Node) At(pairs ...any) Node {
	for i := 0; i+1 < len(pairs); i += 2 {
		n = n.With(pairs[i].(string), number(pairs[i+1].(float64)))
	}
	return n
}

// number prints coordinates, to a hundredth.
func number(x float64) string {
	return strings.TrimSuffix(strings.TrimRight(strconv.FormatFloat(x, 'f', 2, 64), "0"), ".")
}

// Append is n with further children.
func (n Node) Append(kids ...Node) Node {
	n.kids = append(n.kids[:len(n.kids):len(n.kids)], kids...)
	return n
}

// write puts n into w, which keeps the first error.
func (n Node) write(w *bufio.Writer) {
	if n.tag == "" {
		w.WriteString(escape(n.text))
		return
	}
	w.WriteString("<" + n.tag)
	for _, a := range n.attrs {
		w.WriteString(" " + a.name + `="` + escape(a.value) + `"`)
	}
	w.WriteString(">")
	for _, k := range n.kids {
		k.write(w)
	}
	if n.tag != "img" { // has no end
		w.WriteString("</" + n.tag + ">")
	}
}

func escape(s string) string { return html.EscapeString(strings.ToValidUTF8(s, "\ufffd")) }

// Render writes a fragment.
func Render(w io.Writer, nodes ...Node) error {
	b := bufio.NewWriter(w)
	for _, n := range nodes {
		n.write(b)
	}
	return b.Flush()
}
