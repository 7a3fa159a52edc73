// Package plan turns lowered steps into what the runtime executes: kernels without duplicates, constants numbered
// over all variants, an arena in which values that are never alive together share memory, and the list of launches.
package plan

import (
	"nncc/codegen/loopir"
	"nncc/codegen/lower"
	"nncc/codegen/sched"
	"nncc/ir"
	"nncc/runtime/exec"
	"nncc/runtime/program"
)

// Options of a plan.
type Options struct {
	Merge  bool   // run small neighbouring steps in one native call
	Prefix string // begins the names of kernels

	// Known keeps functions by their fingerprint from one plan to the next: equal ones are one. Each plan names
	// them anew: those before are no longer good for anything.
	Known map[string]*loopir.Func
}

// Plan is a variant without code: Funcs[i] is the kernel of Variant.Kernels[i], and Nodes[i] what it computes. Its launches
// number constants as in Consts, until Join numbers them for a whole program.
type Plan struct {
	Variant program.Variant
	Prefix  string // begins the names of kernels
	Consts  []*lower.Const
	Funcs   []*loopir.Func
	Nodes   [][]*ir.Node
}

// New plans one variant.
func New(res *lower.Result, t sched.Target, o Options) *Plan {
	steps, kernels := res.Steps, newKernelTable(o)
	if o.Merge {
		steps = merge(steps, t, kernels)
	}
	p := &Plan{Variant: program.Variant{ISA: t.ISA}, Prefix: o.Prefix}
	var consts constants
	offsets, arenaBytes := pack(steps, res)
	p.Variant.ArenaBytes = arenaBytes
	p.Variant.DerivedBytes = stack(res, offsets)
	launch := func(s lower.Step) exec.Launch {
		l := exec.Launch{Name: s.Name, Kernel: kernels.add(s), Chunks: s.Func.Chunks(), Group: s.Func.Group(), Grain: grain(s, t), FLOPs: s.FLOPs}
		for _, a := range s.Args {
			l.Args = append(l.Args, argument(a, offsets, &consts))
		}
		p.Variant.ScratchBytes = max(p.Variant.ScratchBytes, s.Func.ScratchBytes())
		return l
	}
	for _, s := range res.Init {
		p.Variant.Init = append(p.Variant.Init, launch(s))
	}
	for _, s := range steps {
		p.Variant.Step = append(p.Variant.Step, launch(s))
		p.Variant.Layers = append(p.Variant.Layers, layer(s))
	}
	p.Consts = consts.list
	p.Funcs, p.Nodes = kernels.funcs, kernels.nodes
	for _, f := range p.Funcs {
		p.Variant.Kernels = append(p.Variant.Kernels, program.Kernel{Name: f.Name})
	}
	p.Variant.Inputs, p.Variant.Outputs = ports(res.Inputs, offsets), ports(res.Outputs, offsets)
	p.Variant.States = ports(res.States, offsets)
	return p
}

func argument(s *lower.Storage, offsets map[*lower.Storage]int, consts *constants) exec.Arg {
	a := exec.Arg{Space: exec.SpaceArena, OffsetBytes: offsets[s.Root()], WithinBytes: s.WithinBytes()}
	switch {
	case s.Const != nil:
		a.Space, a.Index, a.OffsetBytes = exec.SpaceConst, consts.add(s.Const), 0
	case s.Root().Derived:
		a.Space = exec.SpaceDerived
	}
	return a
}

func ports(storages []*lower.Storage, offsets map[*lower.Storage]int) []exec.Port {
	var out []exec.Port
	for _, s := range storages {
		out = append(out, exec.Port{Name: s.Name, OffsetBytes: offsets[s.Root()], ElemBytes: s.Elem.Bytes(),
			Elems: s.Bytes() / s.Elem.Bytes(), Batched: s.Batched()})
	}
	return out
}

func layer(s lower.Step) program.Layer {
	l := program.Layer{Name: s.Name, Family: s.Family, FLOPs: s.FLOPs, Bytes: traffic(s)}
	if s.Tile.Pixels > 0 {
		l.Tile = s.Tile.String()
	}
	for _, a := range s.Args {
		if a.Const != nil || a.Derived {
			l.WeightBytes += int64(a.Bytes())
		}
	}
	for _, n := range s.Nodes {
		for _, v := range n.Outputs {
			l.Covers = append(l.Covers, v.Name)
		}
	}
	return l
}

// traffic is the memory that a step reads and writes, each argument once, but one that it overwrites twice.
func traffic(s lower.Step) int64 {
	var bytes int64
	for _, a := range s.Args {
		bytes += int64(a.Bytes())
	}
	if s.Overwrites != nil {
		bytes += int64(s.Overwrites.Bytes())
	}
	return bytes
}

// work weighs a step for the decisions below: arithmetic, or memory at some four operations a byte.
func work(s lower.Step) int64 { return max(s.FLOPs, 4*traffic(s)) }

// grain is how many chunks one call takes, and a thread at once. A call stays below the target's limit on native time;
// pieces are small enough to balance, but worth waking a thread for: a small launch is one piece, for several samples
// of a batch together.
func grain(s lower.Step, t sched.Target) int {
	chunks, total := int64(s.Func.Chunks()), max(work(s), 1)
	const pieces = 16
	size := chunks / pieces
	if total < t.MinSplitFLOPs {
		size = ceilDiv(t.MinSplitFLOPs*chunks, total)
	}
	return int(max(1, min(size, t.MaxCallFLOPs*chunks/total)))
}

func ceilDiv(a, b int64) int64 { return (a + b - 1) / b }
