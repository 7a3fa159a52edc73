package codegen

import (
	"fmt"
	"slices"

	"nncc/backends"
	"nncc/codegen/loopir"
	"nncc/codegen/lower"
	"nncc/codegen/plan"
	"nncc/codegen/sched"
	"nncc/ir"
	"nncc/runtime/program"
)

// compileVariant compiles g for one target. A kernel that keeps vectors on the stack is tried again with the next tile
// of its schedule, a few times; then the first tile that kept fewest there is taken. There is no plan where the options
// ask for matrix registers and no kernel uses them.
func compileVariant(g *ir.Graph, t sched.Target, b backends.Backend, packs *lower.Packs, o Options) (*plan.Plan, *backends.Object, error) {
	target, ok := backends.TargetFor(t.ISA)
	if !ok {
		return nil, nil, fmt.Errorf("no machine target of that name")
	}
	schedule := sched.Assign(g, t)
	tiling := tiling{schedule, map[*ir.Node][]int{}}
	kept, promoted := newKept(), loopir.NewPromoted(target.Unroll)
	for attempt := 1; ; attempt++ {
		pl, err := lowerScheduled(g, schedule, packs, o, kept)
		if err != nil {
			return nil, nil, err
		}
		if o.needMatrices && !slices.ContainsFunc(pl.Funcs, (*loopir.Func).UsesMatrices) {
			return nil, nil, nil
		}
		kernels := promoted.All(pl.Funcs)
		if o.Verify {
			if err := kept.verify(kernels, loopir.VerifyPromoted); err != nil {
				return nil, nil, err
			}
		}
		obj, err := b.Compile(kernels, target, backends.Options{Separate: o.Separate, KeepLLVM: o.Emit != nil, KeepAsm: o.Emit != nil})
		if err != nil {
			return nil, nil, err
		}
		if attempt <= attempts && tiling.again(pl, obj, attempt == attempts) {
			continue
		}
		return pl, obj, assemble(pl, target, obj)
	}
}

// attempts is how many tiles a kernel may try.
const attempts = 4

// tiling remembers how many vectors the kernels of convolutions kept on the stack, by the number of the tile.
type tiling struct {
	schedule *sched.Plan
	spills   map[*ir.Node][]int
}

// again moves the convolutions whose kernels spill to their next tile, or to the best of those tried if there is none,
// two tiles spill alike, or this attempt is the last; it reports whether any kernel changes.
func (t tiling) again(pl *plan.Plan, obj *backends.Object, last bool) bool {
	changed := false
	nodes, spills := t.count(pl, obj)
	for _, n := range nodes {
		tried := t.spills[n]
		if len(tried) > 0 && tried[len(tried)-1] == settled {
			continue
		}
		inherent := len(tried) > 0 && tried[len(tried)-1] == spills[n] // not the tile's
		tried = append(tried, spills[n])
		if spills[n] > 0 && !last && !inherent && t.schedule.UseTile(n, len(tried)) {
			t.spills[n], changed = tried, true
			continue
		}
		if best := slices.Index(tried, slices.Min(tried)); best < len(tried)-1 {
			changed = t.schedule.UseTile(n, best)
		}
		t.spills[n] = append(tried, settled)
	}
	return changed
}

// count adds up what the kernels of each convolution spill.
func (t tiling) count(pl *plan.Plan, obj *backends.Object) (nodes []*ir.Node, spills map[*ir.Node]int) {
	spills = map[*ir.Node]int{}
	for i, f := range pl.Funcs {
		s, _ := obj.Lookup(f.Name)
		for _, n := range pl.Nodes[i] {
			if _, convolves := t.schedule.Conv[n]; !convolves {
				continue
			}
			if _, known := spills[n]; !known {
				nodes = append(nodes, n)
			}
			spills[n] += s.Spills
		}
	}
	return nodes, spills
}

// settled marks a node whose tile has been chosen.
const settled = -1

// assemble adds the code to a plan's variant.
func assemble(pl *plan.Plan, target backends.Target, obj *backends.Object) error {
	v := &pl.Variant
	v.Arch, v.Features, v.Code, v.Source = target.Arch, target.Features, obj.Code, obj.Text["go"]
	for i := range v.Kernels {
		s, ok := obj.Lookup(v.Kernels[i].Name)
		if !ok {
			return fmt.Errorf("the backend left out kernel %s", v.Kernels[i].Name)
		}
		v.Kernels[i] = program.Kernel{Name: s.Name, OffsetBytes: s.OffsetBytes, SizeBytes: s.SizeBytes, StackBytes: s.StackBytes, Spills: s.Spills}
	}
	return nil
}

// Lower schedules, lowers and plans g for one target, short of machine code. Lowerings for several targets share packs.
func Lower(g *ir.Graph, t sched.Target, packs *lower.Packs, o Options) (*plan.Plan, error) {
	return lowerScheduled(g, sched.Assign(g, o.Target(t)), packs, o, newKept())
}

func lowerScheduled(g *ir.Graph, schedule *sched.Plan, packs *lower.Packs, o Options, kept *kept) (*plan.Plan, error) {
	res, err := lower.Lower(g, schedule, packs)
	if err != nil {
		return nil, err
	}
	pl := plan.New(res, schedule.Target, plan.Options{Merge: !o.Layers, Prefix: o.prefix, Known: kept.funcs})
	err = kept.verify(pl.Funcs, func(f *loopir.Func) (err error) { // a kernel that is wrong here could touch any memory
		kept.reach[f], err = loopir.Reach(f)
		return err
	})
	if err != nil {
		return nil, err
	}
	return pl, kept.partsFit(pl)
}

// kept is what one attempt at a variant leaves to the next, in which most kernels are the same.
type kept struct {
	funcs    map[string]*loopir.Func // by their fingerprint
	verified map[*loopir.Func]bool
	reach    map[*loopir.Func][]int // of those that were lowered
}

func newKept() *kept {
	return &kept{map[string]*loopir.Func{}, map[*loopir.Func]bool{}, map[*loopir.Func][]int{}}
}

func (k *kept) verify(kernels []*loopir.Func, verify func(*loopir.Func) error) error {
	for _, f := range kernels {
		if k.verified[f] {
			continue
		}
		if err := verify(f); err != nil {
			return fmt.Errorf("kernel %s: %w", f.Name, err)
		}
		k.verified[f] = true
	}
	return nil
}

// partsFit checks that a kernel that is called for a part of an image stays inside the image: verify knows no parts.
func (k *kept) partsFit(pl *plan.Plan) error {
	for _, l := range slices.Concat(pl.Variant.Init, pl.Variant.Step) {
		f := pl.Funcs[l.Kernel]
		for i, a := range l.Args {
			if a.WithinBytes == 0 {
				continue
			}
			p, reach := f.Params[i], k.reach[f][i]
			if room := p.Elems() - a.WithinBytes/p.Elem.Bytes(); reach > room {
				return fmt.Errorf("kernel %s touches %d elements of parameter %s, and %s gives it %d", f.Name, reach, p.Name, l.Name, room)
			}
		}
	}
	return nil
}
