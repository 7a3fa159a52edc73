package main

import (
	"fmt"
	"io"
	"strings"

	"nncc/codegen/sched"
	"nncc/ir"
)

// whyReport says what led to the kernel of one node.
type whyReport struct {
	Reads      []string           `json:"reads"`  // layouts of the inputs that are computed
	Writes     string             `json:"writes"` // layout of the result
	Considered []consideredReport `json:"considered"`
	Tiles      []tileReport       `json:"tiles"` // of the kernel that was chosen, best first
	Registers  int                `json:"registers"`
	Note       string             `json:"note,omitempty"`
}

// consideredReport is a kernel with its best tile; the first one was chosen.
type consideredReport struct {
	Kernel       string `json:"kernel"`
	Tile         string `json:"tile"`
	PredictedNs  int64  `json:"predicted_ns"` // arithmetic, and weights that are streamed
	DerivedBytes int64  `json:"derived_bytes"`
	Verdict      string `json:"verdict"`
}

// tileReport is a register tile.
type tileReport struct {
	Tile         string `json:"tile"`
	PredictedNs  int64  `json:"predicted_ns"`
	Accumulators int    `json:"accumulators"`
}

// whyOf explains a node's kernel, whose tile is the one that was compiled in the end. Times are for m.
func whyOf(n *ir.Node, plan *sched.Plan, m sched.Machine, tile string) whyReport {
	w := whyReport{Reads: []string{}, Writes: plan.Layout[n.Out()].String(), Registers: plan.Target.Registers}
	for _, v := range n.Inputs {
		if v != nil && !v.IsConst() {
			w.Reads = append(w.Reads, plan.Layout[v].String())
		}
	}
	c, _ := sched.FusedConv(n)
	predicted := func(choice sched.ConvChoice, cycles float64) int64 {
		return nanoseconds(m.ComputeNs(plan.Target, sched.Work{Operations: float64(n.Op.FLOPs(n)) * choice.MulAdds(c), Cycles: cycles, BF16: choice.Rounds(plan.Target)}))
	}
	for i, other := range plan.Considered[n] {
		r := consideredReport{Kernel: other.Kernel(c), PredictedNs: predicted(other.ConvChoice, other.Cycles()), DerivedBytes: other.DerivedBytes(c), Verdict: other.Verdict}
		if len(other.Tiles) > 0 {
			r.Tile = other.Tiles[0].String()
		}
		w.Considered = append(w.Considered, r)
		if i > 0 {
			continue
		}
		for _, t := range other.Tiles {
			w.Tiles = append(w.Tiles, tileReport{t.String(), predicted(other.ConvChoice, t.Cycles), t.Accumulators()})
		}
		if r.Tile != tile && r.Tile != "" {
			w.Note = fmt.Sprintf("the tile %s kept vectors on the stack: %s is used instead", r.Tile, tile)
		}
	}
	return w
}

// print writes the explanation for people, with as many tiles as are of interest.
func (w whyReport) print(out io.Writer, machine string) error {
	fmt.Fprintf(out, "    reads %s; writes %s\n", dash(strings.Join(w.Reads, ", ")), w.Writes)
	if len(w.Considered) > 0 && len(w.Tiles) > 0 {
		t := table(out)
		fmt.Fprintf(t, "    kernel\ttile\ton %s\tderived MB\t  verdict\n", machine)
		for _, c := range w.Considered {
			fmt.Fprintf(t, "    %s\t%s\t%v\t%.3f\t  %s\n", c.Kernel, dash(c.Tile), roundTime(c.PredictedNs), mega(c.DerivedBytes), c.Verdict)
		}
		if err := t.Flush(); err != nil {
			return err
		}
		const shown = 5
		var tiles []string
		for _, t := range w.Tiles[:min(shown, len(w.Tiles))] {
			in := ""
			if t.Accumulators <= w.Registers { // else sums are in matrix registers
				in = fmt.Sprintf(" (%d of %d registers)", t.Accumulators, w.Registers)
			}
			tiles = append(tiles, fmt.Sprintf("%s %v%s", t.Tile, roundTime(t.PredictedNs), in))
		}
		if more := len(w.Tiles) - shown; more > 0 {
			tiles = append(tiles, fmt.Sprintf("%d slower ones", more))
		}
		fmt.Fprintf(out, "    tiles: %s\n", strings.Join(tiles, "; "))
	} else if len(w.Considered) > 0 {
		fmt.Fprintf(out, "    %s: %s\n", w.Considered[0].Kernel, w.Considered[0].Verdict)
	}
	if w.Note != "" {
		fmt.Fprintf(out, "    %s\n", w.Note)
	}
	return nil
}
