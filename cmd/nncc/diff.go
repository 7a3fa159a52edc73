package main

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"nncc/backends"
	"nncc/codegen/sched"
	"nncc/ir/passes"
	"nncc/runtime/exec"
)

// compareOptions are the flags of the subcommands that compare backends.
type compareOptions struct {
	backends []string
	isas     []string
	seed     uint64
}

func (o *compareOptions) register(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringSliceVar(&o.backends, "backends", nil, "compare `LIST` of interp (the graph passes), loop, cpu, portable; "+
		"by default all that work here except loop, which is slow")
	f.StringSliceVar(&o.isas, "isa", nil, "instruction sets of cpu and loop: `LIST` (default all that the processor supports)")
	f.Uint64Var(&o.seed, "seed", 1, "seed of the random input: `N`")
}

func (o compareOptions) check() error {
	for _, b := range o.backends {
		if !slices.Contains([]string{backendInterp, backendLoop, backendCPU, backendPortable}, b) {
			return usagef("there is no backend %q; there are interp, loop, cpu, portable", b)
		}
	}
	for _, isa := range o.isas {
		if _, ok := sched.LookupTarget(isa); !ok {
			return usagef("there is no instruction set %q; there are %s", isa, knownISAs())
		}
	}
	return nil
}

// chosen lists the backends to compare.
func (o compareOptions) chosen() []string {
	if len(o.backends) > 0 {
		return o.backends
	}
	return []string{backendInterp, backendCPU, backendPortable}
}

// leaveOut reports whether an error of a backend is no more than a note: what the machine lacks, unless it is asked for.
func (o compareOptions) leaveOut(err error) bool { return len(o.backends) == 0 && canFallBack(err) }

type diffOptions struct {
	model   modelOptions
	compare compareOptions
	report  string
	json    bool
}

func diffCommand(f fault) *cobra.Command {
	o := diffOptions{model: modelOptions{fault: f}}
	cmd := &cobra.Command{
		Use:   "diff MODEL",
		Short: "Find the first tensor that a stage of the compiler gets wrong",
		Long: `Diff runs a model on a random input and compares intermediate tensors, stage by stage:

  passes    the graph before and after the graph passes, both interpreted
  kernels   each layer as a backend computes it, against the interpreter on the same inputs
  program   the whole program as build would write it, against its layers one by one

The first difference above the op's tolerance is reported with its stage and node; a wrong
pass is narrowed down to the rewrite. The exit code is 1 if there is one. With --report
the model is then reduced, and all that a bug report needs is written to a folder.`,
		Example: `  nncc diff lenet.onnx
  nncc diff lenet.onnx --backends loop,cpu --isa avx2 --seed 7
  nncc diff lenet.onnx --report bug`,
		Args: oneModel,
		RunE: func(cmd *cobra.Command, args []string) error {
			return o.run(args[0], cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	o.model.register(cmd)
	o.model.registerFuel(cmd)
	o.compare.register(cmd)
	cmd.Flags().StringVar(&o.report, "report", "", "if something is wrong, write a reduced model and a report to the folder `DIR`")
	cmd.Flags().BoolVar(&o.json, "json", false, "print one JSON object per comparison")
	return cmd
}

// errDiffers ends diff after it has printed what differs.
var errDiffers = errors.New("a stage of the compiler changes the result")

func (o diffOptions) run(path string, stdout, stderr io.Writer) error {
	if err := o.compare.check(); err != nil {
		return err
	}
	s, err := loadSession(path, o.model)
	if err != nil {
		return err
	}
	err = o.compareAll(s, stdout, stderr)
	if err == nil || o.report == "" || isUsage(err) || canFallBack(err) {
		return err
	}
	return errors.Join(err, o.writeReport(s, stdout, stderr))
}

// compareAll prints a finding for each comparison, and returns errDiffers if one of them is wrong.
func (o diffOptions) compareAll(s *session, stdout, stderr io.Writer) error {
	var err error
	if s.graph, err = s.optimise(passes.Options{}, o.model.fuel); err != nil {
		return err
	}
	d := &differ{session: s, fuel: o.model.fuel, seed: o.compare.seed}
	wrong := false
	for _, backend := range o.compare.chosen() {
		findings, err := d.backend(backend, o.compare.isas)
		if err != nil && o.compare.leaveOut(err) {
			note(stderr, "%s is left out: %v", backend, err)
			continue
		}
		if err != nil {
			return err
		}
		for _, f := range findings {
			wrong = wrong || !f.OK
			if o.json {
				err = printJSON(stdout, f)
			} else {
				err = f.print(stdout)
			}
			if err != nil {
				return err
			}
		}
	}
	if wrong {
		return errDiffers
	}
	return nil
}

// finding is the result of comparing one stage on one backend.
type finding struct {
	Stage     string  `json:"stage"`
	Backend   string  `json:"backend"`
	ISA       string  `json:"isa"`
	OK        bool    `json:"ok"`
	Compared  int     `json:"compared"`
	Largest   number  `json:"largest_error"`
	Tolerance number  `json:"tolerance"` // at the value below
	Value     string  `json:"value"`     // the first that is wrong; else the one with the largest error
	Node      string  `json:"node"`
	Op        string  `json:"op"`
	Detail    string  `json:"detail,omitempty"` // of what is wrong
	Cause     string  `json:"cause,omitempty"`  // the rewrite or the part of the compiler to blame
	worst     float64 // error as a share of the tolerance
}

func (f finding) print(w io.Writer) error {
	where := f.Backend
	if f.ISA != f.Backend {
		where += "/" + f.ISA
	}
	if f.OK {
		_, err := fmt.Fprintf(w, "%-8s %-12s ok     %s, largest relative error %.2g, tolerance %.2g (%s)\n",
			f.Stage, where, plural(f.Compared, "tensor"), float64(f.Largest), float64(f.Tolerance), f.Value)
		return err
	}
	fmt.Fprintf(w, "%-8s %-12s WRONG  value %q of node %q (%s)\n    %s, tolerance %.2g\n",
		f.Stage, where, f.Value, f.Node, f.Op, f.Detail, float64(f.Tolerance))
	if f.Cause == "" {
		return nil
	}
	_, err := fmt.Fprintf(w, "    %s\n", f.Cause)
	return err
}

// add counts a comparison and keeps the first wrong one, else the one closest to its tolerance.
func (f *finding) add(value, node, op string, d difference, tolerance float64) {
	f.Compared++
	share := 0.0
	if d.relative > 0 {
		share = d.relative / tolerance // infinite where the result must be exact
	}
	if !f.OK || f.Value != "" && share <= f.worst {
		return
	}
	f.worst, f.Largest, f.Tolerance, f.Value, f.Node, f.Op = share, number(d.relative), number(tolerance), value, node, op
	if share > 1 {
		f.OK, f.Detail = false, d.String()
	}
}

// supportedISAs lists the native instruction sets of this machine for programs of a precision.
func supportedISAs(p sched.Precision) []string {
	var out []string
	for _, st := range p.Targets() {
		if t, ok := backends.TargetFor(st.ISA); ok && st.ISA != backendPortable && exec.Supported(t.Features) {
			out = append(out, st.ISA)
		}
	}
	return out
}
