// Package reduce shrinks a graph that makes something fail to a small one that still does.
//
// It is delta debugging: propose a smaller graph, keep it if it is valid and still fails, until nothing smaller does.
// Proposals know nothing of single ops. Shape rules decide whether a graph is valid.
//
// Zeller and Hildebrandt, Simplifying and Isolating Failure-Inducing Input (2002).
package reduce

import (
	"slices"

	"nncc/ir"
)

// Options of Graph.
type Options struct {
	Fails    func(g *ir.Graph) bool              // whether a graph, which is always valid, still shows the failure
	Focus    string                              // a value that is known to be wrong: the first guess is that what computes it is enough
	Progress func(tries int, smallest *ir.Graph) // called before each try, if set
}

// Graph returns the smallest graph that it finds for which o.Fails holds, as it does for g. It leaves g as it is. The
// result depends on nothing but g and the answers of o.Fails.
func Graph(g *ir.Graph, o Options) *ir.Graph {
	r := &reducer{Options: o, best: g.Clone(), batched: g.Batched}
	r.focus()
	for progress := true; progress; {
		progress = false
		for _, step := range []func() bool{r.fewerOutputs, r.fewerUpdates, r.earlierOutputs, r.fewerNodes, r.bypassNodes, r.plainAttrs, r.smallerDims, r.plainConstants} {
			progress = step() || progress
		}
	}
	return r.best
}

// reducer holds the smallest graph so far.
type reducer struct {
	Options
	best    *ir.Graph
	batched bool // the original kept samples apart; smaller ones do where they can
	tries   int
}

// try makes the edited graph the best one if it is valid and fails.
func (r *reducer) try(e edit) bool {
	g, err := e.apply(r.best)
	if err != nil {
		return false
	}
	g.Batched = false
	if r.batched {
		ir.MarkBatched(g)
	}
	if ir.Verify(g) != nil {
		return false
	}
	r.tries++
	if r.Progress != nil {
		r.Progress(r.tries, r.best)
	}
	if !r.Fails(g) {
		return false
	}
	r.best = g
	return true
}

// focus guesses that the network up to the value in focus fails, or even its node alone.
func (r *reducer) focus() {
	i := slices.IndexFunc(r.best.Nodes, func(n *ir.Node) bool {
		return slices.ContainsFunc(n.Outputs, func(v *ir.Value) bool { return v.Name == r.Focus })
	})
	if i < 0 {
		return
	}
	n := r.best.Nodes[i]
	if r.try(edit{outputs: n.Outputs, cut: r.best.Nodes[:i]}) || r.try(edit{outputs: n.Outputs}) {
		return
	}
}

// fewerOutputs drops outputs one by one.
func (r *reducer) fewerOutputs() bool {
	progress := false
	for i := 0; i < len(r.best.Outputs) && len(r.best.Outputs) > 1; {
		var rest []*ir.Value
		for j, o := range r.best.Outputs {
			if j != i {
				rest = append(rest, o.Value)
			}
		}
		if r.try(edit{outputs: rest}) {
			progress = true
		} else {
			i++
		}
	}
	return progress
}

// fewerUpdates makes states that change read-only, one by one.
func (r *reducer) fewerUpdates() bool {
	progress := false
	for i := 0; i < len(r.best.States); i++ {
		before := len(r.best.States)
		if s := r.best.States[i]; s.Out != s.In && r.try(edit{frozen: s.In}) {
			progress = true
			i -= before - len(r.best.States)
		}
	}
	return progress
}

// earlierOutputs looks for the shortest beginning of the network that fails, by bisection.
func (r *reducer) earlierOutputs() bool {
	if len(r.best.Outputs) != 1 {
		return false
	}
	progress := false
	for low, high := 0, len(r.best.Nodes)-1; low < high; {
		middle := (low + high) / 2
		if r.try(edit{outputs: r.best.Nodes[middle].Outputs}) {
			progress, high = true, min(middle, len(r.best.Nodes)-1)
		} else {
			low = middle + 1
		}
	}
	return progress
}

// fewerNodes replaces runs of nodes by inputs: large runs first, single nodes last.
func (r *reducer) fewerNodes() bool {
	progress := false
	for size := len(r.best.Nodes) - 1; size >= 1; size /= 2 {
		for from := 0; from < len(r.best.Nodes); {
			if r.try(edit{cut: r.best.Nodes[from:min(from+size, len(r.best.Nodes))]}) {
				progress = true
			} else {
				from += size
			}
		}
	}
	return progress
}

// bypassNodes replaces the result of a node by one of its inputs.
func (r *reducer) bypassNodes() bool {
	progress := false
	for i := 0; i < len(r.best.Nodes); {
		if r.bypass(r.best.Nodes[i]) {
			progress = true
		} else {
			i++
		}
	}
	return progress
}

func (r *reducer) bypass(n *ir.Node) bool {
	if len(n.Outputs) != 1 {
		return false
	}
	for _, v := range n.Inputs {
		if v != nil && v.Type.Rank() == n.Out().Type.Rank() && r.try(edit{instead: map[*ir.Value]*ir.Value{n.Out(): v}}) {
			return true
		}
	}
	return false
}
