// Package codegen compiles a graph into a program: the one place that strings the phases together.
package codegen

import (
	"errors"
	"fmt"
	"slices"

	"nncc/backends"
	"nncc/codegen/lower"
	"nncc/codegen/plan"
	"nncc/codegen/sched"
	"nncc/ir"
	"nncc/runtime/parallel"
	"nncc/runtime/program"
)

// Options of a compilation.
type Options struct {
	ISAs       []string           // variants to make, in any order; all that the backends can do if empty
	Backends   []backends.Backend // what is there to compile kernels with
	StrictFP32 bool               // convolutions only in ways that are as precise as direct sums
	Precision  sched.Precision    // float32 if empty
	Pins       []sched.Pin        // kernels of convolutions that were measured to be best
	Layers     bool               // one launch per layer: small ones are not joined, so that each can be timed
	Separate   bool               // kernels can be placed one by one, as Go assembly does
	// Swappable keeps constants apart that happen to be equal, so that those of the same network with other weights have the
	// same form.
	Swappable bool
	// MaxDerivedBytes is what weights that are derived from the constants may take; nil: any size.
	MaxDerivedBytes *int64
	Verify          bool // check kernels again after promotion; their addresses are proved in any case
	// Emit gets what each variant is assembled from, to show it; the object has its LLVM IR and assembly in Text.
	Emit func(pl *plan.Plan, obj *backends.Object)

	prefix       string // of the part's kernels
	needMatrices bool   // leave the variant out if no kernel uses matrix registers
}

// Part is one of the graphs that one package computes.
type Part struct {
	Graph  *ir.Graph // optimised
	Prefix string    // begins the names of its kernels, to tell them from those of other parts; may be empty
}

// Compile makes a program of an optimised graph. It fails if nobody can compile for an instruction set that is asked for.
func Compile(g *ir.Graph, o Options) (*program.Program, error) {
	programs, err := CompileParts([]Part{{Graph: g}}, o)
	if err != nil {
		return nil, err
	}
	return programs[0], nil
}

// CompileParts makes a program of each part. Their constants are the same list: those of all parts, each distinct one once.
func CompileParts(parts []Part, o Options) ([]*program.Program, error) {
	targets, err := o.targets()
	if err != nil {
		return nil, err
	}
	var plans []*plan.Plan
	ofPart := make([][]*plan.Plan, len(parts))
	for i, part := range parts {
		o.prefix = part.Prefix
		if ofPart[i], err = compileVariants(part.Graph, targets, o); err != nil {
			return nil, err
		}
		plans = append(plans, ofPart[i]...)
	}
	constants := plan.Join(plans, o.Swappable)
	programs := make([]*program.Program, len(parts))
	for i, part := range parts {
		g := part.Graph
		p := &program.Program{
			Name: g.Name, License: g.Meta.License, Provenance: g.Meta.Provenance, Signature: SignatureOf(g), Params: params(g), Constants: constants,
		}
		for _, pl := range ofPart[i] {
			p.Variants = append(p.Variants, pl.Variant)
		}
		programs[i] = p
	}
	return programs, nil
}

// compileVariants compiles for every target at once. What Emit gets comes in the order of targets. A target that is chosen
// for its matrix registers is left out where no kernel uses them and another one has vectors as wide.
func compileVariants(g *ir.Graph, targets []sched.Target, o Options) ([]*plan.Plan, error) {
	var packs lower.Packs
	plans, objects := make([]*plan.Plan, len(targets)), make([]*backends.Object, len(targets))
	err := parallel.All(len(targets), func(i int) (err error) {
		t, own := targets[i], o
		own.needMatrices = t.Matrices && slices.ContainsFunc(targets, func(other sched.Target) bool { return !other.Matrices && other.Lanes == t.Lanes })
		if plans[i], objects[i], err = compileVariant(g, t, backendFor(t.ISA, o.Backends), &packs, own); err != nil {
			err = fmt.Errorf("%s: %w", t.ISA, err)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	for i := range targets {
		if plans[i] != nil && o.Emit != nil {
			o.Emit(plans[i], objects[i])
		}
	}
	return slices.DeleteFunc(plans, func(p *plan.Plan) bool { return p == nil }), nil
}

// targets lists what to compile for, best first.
func (o Options) targets() ([]sched.Target, error) {
	for _, isa := range o.ISAs {
		t, ok := sched.LookupTarget(isa)
		if !ok || backendFor(isa, o.Backends) == nil {
			return nil, fmt.Errorf("no backend compiles for %s here", isa)
		}
		if t.BF16 && o.Precision != sched.BF16 {
			return nil, fmt.Errorf("%s rounds to bf16, which the precision does not allow", isa)
		}
	}
	var out []sched.Target
	for _, t := range o.Precision.Targets() {
		if backendFor(t.ISA, o.Backends) != nil && (len(o.ISAs) == 0 || slices.Contains(o.ISAs, t.ISA)) {
			out = append(out, o.Target(t))
		}
	}
	if len(out) == 0 {
		return nil, errors.New("no backend compiles for any instruction set here")
	}
	return out, nil
}

// Target is t with what the options ask of schedules.
func (o Options) Target(t sched.Target) sched.Target {
	t.StrictFP32, t.Pins, t.MaxDerivedBytes = o.StrictFP32, o.Pins, o.MaxDerivedBytes
	return t
}

func backendFor(isa string, all []backends.Backend) backends.Backend {
	for _, b := range all {
		if slices.Contains(b.Caps().ISAs, isa) {
			return b
		}
	}
	return nil
}

// SignatureOf is what a caller of g sees, whatever runs it.
func SignatureOf(g *ir.Graph) program.Signature {
	s := program.Signature{Batched: g.Batched, Classes: g.Meta.Classes}
	for _, v := range g.Inputs {
		s.Inputs = append(s.Inputs, program.Port{Name: v.Name, DType: v.Type.DType, Shape: v.Type.Shape})
	}
	for _, o := range g.Outputs {
		s.Outputs = append(s.Outputs, program.Port{Name: o.Name, DType: o.Value.Type.DType, Shape: o.Value.Type.Shape})
	}
	for _, st := range g.States {
		s.States = append(s.States, program.Port{Name: st.Name, DType: st.In.Type.DType, Shape: st.In.Type.Shape})
	}
	if p := g.Meta.Preprocess; p != nil {
		s.Preprocess = &program.Preprocess{Scale: p.Scale, Mean: p.Mean, Std: p.Std, Order: p.Order}
	}
	return s
}

func params(g *ir.Graph) []program.Param {
	var out []program.Param
	for _, v := range g.Constants() {
		out = append(out, program.Param{Name: v.Name, DType: v.Type.DType, Shape: v.Type.Shape})
	}
	return out
}
