package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"nncc/codegen/sched"
	"nncc/ir"
	"nncc/runtime/program"
)

// report is the result of inspect.
type report struct {
	Model      string          `json:"model"`
	Batched    bool            `json:"batched"`
	ISA        string          `json:"isa"`
	Parameters int64           `json:"parameters"`
	FLOPs      int64           `json:"flops"` // per sample
	Layers     []layerReport   `json:"layers"`
	Variants   []variantMemory `json:"variants"`
}

// layerReport is one kernel call. Operations, bytes and time are per sample.
type layerReport struct {
	Layer       string   `json:"layer"`
	Ops         []string `json:"ops"`
	Inputs      []string `json:"inputs"`
	Outputs     []string `json:"outputs"`
	Parameters  int64    `json:"parameters"`
	FLOPs       int64    `json:"flops"`
	Bytes       int64    `json:"bytes"`
	Intensity   float64  `json:"flops_per_byte"`
	Family      string   `json:"family"`
	Tile        string   `json:"tile"`
	PredictedNs int64    `json:"predicted_ns"`
	why         string
}

// describeLayers joins what the kernels say of themselves with the nodes that they compute.
func describeLayers(g *ir.Graph, kernels []program.Layer, t sched.Target) []layerReport {
	nodes := map[string]*ir.Node{}
	for _, n := range g.Nodes {
		for _, v := range n.Outputs {
			nodes[v.Name] = n
		}
	}
	schedule := sched.Assign(g, t)
	var out []layerReport
	for _, k := range kernels {
		r := layerReport{Layer: k.Name, FLOPs: k.FLOPs, Bytes: k.Bytes, Family: k.Family, Tile: k.Tile, Ops: []string{}, Inputs: []string{}, Outputs: []string{}}
		if k.Bytes > 0 {
			r.Intensity = float64(k.FLOPs) / float64(k.Bytes)
		}
		var tiles []sched.Tile
		var why []string
		for _, name := range k.Covers {
			n := nodes[name]
			if n == nil {
				continue
			}
			r.addNode(n)
			choice := schedule.Conv[n]
			tiles = append(tiles, choice.Tiles...)
			why = append(why, explain(n, choice, schedule, t))
		}
		r.why = strings.Join(why, "\n")
		r.PredictedNs = predictNs(k, tiles, t)
		out = append(out, r)
	}
	return out
}

// addNode adds what n computes, and its shapes and parameters.
func (r *layerReport) addNode(n *ir.Node) {
	for _, m := range sched.Members(n) {
		r.Ops = append(r.Ops, m.Op.Name)
	}
	for _, v := range n.Inputs {
		switch {
		case v == nil:
		case v.IsConst():
			r.Parameters += int64(v.Type.Elems())
		default:
			r.Inputs = append(r.Inputs, v.Type.String())
		}
	}
	for _, v := range n.Outputs {
		r.Outputs = append(r.Outputs, v.Type.String())
	}
}

// The core that times are predicted for.
const (
	coreGHz            = 3
	cacheBytesPerCycle = 16 // for a layer that fits the private cache
	ramBytesPerCycle   = 4
)

// predictNs is the longer of the time for the arithmetic, which the cost model of the tile knows best, and the time for
// the memory traffic.
func predictNs(k program.Layer, tiles []sched.Tile, t sched.Target) int64 {
	cycles := float64(k.FLOPs) / float64(2*t.Lanes*t.FMAsPerCycle)
	if i := slices.IndexFunc(tiles, func(c sched.Tile) bool { return c.String() == k.Tile }); i >= 0 && tiles[i].Cycles > 0 {
		cycles = tiles[i].Cycles
	}
	rate := cacheBytesPerCycle
	if k.Bytes > int64(t.L2Bytes) {
		rate = ramBytesPerCycle
	}
	return int64(max(cycles, float64(k.Bytes)/float64(rate)) / coreGHz)
}

// explain says what led to a node's kernel.
func explain(n *ir.Node, choice sched.ConvChoice, schedule *sched.Plan, t sched.Target) string {
	var b strings.Builder
	for _, v := range n.Inputs {
		if v != nil && !v.IsConst() {
			fmt.Fprintf(&b, "reads %s as %v; ", v.Type, schedule.Layout[v])
		}
	}
	fmt.Fprintf(&b, "writes %s as %v", n.Out().Type, schedule.Layout[n.Out()])
	if len(choice.Tiles) == 0 {
		return b.String()
	}
	fmt.Fprintf(&b, "\n%s, predicted at %d GHz:", choice.Family, coreGHz)
	const shown = 5
	for _, tile := range choice.Tiles[:min(shown, len(choice.Tiles))] {
		fmt.Fprintf(&b, " %v %v (%d of %d registers);", tile, roundTime(int64(tile.Cycles/coreGHz)), tile.Accumulators(), t.Registers)
	}
	if more := len(choice.Tiles) - shown; more > 0 {
		fmt.Fprintf(&b, " %d slower ones", more)
	}
	return strings.TrimSuffix(b.String(), ";")
}

func (r report) print(w io.Writer, why bool) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "output\tparameters\tMFLOP\tMB\tFLOP/B\ttile\tkernel\tpredicted\t  layer")
	total := layerReport{}
	for _, l := range r.Layers {
		fmt.Fprintf(t, "%s\t%d\t%.3f\t%.3f\t%.1f\t%s\t%s\t%v\t  %s\n", dash(strings.Join(l.Outputs, " ")), l.Parameters,
			float64(l.FLOPs)/1e6, float64(l.Bytes)/1e6, l.Intensity, dash(l.Tile), dash(l.Family), roundTime(l.PredictedNs), describe(l))
		total.Bytes, total.PredictedNs = total.Bytes+l.Bytes, total.PredictedNs+l.PredictedNs
	}
	fmt.Fprintf(t, "total\t%d\t%.3f\t%.3f\t%.1f\t\t%s\t%v\t  \n", r.Parameters, float64(r.FLOPs)/1e6, float64(total.Bytes)/1e6,
		float64(r.FLOPs)/float64(max(total.Bytes, 1)), r.ISA, roundTime(total.PredictedNs))
	if err := t.Flush(); err != nil {
		return err
	}
	if why {
		r.printWhy(w)
	}
	fmt.Fprintln(w)
	t = tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "variant\tweights MB\tarena MB/sample\tscratch MB/thread\tpeak MB\t")
	for _, v := range r.Variants {
		fmt.Fprintf(t, "%s\t%.3f\t%.3f\t%.3f\t%.3f\t\n", v.ISA, mega(v.WeightsBytes+v.DerivedBytes), mega(v.ArenaBytes), mega(v.ScratchBytes), mega(v.PeakBytes))
	}
	return t.Flush()
}

// describe is the layer's name and, where it is more than one, the ops.
func describe(l layerReport) string {
	if len(l.Ops) < 2 {
		return l.Layer
	}
	return l.Layer + " (" + strings.Join(l.Ops, " ") + ")"
}

func (r report) printWhy(w io.Writer) {
	for _, l := range r.Layers {
		if l.why != "" {
			fmt.Fprintf(w, "\n%s\n    %s\n", describe(l), strings.ReplaceAll(l.why, "\n", "\n    "))
		}
	}
}

func mega(bytes int64) float64 { return float64(bytes) / 1e6 }
