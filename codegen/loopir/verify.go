package loopir

// What Verify checks, beyond the types of every operation (check.go):
//
//   - Names. A value is defined once, before its uses, in their block or one around it; register tiles likewise. Variables
//     in index expressions belong to the grid or to a loop around. Buffers are parameters or scratch of this function.
//   - Loops. Steps are positive. The bounds of an unrolled loop depend on variables of unrolled loops only, and the nest
//     expands to a bounded number of copies. What a loop carries, yields and results in has one type each.
//   - Register tiles. Indices depend on variables of unrolled loops only, and their ranges lie inside the tile. Promoted
//     functions have no tiles and no loops to unroll.
//   - Memory. Every load and store lies inside its buffer (bounds.go), whatever the variables are; with a count, as far as
//     lanes below it reach. Stores go to mutable buffers. The first index of a batched buffer is the grid's batch variable and
//     nothing else; the others stay inside one sample. Code that provably never runs may address anything.
//   - Matrix registers. They are read after they were written, in the same block or one around it. Who uses them calls no
//     other function, as that one may use them too.
//   - Calls. No function reaches itself. Arguments have the parameters' element kinds, are mutable where those are, and hold
//     at least as many elements from the given index on. What the callee stores to through one argument it does
//     not see through another.
//
// That grid iterations are independent of one another is not checked.

import (
	"fmt"
	"slices"
	"strings"

	"nncc/ir/diag"
)

// maxCopies bounds how often the body of unrolled loops may be repeated.
const maxCopies = 1 << 16

// Verify checks f, but not the functions it calls. The error is a *diag.List of all problems, whose places are f's name
// and lines of f.String().
func Verify(f *Func) error { return verify(f, false) }

// VerifyPromoted checks f like Verify, and that it has no register tiles and no loops to unroll.
func VerifyPromoted(f *Func) error { return verify(f, true) }

func verify(f *Func, promoted bool) error {
	v := newVerifier(f, promoted)
	v.verify()
	return v.errs.Err()
}

func newVerifier(f *Func, promoted bool) *verifier {
	return &verifier{f: f, promoted: promoted, scope: NewScope(f), state: map[any]nameState{}, bufs: map[*Buffer]bool{}, touched: map[*Buffer]span{}, copies: 1}
}

func (v *verifier) verify() {
	v.header()
	if v.errs.Len() == 0 { // addresses in buffers without a size mean nothing
		v.body(v.f.Body)
	}
}

type verifier struct {
	f        *Func
	promoted bool
	errs     diag.List
	scope    *Scope
	state    map[any]nameState // of values and register tiles
	visible  []any             // among those, in order of definition
	bufs     map[*Buffer]bool
	touched  map[*Buffer]span // of a sample
	copies   int              // of the code at this place, once unrolled
	matrices [Matrices]bool   // that hold something at this place
	dead     int              // loops around that never run
	at       Stmt             // being checked; nil in the header
	printed  *printer
}

type nameState uint8

const (
	isVisible nameState = iota + 1
	wasVisible
)

// fail reports a problem of the statement being checked.
func (v *verifier) fail(format string, args ...any) {
	if v.printed == nil {
		v.printed = newPrinter()
		v.printed.function(v.f)
	}
	pos, in := diag.Pos{File: v.f.Name, Line: 1}, ""
	if v.at != nil {
		pos.Line = v.printed.lines[v.at]
		in = ", in '" + v.printed.text(pos.Line) + "'"
	}
	v.errs.Add(pos, "%s%s", fmt.Sprintf(format, args...), in)
}

// text is line n of what was printed, shortened.
func (p *printer) text(n int) string {
	lines := strings.Split(p.out.String(), "\n")
	const longest = 120
	text := strings.TrimSuffix(strings.TrimSpace(lines[n-1]), " {")
	if len(text) > longest {
		text = text[:longest] + " ..."
	}
	return text
}

// check reports err, if it is one, and whether it was none.
func (v *verifier) check(err error) bool {
	if err != nil {
		v.fail("%v", err)
	}
	return err == nil
}

func (v *verifier) header() {
	for k, bufs := range [][]*Buffer{v.f.Params, v.f.Scratch} {
		for _, b := range bufs {
			if v.bufs[b] {
				v.fail("buffer %s is declared twice", b.Name)
			}
			v.bufs[b] = true
			if err := checkBuffer(b, k == 1); err != nil {
				v.fail("%s: %v", b.Name, err)
			}
		}
	}
	seen := map[*Var]bool{}
	for k, g := range v.f.Grid {
		if seen[g.Var] {
			v.fail("grid variable %s is declared twice", g.Var.Name)
		}
		seen[g.Var] = true
		if g.Count != nil && seen[g.Count] {
			v.fail("grid variable %s is declared twice", g.Count.Name)
		}
		seen[g.Count] = true
		v.check(checkGridDim(g, k))
	}
	v.check(v.f.checkRecursion(nil, map[*Func]bool{}))
}

