package main

import (
	"fmt"
	"regexp"
	"strings"

	"nncc/cmd/nncc/page"
	"nncc/ir"
	"nncc/ir/passes"
)

// stage is a text in a row of texts, each made of the one before.
type stage struct {
	title, note string
	text        string
	names       names
}

// names finds the values in a text: what matches word and, if given, is known. The value's identity is the first
// parenthesis of word, or all of the match if there is none.
type names struct {
	word  *regexp.Regexp
	known map[string]bool
}

// graphNames are the values of the graph IR, %plain or %"quoted".
var graphNames = names{word: regexp.MustCompile(`%"(?:\\.|[^"\\])*"|%[\w./-]+`)}

// graphStages are the graph as loaded and after each pass.
func (o dumpOptions) graphStages(s *session) ([]stage, error) {
	var out []stage
	add := func(title, note string, g *ir.Graph) error {
		var b strings.Builder
		err := ir.Print(&b, g, ir.PrintOptions{Short: !o.full})
		out = append(out, stage{title, note, b.String(), graphNames})
		return err
	}
	if err := add(afterLoad, "as it was read", s.loaded); err != nil || o.model.fuel == 0 {
		return out, err
	}
	docs := map[string]string{}
	for _, p := range passes.Passes {
		docs[p.Name] = p.Doc
	}
	var failed error
	trace := func(pass string, g *ir.Graph) {
		if err := add(pass, docs[pass], g); err != nil {
			failed = err
		}
	}
	if _, err := s.optimise(passes.Options{Stop: o.after, Trace: trace}, o.model.fuel); err != nil {
		return nil, err
	}
	return out, failed
}

// stagesPage shows stages side by side.
func stagesPage(title, note string, stages []stage) page.Page {
	var columns []page.TextColumn
	var before []string
	for i, st := range stages {
		lines := strings.Split(strings.TrimRight(st.text, "\n"), "\n")
		c := page.TextColumn{Title: st.title, Note: st.note}
		old, changed := lineSet(before), 0
		for _, l := range lines {
			text := strings.TrimSpace(l)
			if !old[text] {
				changed++
			}
			c.Lines = append(c.Lines, page.Line{Depth: depth(l), Pieces: st.names.split(text), Old: old[text], New: i > 0 && !old[text]})
		}
		if changed == len(lines) { // another language: nothing is new in particular
			for j := range c.Lines {
				c.Lines[j].New = false
			}
		}
		if changed == 0 && len(lines) == len(before) {
			c.Title, c.Folded = c.Title+": no change", true
		}
		columns, before = append(columns, c), lines
	}
	return page.Page{Title: title, Wide: true, Body: []page.Node{
		page.TextEl("h1", title), page.TextEl("p", note).Class("quiet"), page.Columns(columns...),
	}}
}

// depth is how far a line is indented, in steps of two columns.
func depth(line string) int { return (len(line) - len(strings.TrimLeft(line, " "))) / 2 }

// lineSet is the set of lines, indentation aside: what moves into a body does not change.
func lineSet(lines []string) map[string]bool {
	set := map[string]bool{}
	for _, l := range lines {
		set[strings.TrimSpace(l)] = true
	}
	return set
}

// split cuts a line into values and what is between them.
func (n names) split(line string) []page.Piece {
	var out []page.Piece
	at := 0
	plain := func(end int) {
		if end > at {
			out = append(out, page.Piece{Text: line[at:end]})
		}
	}
	for _, m := range n.word.FindAllStringSubmatchIndex(line, -1) {
		value := line[m[0]:m[1]]
		if len(m) > 2 && m[2] >= 0 {
			value = line[m[2]:m[3]]
		}
		if n.known != nil && !n.known[value] {
			continue
		}
		plain(m[0])
		out = append(out, page.Piece{Text: line[m[0]:m[1]], Value: value})
		at = m[1]
	}
	plain(len(line))
	return out
}

// writeStages writes the page of --html.
func (o dumpOptions) writeStages(s *session) error {
	const usage = "Point at a value to see where it is; click to keep it lit; click a head to fold its column. Lines that stand in the column before are grey."
	if o.kernel == "" {
		stages, err := o.graphStages(s)
		if err != nil {
			return err
		}
		return writePage(o.html, stagesPage(fmt.Sprintf("%s, pass by pass", s.name()), usage, stages))
	}
	isa, err := s.chooseISA(o.isa)
	if err != nil {
		return err
	}
	if s.graph, err = s.optimise(passes.Options{Stop: o.after}, o.model.fuel); err != nil {
		return err
	}
	name, stages, err := kernelStages(s, isa, o.kernel)
	if err != nil {
		return err
	}
	return writePage(o.html, stagesPage(fmt.Sprintf("%s of %s for %s", name, s.name(), isa), usage, stages))
}
