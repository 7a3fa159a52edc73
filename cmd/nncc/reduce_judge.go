package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"

	"nncc/codegen/sched"
	"nncc/ir"
	"nncc/ir/passes"
)

// failure is what is wrong with a model.
type failure struct {
	Kind    string `json:"kind"` // wrong: a tensor is; error: it is not compiled; panic: the compiler is wrong; test: the user's program says so
	Stage   string `json:"stage"`
	Backend string `json:"backend"`
	ISA     string `json:"isa"`
	Value   string `json:"value,omitempty"` // the first wrong tensor
	Node    string `json:"node,omitempty"`
	Op      string `json:"op,omitempty"`
	Message string `json:"message"`
}

// Kinds of failure.
const (
	kindWrong = "wrong"
	kindError = "error"
	kindPanic = "panic"
	kindTest  = "test"
)

// variable is what differs between two messages about the same: names and numbers.
var variable = regexp.MustCompile(`"[^"]*"|%[\w./-]+|\b[\w./]*[0-9][\w./]*\b`)

// same reports whether two failures have one cause, as far as one can tell.
func (f *failure) same(g *failure) bool {
	if f == nil || g == nil || f.Kind != g.Kind || f.Stage != g.Stage || f.Backend != g.Backend || f.ISA != g.ISA {
		return false
	}
	return f.Kind == kindWrong || f.Kind == kindTest || variable.ReplaceAllString(f.Message, "_") == variable.ReplaceAllString(g.Message, "_")
}

func (f *failure) String() string {
	where := f.Stage
	if f.Backend != "" {
		where += " of " + f.Backend
	}
	if f.ISA != "" && f.ISA != f.Backend {
		where += "/" + f.ISA
	}
	switch f.Kind {
	case kindTest:
		return f.Message
	case kindWrong:
		return fmt.Sprintf("%s: value %q of node %q (%s) is wrong: %s", where, f.Value, f.Node, f.Op, f.Message)
	}
	return fmt.Sprintf("%s: %s: %s", where, f.Kind, f.Message)
}

// judge says what is wrong with graphs.
type judge struct {
	path    string
	fault   fault
	fuel    int
	compare compareOptions
	test    string // a program that decides instead, or empty
	passes  bool   // look at the graph passes alone

	precision sched.Precision
}

// session is one for a graph.
func (j judge) session(g *ir.Graph) *session {
	return &session{path: j.path, loaded: g, fault: j.fault, precision: j.precision}
}

// failure compiles and compares g as diff does, and returns the first thing that is wrong, or nil.
func (j judge) failure(g *ir.Graph) (f *failure) {
	if j.test != "" {
		return j.runTest(g)
	}
	at := failure{Stage: "passes"}
	defer func() {
		if p := recover(); p != nil {
			at.Kind, at.Message = kindPanic, fmt.Sprint(p)
			f = &at
		}
	}()
	s := j.session(g)
	var err error
	if s.graph, err = s.optimise(passes.Options{}, j.fuel); err != nil {
		at.Kind, at.Message = kindError, err.Error()
		return &at
	}
	if j.passes {
		return nil
	}
	d := &differ{session: s, fuel: j.fuel, seed: j.compare.seed}
	for _, backend := range j.compare.chosen() {
		at = failure{Stage: "compile", Backend: backend}
		findings, err := d.backend(backend, j.compare.isas)
		if err != nil && canFallBack(err) {
			continue
		}
		if err != nil {
			at.Kind, at.Message = kindError, err.Error()
			return &at
		}
		for _, f := range findings {
			if !f.OK {
				return &failure{kindWrong, f.Stage, f.Backend, f.ISA, f.Value, f.Node, f.Op, f.Detail}
			}
		}
	}
	return nil
}

// narrowed judges by the stage that failed and no other.
func (j judge) narrowed(f *failure) judge {
	j.passes = f.Backend == ""
	if f.Backend != "" {
		j.compare.backends = []string{f.Backend}
	}
	if f.ISA != "" && f.ISA != f.Backend {
		j.compare.isas = []string{f.ISA}
	}
	return j
}

// runTest runs the user's program on a file with g: its exit code is 0 if what the user looks for is there.
func (j judge) runTest(g *ir.Graph) *failure {
	dir, err := os.MkdirTemp("", "nncc-reduce")
	if err != nil {
		return nil
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "model.nnir")
	if writeGraph(file, g) != nil || exec.Command(j.test, file).Run() != nil {
		return nil
	}
	return &failure{Kind: kindTest, Message: j.test + " holds"}
}
