package loopir

import (
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Print writes functions as a module that Parse reads: each with the functions it calls before it, each once.
// Names that collide get suffixes; two different functions of one name cannot be told apart in the text.
func Print(w io.Writer, funcs ...*Func) error {
	seen := map[*Func]bool{}
	var texts []string
	for _, f := range funcs {
		for _, g := range append(f.Callees(), f) {
			if !seen[g] {
				seen[g] = true
				texts = append(texts, g.String())
			}
		}
	}
	_, err := io.WriteString(w, strings.Join(texts, "\n"))
	return err
}

// String is f in the text form, without the functions it calls.
func (f *Func) String() string {
	p := newPrinter()
	p.function(f)
	return p.out.String()
}

// Fingerprint is the text of f, whatever its name, and of the functions it calls. Functions of one fingerprint are the same code.
// It is kept: after that, only the name of f may change. No two goroutines may ask for that of one function at once.
func (f *Func) Fingerprint() string {
	if f.fingerprint == "" {
		f.fingerprint = f.nameless()
	}
	return f.fingerprint
}

func (f *Func) nameless() string {
	var b strings.Builder
	for _, c := range f.Callees() {
		b.WriteString(c.String())
	}
	unnamed := *f
	unnamed.Name = "kernel"
	b.WriteString(unnamed.String())
	return b.String()
}

const (
	wrapCols    = 120 // lists of a header go on in the next line beyond this column
	oneLineCols = 110 // a loop with a single statement stays on one line up to this column
)

// printer writes one function and knows where it is on the page.
type printer struct {
	*namer
	out       strings.Builder
	line, col int          // of what is written next, from 1 and 0
	lines     map[Stmt]int // the line each statement starts on
}

func newPrinter() *printer {
	return &printer{namer: newNamer(), line: 1, lines: map[Stmt]int{}}
}

func (p *printer) write(parts ...string) {
	for _, s := range parts {
		p.out.WriteString(s)
		p.line += strings.Count(s, "\n")
		p.col += len(s)
		if k := strings.LastIndexByte(s, '\n'); k >= 0 {
			p.col = len(s) - k - 1
		}
	}
}

// list writes items between open and end, wrapped, with the following lines indented.
func (p *printer) list(open string, items []string, end string, indent int) {
	p.write(open)
	for k, item := range items {
		if k > 0 {
			p.write(",")
			if p.col+len(item) > wrapCols {
				p.write("\n", strings.Repeat("  ", indent+2))
			} else {
				p.write(" ")
			}
		}
		p.write(item)
	}
	p.write(end)
}

func (p *printer) function(f *Func) {
	params, scratch := p.buffers(f.Params, true), p.buffers(f.Scratch, false)
	var grid []string
	for _, g := range f.Grid {
		dim := p.define(g.Var, g.Var.Name) + ": " + dimString(g.Extent)
		if g.Count != nil {
			dim += fmt.Sprintf(" by %d as %s", g.Group, p.define(g.Count, g.Count.Name))
		}
		grid = append(grid, dim)
	}
	clause := " "
	if textLen(params)+textLen(scratch)+textLen(grid) > wrapCols-len(f.Name)-len("func () scratch() grid() {") {
		clause = "\n    "
	}
	p.write("func ", identifier(f.Name))
	p.list("(", params, ")", 0)
	if len(scratch) > 0 {
		p.list(clause+"scratch(", scratch, ")", 0)
	}
	if len(grid) > 0 {
		p.list(clause+"grid(", grid, ")", 0)
	}
	p.write(" {\n")
	p.body(f.Body, nil, 1)
	p.write("}\n")
}

// textLen is the length of a list with its commas.
func textLen(items []string) int { return len(strings.Join(items, ", ")) }

func (p *printer) buffers(bufs []*Buffer, showMutable bool) []string {
	var out []string
	for _, b := range bufs {
		var dims []string
		for _, d := range b.Dims {
			dims = append(dims, dimString(d))
		}
		mut := ""
		if b.Mutable && showMutable {
			mut = "mut "
		}
		out = append(out, fmt.Sprintf("%s: %s%v[%s]", p.define(b, b.Name), mut, b.Elem, strings.Join(dims, ", ")))
	}
	return out
}

func dimString(d int) string {
	if d == Batch {
		return "*"
	}
	return strconv.Itoa(d)
}

// body writes statements and, where loop carries values, what it yields.
func (p *printer) body(body []Stmt, loop *For, indent int) {
	mark := p.mark()
	defer p.release(mark)
	for _, s := range body {
		p.write(strings.Repeat("  ", indent))
		p.stmt(s, indent)
		p.write("\n")
	}
	if loop != nil && len(loop.Carried)+len(loop.Yield) > 0 {
		p.write(strings.Repeat("  ", indent))
		p.list("yield(", p.exprs(loop.Yield), ")", indent)
		p.write("\n")
	}
}

func (p *printer) stmt(s Stmt, indent int) {
	p.lines[s] = p.line
	switch s := s.(type) {
	case *For:
		p.loop(s, indent)
	case *Call:
		var args []string
		for _, a := range s.Args {
			args = append(args, p.view(a))
		}
		p.write("call ", identifier(s.Func.Name))
		p.list("(", args, ")", indent)
	default:
		p.write(p.simple(s))
	}
}

// simple is a statement that fits on a line.
func (p *printer) simple(s Stmt) string {
	switch s := s.(type) {
	case *Let:
		x := p.expr(s.X, anyPrec)
		return "let " + p.define(s.Val, s.Val.Name) + " = " + x
	case *Decl:
		dims := ""
		if len(s.Reg.Dims) > 0 {
			dims = strings.ReplaceAll(fmt.Sprint(s.Reg.Dims), " ", ", ")
		}
		return fmt.Sprintf("reg %s: %v%s", p.define(s.Reg, s.Reg.Name), s.Reg.Type, dims)
	case *Assign:
		return p.register(s.Reg, s.Idx) + " = " + p.expr(s.X, anyPrec)
	case *Store:
		return "store " + p.element(s.Buf, s.Idx) + p.count(s.Count) + " = " + p.expr(s.X, anyPrec)
	case *Prefetch:
		return "prefetch " + p.element(s.Buf, s.Idx)
	case *MatrixZero:
		return fmt.Sprintf("mzero %d", s.M)
	case *MatrixLoad:
		return fmt.Sprintf("mload %d = %s by %d", s.M, p.element(s.Buf, s.Idx), s.Pitch)
	case *MatrixDot:
		return fmt.Sprintf("mdot %d, %d, %d", s.Acc, s.A, s.B)
	case *MatrixStore:
		return fmt.Sprintf("mstore %s by %d = %d", p.element(s.Buf, s.Idx), s.Pitch, s.M)
	}
	return fmt.Sprintf("%T", s)
}

func (p *printer) loop(s *For, indent int) {
	word := "for "
	if s.Unroll {
		word = "unroll "
	}
	lo, hi := p.index(s.Lo), p.index(s.Hi)
	inits := make([]string, len(s.Carried))
	for k, c := range s.Carried {
		inits[k] = p.expr(c.Init, anyPrec)
	}
	// Results are named before the scope of the body opens: nothing inside then reads like one of them.
	results := make([]string, len(s.Carried))
	for k, c := range s.Carried {
		results[k] = p.define(c.Result, c.Result.Name)
	}
	mark := p.mark()
	defer p.release(mark)
	p.write(word, p.define(s.Var, s.Var.Name), " = ", lo, " to ", hi)
	if s.Step != 1 {
		p.write(" step ", strconv.Itoa(s.Step))
	}
	if len(s.Carried) > 0 {
		for k, c := range s.Carried {
			inits[k] = p.define(c.Inner, c.Inner.Name) + " = " + inits[k]
		}
		p.list(" carry(", inits, ")", indent)
		p.list(" -> (", results, ")", indent)
	}
	if p.oneLine(s) {
		return
	}
	p.write(" {\n")
	p.body(s.Body, s, indent+1)
	p.write(strings.Repeat("  ", indent), "}")
}

// oneLine writes the body of a loop over a single short statement, and reports whether it was one.
func (p *printer) oneLine(s *For) bool {
	if len(s.Body) != 1 || len(s.Carried)+len(s.Yield) > 0 {
		return false
	}
	switch s.Body[0].(type) {
	case *For, *Call:
		return false
	}
	mark := p.mark()
	text := p.simple(s.Body[0])
	p.release(mark)
	if p.col+len(text)+len(" {  }") > oneLineCols {
		return false
	}
	p.lines[s.Body[0]] = p.line
	p.write(" { ", text, " }")
	return true
}

func (p *printer) exprs(xs []Expr) []string {
	out := make([]string, len(xs))
	for k, x := range xs {
		out[k] = p.expr(x, anyPrec)
	}
	return out
}

func (n *namer) view(v View) string {
	if v.Idx == nil {
		return n.of(v.Buf, v.Buf.Name)
	}
	return n.element(v.Buf, v.Idx)
}

func (n *namer) element(b *Buffer, idx []Index) string {
	return n.of(b, b.Name) + "[" + n.indices(idx) + "]"
}

func (n *namer) register(r *Reg, idx []Index) string {
	name := n.of(r, r.Name)
	if len(idx) == 0 {
		return name
	}
	return name + "[" + n.indices(idx) + "]"
}

// count is the clause that limits a load or store to its first lanes.
func (n *namer) count(c *Index) string {
	if c == nil {
		return ""
	}
	text := n.index(*c)
	if _, isConst := c.IsConst(); !isConst && !isVariable(*c) && !isMinMax(*c) {
		text = "(" + text + ")"
	}
	return " count " + text
}
