package main

import (
	"bufio"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"nncc/backends"
	"nncc/codegen"
	"nncc/codegen/loopir"
	"nncc/codegen/lower"
	"nncc/codegen/plan"
	"nncc/codegen/sched"
	"nncc/ir"
	"nncc/ir/passes"
	"nncc/runtime/exec"
)

// Levels of dump, in the order of compilation.
const (
	levelGraph = "graph"
	levelLoop  = "loop"
	levelLLVM  = "llvm"
	levelAsm   = "asm"
	levelGo    = "go"
)

type dumpOptions struct {
	model modelOptions
	after string
	level string
	isa   string
	full  bool

	html   string
	kernel string
}

func dumpCommand() *cobra.Command {
	var o dumpOptions
	cmd := &cobra.Command{
		Use:   "dump MODEL",
		Short: "Print a model in one of the compiler's representations",
		Long: `Dump prints what the compiler makes of a model: the graph, as loaded or after any of the
passes; the kernels in loop IR, before registers are promoted; LLVM IR and assembly, or
the Go code of the portable variant.

The passes, in order:
` + passList() + `
"--after load" prints the graph as it was read.

With --html the graph is shown on one page as it is after each pass, side by side; with
--kernel too, one kernel from loop IR to assembly.`,
		Example: `  nncc dump lenet.onnx                        the graph after all passes
  nncc dump lenet.onnx --after load --full    as text that nncc reads again
  nncc dump lenet.onnx --level loop --isa avx2
  nncc dump lenet.onnx --fuel 3               after the first three rewrites
  nncc dump lenet.onnx --html passes.html     all passes, side by side
  nncc dump lenet.onnx --html conv1.html --kernel conv1 --isa avx2`,
		Args: oneModel,
		RunE: func(cmd *cobra.Command, args []string) error {
			if cmd.Flags().Changed("level") && o.html != "" {
				return usagef("--level and --html exclude each other; --kernel shows all levels of one kernel")
			}
			return o.run(args[0], cmd.OutOrStdout())
		},
	}
	o.model.register(cmd)
	o.model.registerFuel(cmd)
	f := cmd.Flags()
	f.StringVar(&o.after, "after", "", "stop after `PASS`; load is before the first")
	f.StringVar(&o.level, "level", levelGraph, "print the `LEVEL` graph, loop, llvm, asm or, of the portable variant, go")
	f.StringVar(&o.isa, "isa", "", "compile for `ISA`, whatever the processor at hand (default NNCC_ISA, or else the best one that it supports)")
	f.StringVar(&o.html, "html", "", "write a page with a column for each pass to `FILE` instead")
	f.StringVar(&o.kernel, "kernel", "", "html: show the forms of the kernel `NAME`, or of the layer of that name, instead of the graph")
	f.BoolVar(&o.full, "full", false, "graph: print all constants, so that the text can be read again")
	return cmd
}

func passList() string {
	text := ""
	for _, p := range passes.Passes {
		text += "  " + p.Name + ": " + p.Doc + "\n"
	}
	return text
}

// afterLoad names the state before the first pass.
const afterLoad = "load"

// passNames are the values of --after.
func passNames() []string {
	names := []string{afterLoad}
	for _, p := range passes.Passes {
		names = append(names, p.Name)
	}
	return names
}

func (o dumpOptions) check() error {
	if !slices.Contains([]string{levelGraph, levelLoop, levelLLVM, levelAsm, levelGo}, o.level) {
		return usagef("there is no level %q; there are graph, loop, llvm, asm, go", o.level)
	}
	if o.after != "" && !slices.Contains(passNames(), o.after) {
		return usagef("there is no pass %q; 'nncc dump --help' lists them", o.after)
	}
	if _, ok := sched.LookupTarget(o.isa); !ok && o.isa != "" {
		return usagef("there is no instruction set %q; there are %s", o.isa, knownISAs())
	}
	if o.kernel != "" && o.html == "" {
		return usagef("--kernel needs --html")
	}
	return nil
}

func (o dumpOptions) run(path string, stdout io.Writer) error {
	if err := o.check(); err != nil {
		return err
	}
	s, err := loadSession(path, o.model)
	if err != nil {
		return err
	}
	if o.after == afterLoad {
		o.after, o.model.fuel = "", 0
	}
	if o.html != "" {
		return o.writeStages(s)
	}
	if s.graph, err = s.optimise(passes.Options{Stop: o.after}, o.model.fuel); err != nil {
		return err
	}
	w := bufio.NewWriter(stdout)
	if err := o.print(w, s); err != nil {
		return err
	}
	return w.Flush()
}

func (o dumpOptions) print(w io.Writer, s *session) error {
	if o.level == levelGraph {
		return ir.Print(w, s.graph, ir.PrintOptions{Short: !o.full})
	}
	isa, err := s.chooseISA(o.isa)
	if err != nil {
		return err
	}
	if o.level == levelLoop {
		target, _ := sched.LookupTarget(isa)
		p, err := codegen.Lower(s.graph, target, new(lower.Packs), s.options(codegen.Options{}))
		if err != nil {
			return err
		}
		return loopir.Print(w, p.Funcs...)
	}
	if o.level == levelGo && o.isa == "" {
		isa = backendPortable
	}
	text, err := s.compiledText(isa)
	if err != nil {
		return err
	}
	if text[o.level] == "" {
		return usagef("the code for %s has no level %s", isa, o.level)
	}
	_, err = io.WriteString(w, text[o.level])
	return err
}

// compiledText is what the backend for isa says of its code, by level.
func (s *session) compiledText(isa string) (map[string]string, error) {
	usable, err := compilersFor(isa)
	if err != nil {
		return nil, err
	}
	var text map[string]string
	_, err = codegen.Compile(s.graph, s.options(codegen.Options{ISAs: []string{isa}, Backends: usable, Emit: func(_ *plan.Plan, obj *backends.Object) {
		text = obj.Text
	}}))
	return text, err
}

// chooseISA is the instruction set to look at: the one named, the one pinned, or the best for programs of the session's
// precision that the processor supports.
func (s *session) chooseISA(isa string) (string, error) {
	if isa == "" {
		isa = exec.PinnedISA()
	}
	if isa != "" {
		if _, ok := sched.LookupTarget(isa); !ok {
			return "", usagef("%s=%s: there is no such instruction set; there are %s", exec.EnvISA, isa, knownISAs())
		}
		return isa, s.checkISA(isa)
	}
	for _, st := range s.precision.Targets() {
		if t, ok := backends.TargetFor(st.ISA); ok && exec.Supported(t.Features) && exec.Fast(t.Features) {
			return st.ISA, nil
		}
	}
	return backendPortable, nil
}
