package codegen

import (
	"fmt"

	"nncc/backends"
	"nncc/codegen/loopir"
	"nncc/codegen/lower"
	"nncc/codegen/plan"
	"nncc/codegen/sched"
	"nncc/ir"
	"nncc/runtime/program"
)

// compileVariant compiles g for one target. A kernel that keeps vectors on the stack is tried again with the next tile
// of its schedule, a few times.
func compileVariant(g *ir.Graph, t sched.Target, b backends.Backend, consts *plan.Constants, o Options) (*program.Variant, error) {
	target, ok := backends.TargetFor(t.ISA)
	if !ok {
		return nil, fmt.Errorf("no machine target of that name")
	}
	schedule := sched.Assign(g, t)
	const attempts = 4
	for attempt := 1; ; attempt++ {
		pl, err := lowerScheduled(g, schedule, consts, o)
		if err != nil {
			return nil, err
		}
		kernels := loopir.PromoteAll(pl.Funcs)
		if o.Verify {
			if err := verifyAll(kernels, loopir.VerifyPromoted); err != nil {
				return nil, err
			}
		}
		obj, err := b.Compile(kernels, target, backends.Options{Separate: o.Separate, KeepLLVM: o.Emit != nil, KeepAsm: o.Emit != nil})
		if err != nil {
			return nil, err
		}
		if attempt < attempts && retile(schedule, pl, obj) {
			continue
		}
		if o.Emit != nil {
			o.Emit(pl, obj)
		}
		return assemble(pl, target, obj)
	}
}

// retile moves the convolutions whose kernels spill to their next tile, and reports whether there were any.
func retile(schedule *sched.Plan, pl *plan.Plan, obj *backends.Object) bool {
	changed := false
	for i, f := range pl.Funcs {
		if s, ok := obj.Lookup(f.Name); !ok || s.Spills == 0 {
			continue
		}
		for _, n := range pl.Nodes[i] {
			changed = schedule.NextTile(n) || changed
		}
	}
	return changed
}

// assemble adds the code to a plan's variant.
func assemble(pl *plan.Plan, target backends.Target, obj *backends.Object) (*program.Variant, error) {
	v := &pl.Variant
	v.Arch, v.Features, v.Code, v.Source = target.Arch, target.Features, obj.Code, obj.Text["go"]
	for i := range v.Kernels {
		s, ok := obj.Lookup(v.Kernels[i].Name)
		if !ok {
			return nil, fmt.Errorf("the backend left out kernel %s", v.Kernels[i].Name)
		}
		v.Kernels[i] = program.Kernel{Name: s.Name, OffsetBytes: s.OffsetBytes, SizeBytes: s.SizeBytes, StackBytes: s.StackBytes, Spills: s.Spills}
	}
	return v, nil
}

// Lower schedules, lowers and plans g for one target, short of machine code.
func Lower(g *ir.Graph, t sched.Target, consts *plan.Constants, o Options) (*plan.Plan, error) {
	return lowerScheduled(g, sched.Assign(g, o.target(t)), consts, o)
}

func lowerScheduled(g *ir.Graph, schedule *sched.Plan, consts *plan.Constants, o Options) (*plan.Plan, error) {
	res, err := lower.Lower(g, schedule, &consts.Packs)
	if err != nil {
		return nil, err
	}
	pl := plan.New(res, schedule.Target, consts, plan.Options{Merge: !o.Layers})
	if err := verifyAll(pl.Funcs, loopir.Verify); err != nil { // a kernel that is wrong here could touch any memory
		return nil, err
	}
	return pl, nil
}

func verifyAll(kernels []*loopir.Func, verify func(*loopir.Func) error) error {
	for _, f := range kernels {
		if err := verify(f); err != nil {
			return fmt.Errorf("kernel %s: %w", f.Name, err)
		}
	}
	return nil
}
