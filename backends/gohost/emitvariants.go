package gohost

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/dave/jennifer/jen"

	"nncc/runtime/exec"
	"nncc/runtime/program"
)

// variants adds the tables of all variants of all parts, and the machine code of the native ones.
func (e *packageEmitter) variants() error {
	f := e.file()
	for _, p := range e.parts() {
		all := jen.Id(p.nativeVariants()).Call()
		if v, ok := p.Variant(ISA); ok {
			name := "nncc" + p.name + "Portable"
			all = jen.Append(all, jen.Id(name).Call())
			p.variantFunc(f, name, "the portable kernels", v)
		}
		f.Commentf("%s returns the ways to compute %s, the best first.", p.variants(), p.what())
		f.Func().Id(p.variants()).Params().Index().Op("*").Id("nnccVariant").Block(jen.Return(all))
	}
	arches := map[string]bool{}
	for _, v := range e.program.Variants {
		if v.ISA != ISA {
			arches[v.Arch] = true
		}
	}
	list := slices.Sorted(maps.Keys(arches))
	for _, arch := range list {
		if err := e.native(arch); err != nil {
			return err
		}
	}
	if err := e.otherArches(list); err != nil {
		return err
	}
	return e.render("variants.go", f)
}

// variants is the function that returns the variants of a part, and nativeVariants that which returns those in machine code.
func (p part) variants() string       { return "nncc" + p.name + "Variants" }
func (p part) nativeVariants() string { return "nncc" + p.name + "NativeVariants" }

// what says what a part computes.
func (p part) what() string {
	switch p.name {
	case "Step":
		return "a step of training"
	case "Inference":
		return "the network of a Trainer"
	}
	return "the network"
}

// native adds the variants for one architecture.
func (e *packageEmitter) native(arch string) error {
	f := e.file()
	for _, p := range e.parts() {
		if err := e.nativePart(f, p, arch); err != nil {
			return err
		}
	}
	return e.render("native_"+arch+".go", f)
}

func (e *packageEmitter) nativePart(f *jen.File, p part, arch string) error {
	var list []jen.Code
	for i := range p.Variants {
		v := &p.Variants[i]
		if v.ISA == ISA || v.Arch != arch {
			continue
		}
		if err := e.assembly(p.name, v); err != nil {
			return err
		}
		kernels, _ := used(v)
		function, entries := "nncc"+p.name+title(v.ISA, "Native"), entriesName(p.name, v)
		f.Commentf("%s stores the addresses of the kernels for %s.", entries, v.ISA)
		f.Comment("//go:noescape")
		f.Func().Id(entries).Params(jen.Id("to").Op("*").Index(jen.Lit(len(kernels))).Uintptr())
		p.variantFunc(f, function, "the kernels for "+v.ISA, v)
		list = append(list, jen.Id(function).Call())
	}
	f.Commentf("%s returns the variants in machine code, the best first.", p.nativeVariants())
	f.Func().Id(p.nativeVariants()).Params().Index().Op("*").Id("nnccVariant").Block(
		jen.Return(jen.Index().Op("*").Id("nnccVariant").Values(list...)))
	return nil
}

// otherArches adds the empty lists for the architectures without machine code.
func (e *packageEmitter) otherArches(arches []string) error {
	f := e.file()
	if len(arches) > 0 {
		f.HeaderComment("//go:build !" + strings.Join(arches, " && !"))
	}
	for _, p := range e.parts() {
		f.Commentf("%s returns nothing: there is no machine code for this architecture.", p.nativeVariants())
		f.Func().Id(p.nativeVariants()).Params().Index().Op("*").Id("nnccVariant").Block(jen.Return(jen.Nil()))
	}
	return e.render("native_other.go", f)
}

