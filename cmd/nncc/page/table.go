package page

import "strconv"

// Column is the head of a table's column.
type Column struct {
	Title string
	Help  string // shown on hover
	Left  bool   // text; numbers are to the right
}

// Cell is one field of a table.
type Cell struct {
	Node
	key string // what the column is sorted by
}

// Number is a cell that shows text and is sorted by value.
func Number(text string, value float64) Cell {
	return Cell{Text(text), strconv.FormatFloat(value, 'g', -1, 64)}
}

// Word is a cell of text.
func Word(text string) Cell { return Cell{Text(text), text} }

// Shown is a cell with content of its own, sorted by value.
func Shown(n Node, value float64) Cell { return Cell{n, strconv.FormatFloat(value, 'g', -1, 64)} }

// Table is sorted by a column when its head is clicked.
func Table(columns []Column, rows [][]Cell) Node {
	head := El("tr")
	for _, c := range columns {
		th := El("th", TextEl("button", c.Title)).With("scope", "col")
		if c.Help != "" {
			th = th.With("title", c.Help)
		}
		if c.Left {
			th = th.Class("left")
		}
		head = head.Append(th)
	}
	body := El("tbody")
	for _, row := range rows {
		tr := El("tr")
		for i, c := range row {
			td := El("td", c.Node).With("data-key", c.key)
			if columns[i].Left {
				td = td.Class("left")
			}
			tr = tr.Append(td)
		}
		body = body.Append(tr)
	}
	return El("div", El("table", El("thead", head), body).Class("sortable")).Class("scroll")
}

// Figure is a number with what it counts under it.
type Figure struct{ Value, Label string }

// Figures are shown side by side, large.
func Figures(list ...Figure) Node {
	box := El("dl").Class("figures")
	for _, f := range list {
		box = box.Append(El("div", TextEl("dd", f.Value), TextEl("dt", f.Label)))
	}
	return box
}
