package main

import (
	"io"

	"github.com/spf13/cobra"

	"nncc/backends/all"
	"nncc/codegen"
	"nncc/codegen/lower"
	"nncc/codegen/sched"
	"nncc/ir"
	"nncc/runtime/program"
)

type inspectOptions struct {
	model   modelOptions
	isa     string
	machine string
	batch   int
	threads int
	why     bool
	json    bool
	html    string
}

func inspectCommand() *cobra.Command {
	var o inspectOptions
	cmd := &cobra.Command{
		Use:   "inspect MODEL",
		Short: "Analyse what a model costs, what bounds it, and what to do about it",
		Long: `Inspect shows what a model costs and what the compiler makes of it, on a machine of a
profile: for each kernel its output, parameters, arithmetic, memory traffic, the time
that each of the two takes, and which is longer; memory by instruction set; time,
throughput and memory by batch size; and what follows from it.

Times are predictions: the cost model of a kernel's arithmetic beside the traffic that
cannot be avoided, at the rates of the profile. Calls, synchronisation and cache
conflicts come on top. Bench --layers measures.`,
		Example: `  nncc inspect resnet50.onnx --machine zen4
  nncc inspect lenet.onnx --why --isa avx2
  nncc inspect lenet.onnx --batch 32 --threads 4 --json
  nncc inspect resnet50.onnx --html resnet50.html
  nncc bench --machine >mine.json && nncc inspect resnet50.onnx --machine mine.json`,
		Args: oneModel,
		RunE: func(cmd *cobra.Command, args []string) error {
			return o.run(args[0], cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	o.model.register(cmd)
	f := cmd.Flags()
	f.StringVar(&o.isa, "isa", "", "show the kernels for `ISA` (default NNCC_ISA, or else the best one that the processor supports)")
	f.StringVar(&o.machine, "machine", "", "predict for `PROFILE`: "+knownMachines()+", or a .json file that bench --machine printed; by default generic, or the first one that has the instruction set")
	f.IntVar(&o.batch, "batch", 1, "predict runs of `N` samples")
	f.IntVar(&o.threads, "threads", 1, "predict runs on `N` threads, at most as many as the profile has cores")
	f.BoolVar(&o.why, "why", false, "also say why each layer has its kernel: layouts, the kernels and tiles that were considered with their predicted times, and what decided")
	f.BoolVar(&o.json, "json", false, "print one JSON object; docs/inspect.md has its keys")
	f.StringVar(&o.html, "html", "", "write a page with the roofline plot to `FILE` instead")
	return cmd
}

func (o inspectOptions) run(path string, stdout, stderr io.Writer) error {
	const mostThreads = 1 << 16
	switch _, known := sched.LookupTarget(o.isa); {
	case o.batch < 1 || o.threads < 1 || o.threads > mostThreads:
		return usagef("--batch and --threads are at least 1, and threads at most %d", mostThreads)
	case !known && o.isa != "":
		return usagef("there is no instruction set %q; there are %s", o.isa, knownISAs())
	case o.json && o.html != "":
		return usagef("--json and --html exclude each other")
	}
	s, err := openSession(path, o.model)
	if err != nil {
		return err
	}
	isa, err := s.chooseISA(o.isa)
	if err != nil {
		return err
	}
	machine, err := openMachine(o.machine, isa)
	if err != nil {
		return err
	}
	if err := s.checkBatch(o.batch); err != nil {
		return err
	}
	r, err := o.analyse(s, machine, isa, stderr)
	switch {
	case err != nil:
		return err
	case o.json:
		return printJSON(stdout, r)
	case o.html != "":
		return writePage(o.html, r.page())
	}
	return r.print(stdout, o.why)
}

// chosenKernels plans the kernels for isa, one or more per layer. They are compiled where that is possible, because one
// that turns out to need more registers than there are gets another tile.
func (s *session) chosenKernels(isa string, notes io.Writer) (*program.Variant, error) {
	usable, missing := all.Available()
	if backendOf(usable, isa) != nil {
		p, err := codegen.Compile(s.graph, s.options(codegen.Options{ISAs: []string{isa}, Backends: usable, Layers: true}))
		if err != nil {
			return nil, err
		}
		return &p.Variants[0], nil
	}
	for _, err := range missing {
		note(notes, "kernels are shown as planned, not as compiled: %v", err)
	}
	target, _ := sched.LookupTarget(isa)
	p, err := codegen.Lower(s.graph, target, new(lower.Packs), s.options(codegen.Options{Layers: true}))
	if err != nil {
		return nil, err
	}
	return &p.Variant, nil
}

func countParameters(constants []*ir.Value) int64 {
	n := int64(0)
	for _, v := range constants {
		n += int64(v.Type.Elems())
	}
	return n
}
