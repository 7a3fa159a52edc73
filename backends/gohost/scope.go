package gohost

import (
	"github.com/dave/jennifer/jen"
)

// scope is a region in which a set of variables keeps its values: the whole call, one chunk, one iteration of a loop.
// Integer arithmetic that needs no deeper variable is emitted into hoisted, once, and runs before anything else in
// the region; the Go compiler has no pass that would move it there.
type scope struct {
	hoisted, body []jen.Code
	memo          map[string]operand
}

// open starts a scope.
func (e *emitter) open() { e.scopes = append(e.scopes, &scope{memo: map[string]operand{}}) }

// close ends the innermost scope and returns its statements.
func (e *emitter) close() []jen.Code {
	s := e.scopes[len(e.scopes)-1]
	e.scopes = e.scopes[:len(e.scopes)-1]
	return append(s.hoisted, s.body...)
}

// depth is the number of the innermost scope.
func (e *emitter) depth() int { return len(e.scopes) - 1 }

// emit adds a statement to the innermost scope.
func (e *emitter) emit(s jen.Code) {
	top := e.scopes[e.depth()]
	top.body = append(top.body, s)
}

// hoist is the variable that holds what make returns, computed in the scope at depth, at most once per scope and key.
func (e *emitter) hoist(depth int, key, base string, make func() operand) operand {
	s := e.scopes[depth]
	if v, ok := s.memo[key]; ok {
		return v
	}
	x := make()
	if x.form != name && x.form != literal {
		id := e.fresh(base)
		s.hoisted = append(s.hoisted, jen.Id(id).Op(":=").Add(x.code))
		x = named(id)
	}
	s.memo[key] = x
	return x
}

// bind gives x a name, unless it has one or is a constant, so that it can be used more than once.
func (e *emitter) bind(base string, x operand) operand {
	if x.form == name || x.form == literal {
		return x
	}
	id := e.fresh(base)
	e.emit(jen.Id(id).Op(":=").Add(x.code))
	return named(id)
}
