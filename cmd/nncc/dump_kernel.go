package main

import (
	"errors"
	"regexp"
	"slices"
	"strings"

	"nncc/backends"
	"nncc/backends/all"
	"nncc/codegen"
	"nncc/codegen/loopir"
	"nncc/codegen/lower"
	"nncc/codegen/plan"
	"nncc/codegen/sched"
)

// Values in the texts of a kernel.
var (
	declaration   = regexp.MustCompile(`\b(?:let|reg|for|unroll|temp|carry)\s+(\w+)|\b(\w+):`)
	identifier    = regexp.MustCompile(`[A-Za-z_]\w*`)
	llvmNames     = names{word: regexp.MustCompile(`%([\w.$-]+)`)}
	registerNames = names{word: regexp.MustCompile(`%?\b[xyz](mm\d+)\b|%?\br(?:[a-d]x|[sd]i|[sb]p|\d+)\b`)}
)

// loopNames are what a text of the loop IR declares.
func loopNames(text string) names {
	n := names{word: identifier, known: map[string]bool{}}
	for _, m := range declaration.FindAllStringSubmatch(text, -1) {
		n.known[m[1]], n.known[m[2]] = true, true
	}
	delete(n.known, "")
	return n
}

// kernelStages follows one kernel, named by itself or by the layer that it computes, from loop IR to what isa's backend makes.
func kernelStages(s *session, isa, name string) (kernel string, stages []stage, err error) {
	target, _ := sched.LookupTarget(isa)
	pl, err := codegen.Lower(s.graph, target, new(lower.Packs), s.options(codegen.Options{Layers: true}))
	if err != nil {
		return "", nil, err
	}
	f, err := findKernel(pl, name)
	if err != nil {
		return "", nil, err
	}
	machine, _ := backends.TargetFor(isa)
	promoted := loopir.PromoteAll([]*loopir.Func{f}, machine.Unroll)[0]
	for _, st := range []stage{
		{title: "lowered", note: "loop IR, with register tiles", text: f.String()},
		{title: "promoted", note: "loop IR, unrolled, with values in place of tiles", text: promoted.String()},
	} {
		st.names = loopNames(st.text)
		stages = append(stages, st)
	}
	code, err := codeStages(promoted, isa, stages[1].names)
	return f.Name, append(stages, code...), err
}

// findKernel looks for a kernel by its name or by its layer's.
func findKernel(pl *plan.Plan, name string) (*loopir.Func, error) {
	for i, l := range pl.Variant.Layers {
		if f := pl.Funcs[pl.Variant.Step[i].Kernel]; name == l.Name || name == f.Name {
			return f, nil
		}
	}
	var known []string
	for _, f := range pl.Funcs {
		known = append(known, f.Name)
	}
	return nil, usagef("there is no kernel or layer %q; the kernels are %s", name, list(known))
}

// codeStages is what the backend for isa makes of a promoted kernel: nothing where there is no such backend here.
func codeStages(f *loopir.Func, isa string, loop names) ([]stage, error) {
	usable, missing := all.Available()
	b, target := backendOf(usable, isa), backends.Target{}
	if b == nil {
		problem := "no backend compiles for " + isa + " here"
		if err := errors.Join(missing...); err != nil {
			problem = err.Error()
		}
		return []stage{{title: "code", note: "not available", text: problem, names: registerNames}}, nil
	}
	target, _ = backends.TargetFor(isa)
	obj, err := b.Compile([]*loopir.Func{f}, target, backends.Options{KeepLLVM: true, KeepAsm: true})
	if err != nil {
		return nil, err
	}
	var out []stage
	for _, st := range []stage{
		{title: levelLLVM, note: "LLVM IR", names: llvmNames},
		{title: levelAsm, note: "assembly", names: registerNames},
		{title: levelGo, note: "Go source", names: names{identifier, loop.known}},
	} {
		if st.text = obj.Text[st.title]; st.text != "" {
			st.text = withoutDirectives(st.text)
			out = append(out, st)
		}
	}
	return out, nil
}

// withoutDirectives leaves out the assembler's directives that are about files and sections rather than code.
func withoutDirectives(text string) string {
	lines := strings.Split(strings.ReplaceAll(text, "\t", "    "), "\n")
	lines = slices.DeleteFunc(lines, func(l string) bool {
		word, _, _ := strings.Cut(strings.TrimSpace(l), " ")
		return slices.Contains([]string{".text", ".file", ".section", ".globl", ".type", ".size", ".ident", ".addrsig"}, word)
	})
	return strings.Join(lines, "\n")
}
