package main

import (
	"fmt"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"nncc/codegen"
	"nncc/codegen/sched"
	"nncc/frontend"
	"nncc/ir"
	"nncc/ir/passes"
)

// modelOptions are the flags of every subcommand that reads a model.
type modelOptions struct {
	dims  []string
	fuel  int
	fp32  string
	prec  string
	seed  *int // of random weights, in place of the model's; nil for that
	fault fault

	schedule    string  // file of measured kernels
	tuneSeconds float64 // 0: it is read, not made
}

// fault makes the compiler wrong, or fail, on purpose: tests of diff and reduce need something to find. It is applied to
// the graph behind the passes. There is none in nncc.
type fault func(g *ir.Graph) error

const unlimitedFuel = -1

// Values of --fp32.
const (
	fp32Fast   = "fast"
	fp32Strict = "strict"
)

func (o *modelOptions) register(cmd *cobra.Command) {
	o.fuel = unlimitedFuel
	cmd.Flags().StringArrayVar(&o.dims, "dim", nil, "size of a symbolic dimension of an ONNX model, `NAME=N`; may be repeated")
	cmd.Flags().StringVar(&o.schedule, "schedule", "", "take the kernels of convolutions from `FILE`, which --tune of build and bench writes")
	cmd.Flags().StringVar(&o.fp32, "fp32", fp32Fast, "`fast|strict`: strict keeps to sums as precise as direct ones, at a loss of speed")
	cmd.Flags().StringVar(&o.prec, "precision", string(sched.F32), "`f32|bf16`: bf16 allows images and weights to be rounded to 8 significant bits where the processor is faster with them")
}

// registerFuel is for the subcommands that help to find a wrong rewrite.
func (o *modelOptions) registerFuel(cmd *cobra.Command) {
	cmd.Flags().IntVar(&o.fuel, "fuel", unlimitedFuel, "stop the graph passes after `N` rewrites, to find one that is wrong")
}

// session is a model on its way from the file to code.
type session struct {
	path      string
	loaded    *ir.Graph // what the file means
	graph     *ir.Graph // the same after the graph passes
	fault     fault
	strict    bool // keep to sums as precise as direct ones
	precision sched.Precision
	pins      []sched.Pin // kernels that were measured to be best

	maxDerivedBytes *int64 // that transformed weights may take; nil: any size
}

// options completes options of a compilation with what the command line says about all of them.
func (s *session) options(o codegen.Options) codegen.Options {
	o.StrictFP32, o.Precision, o.Pins, o.MaxDerivedBytes = s.strict, s.precision, s.pins, s.maxDerivedBytes
	return o
}

// target is t as the command line has schedules made for it.
func (s *session) target(t sched.Target) sched.Target { return s.options(codegen.Options{}).Target(t) }

// checkISA refuses an instruction set that rounds where that is not allowed.
func (s *session) checkISA(isa string) error {
	if rounds(isa) && s.precision != sched.BF16 {
		return usagef("%s rounds to bf16: it needs --precision bf16", isa)
	}
	return nil
}

// openSession loads the model and runs the graph passes.
func openSession(path string, o modelOptions) (*session, error) {
	s, err := loadSession(path, o)
	if err != nil {
		return nil, err
	}
	if s.graph, err = s.optimise(passes.Options{}, o.fuel); err != nil || s.pins == nil {
		return s, err
	}
	return s, s.checkSchedule(o.schedule)
}

// loadSession loads the model and leaves it as it is.
func loadSession(path string, o modelOptions) (*session, error) {
	switch o.fp32 {
	case fp32Fast, fp32Strict, "":
	default:
		return nil, usagef("--fp32 %s: there are fast, strict", o.fp32)
	}
	if o.fp32 == fp32Strict && o.prec == string(sched.BF16) {
		return nil, usagef("--fp32 strict and --precision bf16 exclude each other")
	}
	if p := sched.Precision(o.prec); p != sched.F32 && p != sched.BF16 && p != "" {
		return nil, usagef("--precision %s: there are f32, bf16", o.prec)
	}
	if o.fuel < unlimitedFuel {
		return nil, usagef("--fuel %d: the number of rewrites is negative", o.fuel)
	}
	dims, err := parseDims(o.dims)
	if err != nil {
		return nil, err
	}
	if err := o.checkTune(); err != nil {
		return nil, err
	}
	var pins []sched.Pin
	if o.schedule != "" && o.tuneSeconds == 0 {
		if pins, err = readSchedule(o.schedule); err != nil {
			return nil, err
		}
	}
	g, err := frontend.Load(path, frontend.Options{Dims: dims, Seed: o.seed})
	if err != nil {
		return nil, err
	}
	limitGarbage(g)
	return &session{path: path, loaded: g, fault: o.fault, strict: o.fp32 == fp32Strict, precision: sched.Precision(o.prec), pins: pins}, nil
}

// limitGarbage makes the collector run before there is as much garbage as there are weights, where those fill much
// memory. Their bytes cost it nothing, as there are no pointers in them.
func limitGarbage(g *ir.Graph) {
	const muchBytes, percent = 1 << 28, 20
	bytes := 0
	for _, v := range g.Constants() {
		bytes += v.Type.Bytes()
	}
	if bytes >= muchBytes {
		debug.SetGCPercent(percent)
	}
}

// optimise runs the graph passes on a copy of the loaded graph.
func (s *session) optimise(o passes.Options, fuel int) (*ir.Graph, error) {
	g := s.loaded.Clone()
	if fuel == 0 {
		return g, nil
	}
	o.Fuel = max(fuel, 0)
	if _, err := passes.Run(g, codegen.PassOptions(o)); err != nil {
		return nil, err
	}
	if s.fault != nil {
		return g, s.fault(g)
	}
	return g, nil
}

// name is what the model calls itself, or else its file without the extension.
func (s *session) name() string {
	if s.loaded.Name != "" {
		return s.loaded.Name
	}
	base := filepath.Base(s.path)
	return strings.TrimSuffix(base, filepath.Ext(base))
}

// parseDims reads NAME=N.
func parseDims(list []string) (map[string]int, error) {
	if len(list) == 0 {
		return nil, nil
	}
	dims := map[string]int{}
	for _, text := range list {
		name, number, ok := cutLast(text, "=")
		size, err := strconv.Atoi(number)
		if !ok || name == "" || err != nil || size < 1 {
			return nil, usagef("--dim %s: expected NAME=N with N at least 1", text)
		}
		if _, twice := dims[name]; twice {
			return nil, usagef("--dim %s: the dimension is given twice", text)
		}
		dims[name] = size
	}
	return dims, nil
}

// cutLast splits s at the last sep.
func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

// plural prints a count with its noun.
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
