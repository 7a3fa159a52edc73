package ir

import (
	"bufio"
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"
)

// PrintOptions changes the text form.
type PrintOptions struct {
	Short bool // leave out the numbers of larger constants; such text is for reading and does not parse
}

// Print writes the text form of g, which Parse turns into the same graph: attributes that have their default value
// are left out, the results' types are noted.
func Print(w io.Writer, g *Graph, o PrintOptions) error {
	p := &printer{w: bufio.NewWriter(w), short: o.Short}
	p.graph(g)
	return p.w.Flush()
}

// String is the whole text form.
func (g *Graph) String() string {
	var s strings.Builder
	Print(&s, g, PrintOptions{}) // a Builder takes every write
	return s.String()
}

type printer struct {
	w      *bufio.Writer
	short  bool
	indent string
}

func (p *printer) line(format string, args ...any) {
	p.w.WriteString(p.indent)
	fmt.Fprintf(p.w, format, args...)
	p.w.WriteByte('\n')
}

func (p *printer) graph(g *Graph) {
	name := g.Name
	if !plainWord(name) {
		name = strconv.Quote(name)
	}
	if g.Batched {
		name += " batched"
	}
	p.line("graph %s {", name)
	p.indent += "  "
	p.meta(&g.Meta)
	p.statements(g)
	p.indent = p.indent[2:]
	p.line("}")
}

func (p *printer) meta(m *Meta) {
	if m.License != "" {
		p.line("license %q", m.License)
	}
	if m.Provenance != "" {
		p.line("provenance %q", m.Provenance)
	}
	if len(m.Classes) > 0 {
		quoted := make([]string, len(m.Classes))
		for i, c := range m.Classes {
			quoted[i] = strconv.Quote(c)
		}
		p.line("classes [%s]", strings.Join(quoted, ", "))
	}
	if m.Preprocess != nil {
		p.line("preprocess {%s}", preprocessText(m.Preprocess))
	}
}

func preprocessText(m *Preprocess) string {
	parts := []string{"scale = " + floatText(m.Scale, 64)}
	for _, l := range []struct {
		name string
		list []float64
	}{{"mean", m.Mean}, {"std", m.Std}} {
		if len(l.list) > 0 {
			numbers := make([]string, len(l.list))
			for i, v := range l.list {
				numbers[i] = floatText(v, 64)
			}
			parts = append(parts, l.name+" = ["+strings.Join(numbers, ", ")+"]")
		}
	}
	if m.Order != "" {
		parts = append(parts, "order = "+strconv.Quote(m.Order))
	}
	return strings.Join(parts, ", ")
}

// statements prints what is between a graph's braces, or a body's.
func (p *printer) statements(g *Graph) {
	for _, v := range g.Inputs {
		p.line("input %s: %v", quoteName(v.Name), v.Type)
	}
	for _, s := range g.States {
		p.state(s)
	}
	for _, v := range g.Constants() {
		p.line("const %s: %v = %s", quoteName(v.Name), v.Type, constText(v.Const, p.short))
	}
	for _, n := range g.Nodes {
		p.node(n)
	}
	for _, o := range g.Outputs {
		if o.Name == o.Value.Name {
			p.line("output %s", quoteName(o.Name))
		} else {
			p.line("output %s as %q", quoteName(o.Value.Name), o.Name)
		}
	}
	for _, s := range g.States {
		if s.Out != s.In {
			p.line("next %s = %s", quoteName(s.In.Name), quoteName(s.Out.Name))
		}
	}
}

func (p *printer) state(s State) {
	text := fmt.Sprintf("state %s: %v = %s", quoteName(s.In.Name), s.In.Type, constText(s.Init, p.short))
	if s.Name != s.In.Name {
		text += " as " + strconv.Quote(s.Name)
	}
	p.line("%s", text)
}

func (p *printer) node(n *Node) {
	results, types := make([]string, len(n.Outputs)), make([]string, len(n.Outputs))
	for i, v := range n.Outputs {
		results[i], types[i] = quoteName(v.Name), v.Type.String()
	}
	inputs := make([]string, len(n.Inputs))
	for i, v := range n.Inputs {
		inputs[i] = "none"
		if v != nil {
			inputs[i] = quoteName(v.Name)
		}
	}
	text := fmt.Sprintf("%s = %s(%s)", strings.Join(results, ", "), n.Op.Name, strings.Join(inputs, ", "))
	if attrs := attrsText(n); attrs != "" {
		text += " {" + attrs + "}"
	}
	if len(n.Outputs) == 0 || n.Name != n.Outputs[0].Name {
		text += " @" + strconv.Quote(n.Name)
	}
	text += " : " + strings.Join(types, ", ")
	if n.Body == nil {
		p.line("%s", text)
		return
	}
	p.line("%s body {", text)
	p.indent += "  "
	p.statements(n.Body)
	p.indent = p.indent[2:]
	p.line("}")
}

func attrsText(n *Node) string {
	var parts []string
	for i := range n.Op.Attrs {
		def := &n.Op.Attrs[i]
		value, ok := n.Attrs[def.Name]
		byDefault := def.Default
		if def.DefaultFor != nil && len(n.Inputs) > 0 && n.Inputs[0] != nil {
			byDefault = def.DefaultFor(n)
		}
		if ok && !reflect.DeepEqual(value, byDefault) {
			parts = append(parts, def.Name+" = "+attrText(value))
		}
	}
	return strings.Join(parts, ", ")
}

func attrText(value any) string {
	switch v := value.(type) {
	case float64:
		return floatText(v, 64)
	case string:
		return strconv.Quote(v)
	case []int:
		return dims(v)
	}
	return fmt.Sprint(value)
}

// floatText is the shortest text that reads back as the same number of that many bits.
func floatText(v float64, bits int) string {
	s := strings.ToLower(strconv.FormatFloat(v, 'g', -1, bits))
	return strings.TrimPrefix(s, "+")
}

// plainWord reports whether s needs no quotes where a word is expected.
func plainWord(s string) bool { return plainName(s) && isLetter(s[0]) }