// variantFunc adds a function that returns v.
func (p part) variantFunc(f *jen.File, name, what string, v *program.Variant) {
	kernels, number := used(v)
	var body, table []jen.Code
	for i, k := range kernels {
		d := fields{}
		d.add("Name", jen.Lit(k.Name), true)
		d.add("Go", jen.Id(k.Name), v.ISA == ISA)
		d.add("Entry", jen.Id("entries").Index(jen.Lit(i)), v.ISA != ISA)
		d.int("StackBytes", k.StackBytes)
		table = append(table, jen.Values(d...))
	}
	if v.ISA != ISA {
		body = append(body,
			jen.Var().Id("entries").Index(jen.Lit(len(kernels))).Uintptr(),
			jen.Id(entriesName(p.name, v)).Call(jen.Op("&").Id("entries")))
	}
	d := fields{}
	d.add("ISA", jen.Lit(v.ISA), true)
	d.add("Features", stringList(v.Features), len(v.Features) > 0)
	d.add("Kernels", jen.Index().Id("nnccKernel").Values(lines(table)...), true)
	d.add("Init", launches(v.Init, number), len(v.Init) > 0)
	d.add("Step", launches(v.Step, number), true)
	d.int("ArenaBytes", v.ArenaBytes)
	d.int("DerivedBytes", v.DerivedBytes)
	d.int("ScratchBytes", v.ScratchBytes)
	d.add("Inputs", ports(v.Inputs), true)
	d.add("Outputs", ports(v.Outputs), true)
	d.add("States", ports(v.States), len(v.States) > 0)
	d.add("ConstBytes", jen.Id("nnccConstBytes").Call(), true)
	f.Commentf("%s is the variant of %s.", name, what)
	f.Func().Id(name).Params().Op("*").Id("nnccVariant").Block(append(body, jen.Return(jen.Op("&").Id("nnccVariant").Values(lines(d)...)))...)
}

// fields are the keyed elements of a struct literal, in order.
type fields []jen.Code

// add appends a field, if it is not the zero value.
func (f *fields) add(name string, value jen.Code, set bool) {
	if set {
		*f = append(*f, jen.Id(name).Op(":").Add(value))
	}
}

func (f *fields) int(name string, n int) { f.add(name, jen.Lit(n), n != 0) }

func stringList(list []string) *jen.Statement {
	var out []jen.Code
	for _, s := range list {
		out = append(out, jen.Lit(s))
	}
	return jen.Index().String().Values(out...)
}

// lines puts each value on a line of its own.
func lines(values []jen.Code) []jen.Code {
	out := make([]jen.Code, 0, len(values)+1)
	for _, v := range values {
		out = append(out, jen.Line().Add(v))
	}
	return append(out, jen.Line())
}

func launches(list []exec.Launch, number map[int]int) *jen.Statement {
	var out []jen.Code
	for _, l := range list {
		var args []jen.Code
		for _, a := range l.Args {
			args = append(args, argument(a))
		}
		d := fields{}
		d.add("Name", jen.Lit(l.Name), true)
		d.int("Kernel", number[l.Kernel])
		d.add("Args", jen.Index().Id("nnccArg").Values(args...), true)
		d.int("Chunks", l.Chunks)
		d.int("Group", l.Group)
		d.int("Grain", l.Grain)
		d.int("MaxThreads", l.MaxThreads)
		d.add("FLOPs", jen.Id(fmt.Sprint(l.FLOPs)), l.FLOPs != 0)
		out = append(out, jen.Values(d...))
	}
	return jen.Index().Id("nnccLaunch").Values(lines(out)...)
}

func argument(a exec.Arg) *jen.Statement {
	d := fields{}
	d.add("Space", jen.Id("nnccSpaceConst"), a.Space == exec.SpaceConst)
	d.add("Space", jen.Id("nnccSpaceDerived"), a.Space == exec.SpaceDerived)
	d.int("Index", a.Index)
	d.int("OffsetBytes", a.OffsetBytes)
	d.int("WithinBytes", a.WithinBytes)
	return jen.Values(d...)
}

func ports(list []exec.Port) *jen.Statement {
	var out []jen.Code
	for _, p := range list {
		d := fields{}
		d.add("Name", jen.Lit(p.Name), true)
		d.int("OffsetBytes", p.OffsetBytes)
		d.int("ElemBytes", p.ElemBytes)
		d.int("Elems", p.Elems)
		d.add("Batched", jen.True(), p.Batched)
		out = append(out, jen.Values(d...))
	}
	return jen.Index().Id("nnccPort").Values(lines(out)...)
}
