package main

import (
	"slices"
	"strings"

	"nncc/backends"
	"nncc/codegen"
	"nncc/codegen/loopir"
	"nncc/codegen/plan"
	"nncc/ir"
)

// emitForms are the values of --emit: the optimised graph, and the kernels on their way to machine code.
var emitForms = []string{"ir", "loop", "llvm", "asm"}

// emitFolder is below the package's folder, so that Go does not assemble what is in it.
const emitFolder = "emit/"

// intermediates collects what --emit asks for while a program is compiled.
type intermediates struct {
	wanted []string
	files  map[string][]byte
	err    error
}

// hook is for codegen.Options.Emit; nil where nothing is wanted of it, as text costs time.
func (e *intermediates) hook() func(*plan.Plan, *backends.Object) {
	if !slices.ContainsFunc(e.wanted, func(form string) bool { return form != "ir" }) {
		return nil
	}
	return func(p *plan.Plan, obj *backends.Object) {
		e.add("loop", p.Prefix+p.Variant.ISA+".loop", func(b *strings.Builder) error { return loopir.Print(b, p.Funcs...) })
		for form, extension := range map[string]string{"llvm": ".ll", "asm": ".s"} {
			if text := obj.Text[form]; text != "" {
				e.add(form, p.Prefix+p.Variant.ISA+extension, func(b *strings.Builder) error {
					_, err := b.WriteString(text)
					return err
				})
			}
		}
	}
}

// graph adds an optimised graph; larger constants are left out.
func (e *intermediates) graph(p codegen.Part) {
	e.add("ir", p.Prefix+"graph.nnir", func(b *strings.Builder) error { return ir.Print(b, p.Graph, ir.PrintOptions{Short: true}) })
}

func (e *intermediates) add(form, name string, print func(b *strings.Builder) error) {
	if e.err != nil || !slices.Contains(e.wanted, form) {
		return
	}
	var b strings.Builder
	e.err = print(&b)
	e.files[emitFolder+name] = []byte(b.String())
}
