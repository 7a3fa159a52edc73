package main

import (
	"io"
	"slices"

	"github.com/spf13/cobra"

	"nncc/backends/all"
	"nncc/codegen"
	"nncc/codegen/plan"
	"nncc/codegen/sched"
	"nncc/ir"
	"nncc/runtime/exec"
	"nncc/runtime/program"
)

type inspectOptions struct {
	model   modelOptions
	isa     string
	batch   int
	threads int
	why     bool
	json    bool
}

func inspectCommand() *cobra.Command {
	var o inspectOptions
	cmd := &cobra.Command{
		Use:   "inspect MODEL",
		Short: "Show each layer: shapes, costs, the kernel chosen and its predicted time",
		Long: `Inspect shows what a model costs and what the compiler makes of it: for each kernel the
layers it computes, its output, parameters, arithmetic, memory traffic and predicted
time; then the memory that each variant needs. Times come from cost models of a core
at 3 GHz, not from a measurement: see bench --layers for those.`,
		Example: `  nncc inspect resnet50.onnx
  nncc inspect lenet.onnx --why --isa avx2
  nncc inspect lenet.onnx --batch 32 --threads 4 --json`,
		Args: oneModel,
		RunE: func(cmd *cobra.Command, args []string) error {
			return o.run(args[0], cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	o.model.register(cmd)
	f := cmd.Flags()
	f.StringVar(&o.isa, "isa", "", "show the kernels for `ISA` (default NNCC_ISA, or else the best one that the processor supports)")
	f.IntVar(&o.batch, "batch", 1, "predict memory for runs of up to `N` samples")
	f.IntVar(&o.threads, "threads", 1, "predict memory for runs on `N` threads")
	f.BoolVar(&o.why, "why", false, "also print what each kernel computes, in which layouts, and the tiles that were considered")
	f.BoolVar(&o.json, "json", false, "print one JSON object")
	return cmd
}

func (o inspectOptions) run(path string, stdout, stderr io.Writer) error {
	const mostThreads = 1 << 16
	if o.batch < 1 || o.threads < 1 || o.threads > mostThreads {
		return usagef("--batch and --threads are at least 1, and threads at most %d", mostThreads)
	}
	if _, ok := sched.LookupTarget(o.isa); !ok && o.isa != "" {
		return usagef("there is no instruction set %q; there are %s", o.isa, knownISAs())
	}
	isa, err := chooseISA(o.isa)
	if err != nil {
		return err
	}
	s, err := openSession(path, o.model)
	if err != nil {
		return err
	}
	if err := s.checkBatch(o.batch); err != nil {
		return err
	}
	r := report{Model: s.name(), Batched: s.graph.Batched, ISA: isa, Parameters: countParameters(s.graph.Constants()), FLOPs: s.graph.FLOPs()}
	if r.Variants, err = predictMemory(s.graph, o.batch, o.threads); err != nil {
		return err
	}
	kernels, err := chosenKernels(s.graph, isa, stderr)
	if err != nil {
		return err
	}
	target, _ := sched.LookupTarget(isa)
	r.Layers = describeLayers(s.graph, kernels, target)
	if o.json {
		return printJSON(stdout, r)
	}
	return r.print(stdout, o.why)
}

// chosenKernels lists the kernels for isa, one or more per layer. They are compiled where that is possible, because one
// that turns out to need more registers than there are gets another tile.
func chosenKernels(g *ir.Graph, isa string, notes io.Writer) ([]program.Layer, error) {
	usable, missing := all.Available()
	if backendOf(usable, isa) != nil {
		p, err := codegen.Compile(g, codegen.Options{ISAs: []string{isa}, Backends: usable, Layers: true})
		if err != nil {
			return nil, err
		}
		return p.Variants[0].Layers, nil
	}
	for _, err := range missing {
		note(notes, "kernels are shown as planned, not as compiled: %v", err)
	}
	target, _ := sched.LookupTarget(isa)
	p, err := codegen.Lower(g, target, &plan.Constants{}, codegen.Options{Layers: true})
	if err != nil {
		return nil, err
	}
	return p.Variant.Layers, nil
}

func countParameters(constants []*ir.Value) int64 {
	n := int64(0)
	for _, v := range constants {
		n += int64(v.Type.Elems())
	}
	return n
}

// variantMemory is what an instance of a variant takes.
type variantMemory struct {
	ISA          string `json:"isa"`
	WeightsBytes int64  `json:"weights_bytes"` // packed constants, shared by all instances
	DerivedBytes int64  `json:"derived_bytes"`
	ArenaBytes   int64  `json:"arena_bytes"`   // activations of one sample
	ScratchBytes int64  `json:"scratch_bytes"` // of one thread
	PeakBytes    int64  `json:"peak_bytes"`    // weights + derived + arena*batch + scratch*threads
}

// predictMemory plans the graph for every target.
func predictMemory(g *ir.Graph, batch, threads int) ([]variantMemory, error) {
	var consts plan.Constants
	var out []variantMemory
	for _, t := range sched.Targets {
		p, err := codegen.Lower(g, t, &consts, codegen.Options{})
		if err != nil {
			return nil, err
		}
		v := &p.Variant
		m := variantMemory{ISA: v.ISA, DerivedBytes: int64(v.DerivedBytes), ArenaBytes: int64(v.ArenaBytes), ScratchBytes: int64(v.ScratchBytes)}
		for i := range constantsOf(v) {
			m.WeightsBytes += int64(len(consts.List[i].Data))
		}
		m.PeakBytes = m.WeightsBytes + m.DerivedBytes + m.ArenaBytes*int64(batch) + m.ScratchBytes*int64(threads)
		out = append(out, m)
	}
	return out, nil
}

// constantsOf is the set of constants that v's launches read.
func constantsOf(v *program.Variant) map[int]bool {
	used := map[int]bool{}
	for _, l := range slices.Concat(v.Init, v.Step) {
		for _, a := range l.Args {
			if a.Space == exec.SpaceConst {
				used[a.Index] = true
			}
		}
	}
	return used
}
