package plan

import (
	"nncc/codegen/loopir"
	"nncc/codegen/lower"
	"nncc/codegen/sched"
)

// merge joins runs of steps that are too small to be split over threads into functions that call them one after the
// other for each sample, so that a small network, or a tail of small layers, is one native call.
func merge(steps []lower.Step, t sched.Target, kernels *kernelTable) []lower.Step {
	var out, run []lower.Step
	var total int64
	flush := func() {
		if len(run) > 1 {
			out = append(out, join(run, kernels))
		} else {
			out = append(out, run...)
		}
		run, total = nil, 0
	}
	for _, s := range steps {
		w := work(s)
		if w >= t.MinSplitFLOPs || total+w > t.MaxCallFLOPs || len(run) > 0 && run[0].Func.Group() != s.Func.Group() {
			flush()
		}
		if w >= t.MinSplitFLOPs || s.Func.Group() > 1 {
			out = append(out, s)
			continue
		}
		run, total = append(run, s), total+w
	}
	flush()
	return out
}

// join makes one step of several.
func join(run []lower.Step, kernels *kernelTable) lower.Step {
	b := loopir.NewBuilder("net")
	joined := lower.Step{Name: run[0].Name + ".." + run[len(run)-1].Name, Family: "call"}
	written := map[*lower.Storage]bool{}
	for _, s := range run {
		for _, o := range s.Outputs() {
			written[o.Root()] = true
		}
	}
	params := map[*lower.Storage]*loopir.Buffer{}
	param := func(a *lower.Storage) *loopir.Buffer {
		root := a.Root()
		if p, ok := params[root]; ok {
			return p
		}
		declare := b.Param
		if written[root] {
			declare = b.Out
		}
		dims := []int{root.Bytes() / root.Elem.Bytes()}
		if root.Batched() {
			dims = append([]int{loopir.Batch}, dims...)
		}
		params[root] = declare("v", root.Elem, dims...)
		joined.Args = append(joined.Args, root)
		return params[root]
	}
	var sample loopir.Index
	if run[0].Func.Batched() {
		sample = b.Grid("n", loopir.Batch)
	}
	for _, s := range run {
		callee := kernels.funcs[kernels.add(s.OfWholes())]
		var views []loopir.View
		for _, a := range s.Args {
			p := param(a)
			if p.Batched() {
				views = append(views, p.From(sample, loopir.C(0)))
			} else {
				views = append(views, p.From())
			}
		}
		b.Call(callee, views...)
		joined.FLOPs += s.FLOPs
		joined.Nodes = append(joined.Nodes, s.Nodes...)
	}
	joined.Func = b.Func()
	return joined
}
