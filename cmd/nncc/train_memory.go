package main

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"sort"

	"nncc/codegen"
	"nncc/codegen/lower"
	"nncc/codegen/sched"
	"nncc/runtime/exec"
)

// limitMemory lets the step compute as few results of the forward pass twice as it takes to stay within --memory-limit.
func (s *session) limitMemory(o *stepOptions, e engineOptions, notes io.Writer) error {
	if o.memory == 0 {
		return nil
	}
	isa := cmp.Or(e.isa, exec.PinnedISA(), backendPortable)
	if t, _, err := nativeTarget(e.isa, s.precision); err == nil && e.backend != backendPortable {
		isa = t.ISA
	}
	limit := int64(o.memory)
	var failed error
	memory := func(recompute int) int64 {
		bytes, err := s.stepBytes(*o, isa, recompute)
		failed = cmp.Or(failed, err)
		return bytes
	}
	whole := memory(0)
	if failed != nil || whole <= limit {
		return failed
	}
	least := memory(math.MaxInt)
	if failed == nil && least > limit {
		return fmt.Errorf("a step takes at least %s, more than the %s of --memory-limit\n    hint: train with a smaller --batch", size(int(least)), size(int(limit)))
	}
	step, err := o.graph(s.loaded)
	if failed = cmp.Or(failed, err); failed != nil {
		return failed
	}
	within := least
	o.recompute = sort.Search(len(step.Nodes), func(count int) bool { // of all nodes as many results as can be
		bytes := memory(count)
		if bytes <= limit {
			within = bytes
		}
		return bytes <= limit
	})
	if failed == nil {
		note(notes, "--memory-limit: %s of the forward pass computed twice; a step takes %s instead of %s", plural(o.recompute, "result"), size(int(within)), size(int(whole)))
	}
	return failed
}

// stepBytes is the memory that a step takes when it computes so many results twice.
func (s *session) stepBytes(o stepOptions, isa string, recompute int) (int64, error) {
	o.recompute = recompute
	step, err := o.graph(s.loaded)
	if err != nil {
		return 0, err
	}
	other, err := s.with(step)
	if err != nil {
		return 0, err
	}
	target, _ := sched.LookupTarget(isa)
	p, err := codegen.Lower(other.graph, target, new(lower.Packs), other.options(codegen.Options{}))
	if err != nil {
		return 0, err
	}
	return int64(p.Variant.ArenaBytes) + int64(p.Variant.DerivedBytes), nil
}