// checkRecursion looks for a function that reaches itself. chain are the callers of f; done are functions known to be fine.
func (f *Func) checkRecursion(chain []*Func, done map[*Func]bool) error {
	chain = append(chain, f)
	if k := slices.Index(chain, f); k < len(chain)-1 {
		var names []string
		for _, g := range chain[k:] {
			names = append(names, g.Name)
		}
		return fmt.Errorf("recursive call: %s", strings.Join(names, " -> "))
	}
	var err error
	Walk(f.Body, func(s Stmt) {
		if c, ok := s.(*Call); ok && err == nil && !done[c.Func] {
			err = c.Func.checkRecursion(chain, done)
		}
	})
	done[f] = true
	return err
}

// body checks statements in a scope of their own.
func (v *verifier) body(body []Stmt) {
	mark := len(v.visible)
	for _, s := range body {
		v.stmt(s)
	}
	v.hide(mark)
}

func (v *verifier) hide(mark int) {
	for _, thing := range v.visible[mark:] {
		v.state[thing] = wasVisible
	}
	v.visible = v.visible[:mark]
}

// define makes a value or register tile visible.
func (v *verifier) define(thing any, name string) {
	if v.state[thing] != 0 {
		v.fail("%s is defined twice", name)
	}
	v.state[thing] = isVisible
	v.visible = append(v.visible, thing)
}

func (v *verifier) use(thing any, name string) bool {
	switch v.state[thing] {
	case isVisible:
		return true
	case wasVisible:
		v.fail("%s is used outside the block that defines it", name)
	default:
		v.fail("%s is used before it is defined", name)
	}
	return false
}

func (v *verifier) stmt(s Stmt) {
	v.at = s
	switch s := s.(type) {
	case *Let:
		if v.expr(s.X) {
			v.check(checkStmt(s))
		}
		v.define(s.Val, s.Val.Name)
	case *Decl:
		if v.promoted {
			v.fail("register tile left after promotion")
		}
		v.check(checkStmt(s))
		v.define(s.Reg, s.Reg.Name)
	case *Assign:
		ok := v.expr(s.X)
		if v.register(s.Reg, s.Idx) && ok {
			v.check(checkStmt(s))
		}
	case *Store:
		if v.expr(s.X) && v.buffer(s.Buf) && v.check(checkStmt(s)) {
			v.access(memoryAccess{"store", s.Buf, s.Idx, s.X.Type().Lanes, s.Count})
		}
	case *Prefetch:
		if v.buffer(s.Buf) && v.check(checkStmt(s)) && v.indices(s.Idx) {
			v.batchIndex(s.Buf, s.Idx)
		}
	case *MatrixZero, *MatrixLoad, *MatrixDot, *MatrixStore:
		v.matrix(s)
	case *For:
		v.loop(s)
	case *Call:
		v.call(s)
	default:
		v.fail("unknown statement %T", s)
	}
}

func (v *verifier) loop(s *For) {
	ok := v.indices([]Index{s.Lo, s.Hi})
	for _, c := range s.Carried {
		ok = v.expr(c.Init) && ok
	}
	if v.scope.Sees(s.Var) {
		v.fail("loop variable %s is that of a loop around, too", s.Var.Name)
	}
	copies := v.copies
	if s.Unroll {
		v.unroll(s)
	}
	runs := v.scope.Enter(s)
	if !runs {
		v.dead++
	}
	mark, matrices := len(v.visible), v.matrices
	for _, c := range s.Carried {
		v.define(c.Inner, c.Inner.Name)
	}
	for _, inner := range s.Body {
		v.stmt(inner)
	}
	v.at = s
	for _, y := range s.Yield {
		ok = v.expr(y) && ok
	}
	v.hide(mark)
	v.matrices = matrices // the body may never run
	v.scope.Leave()
	if !runs {
		v.dead--
	}
	v.copies = copies
	for _, c := range s.Carried {
		v.define(c.Result, c.Result.Name)
	}
	if ok {
		v.check(checkStmt(s))
	}
}

// unroll checks that Promote can repeat s.
func (v *verifier) unroll(s *For) {
	if v.promoted {
		v.fail("loop to unroll left after promotion")
		return
	}
	for _, bound := range []Index{s.Lo, s.Hi} {
		if name, ok := v.scope.unrolledOnly(bound); !ok {
			v.fail("an unrolled loop needs constant bounds, but depends on %s", name)
			return
		}
	}
	_, span := v.scope.Range(s.Hi.Sub(s.Lo))
	trips := max(1, (span+s.Step-1)/max(s.Step, 1))
	if trips > maxCopies/v.copies {
		v.fail("unrolls into more than %d copies", maxCopies)
		return
	}
	v.copies *= trips
}
