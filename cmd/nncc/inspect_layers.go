package main

import (
	"math"
	"strings"

	"nncc/codegen/sched"
	"nncc/ir"
	"nncc/runtime/program"
)

// layerReport is one kernel call. Operations, bytes and times are of a run of the batch that was asked for.
type layerReport struct {
	Layer       string      `json:"layer"`
	Ops         []string    `json:"ops"`
	Inputs      []string    `json:"inputs"`
	Outputs     []string    `json:"outputs"`
	Parameters  int64       `json:"parameters"`
	FLOPs       int64       `json:"flops"`
	Bytes       int64       `json:"bytes"`
	WeightBytes int64       `json:"weight_bytes"`
	Intensity   float64     `json:"flops_per_byte"`
	Family      string      `json:"family"`
	Tile        string      `json:"tile"`
	ComputeNs   int64       `json:"compute_ns"`
	MemoryNs    int64       `json:"memory_ns"`
	PredictedNs int64       `json:"predicted_ns"`
	Bound       string      `json:"bound"`  // compute or memory
	Memory      string      `json:"memory"` // level that most of memory_ns is spent on
	Threads     int         `json:"threads"`
	Why         []whyReport `json:"why,omitempty"` // for each node, with --why
}

// describeLayers joins what the kernels say of themselves with the nodes that they compute.
func (r *report) describeLayers(g *ir.Graph, v *program.Variant, t sched.Target, why bool) {
	nodes := map[string]*ir.Node{}
	for _, n := range g.Nodes {
		for _, v := range n.Outputs {
			nodes[v.Name] = n
		}
	}
	schedule := sched.Assign(g, t)
	for _, k := range v.Layers {
		l := layerReport{
			Layer: k.Name, FLOPs: k.FLOPs * int64(r.samples()), Bytes: k.Traffic(r.samples()), WeightBytes: k.WeightBytes,
			Family: k.Family, Tile: k.Tile, Ops: []string{}, Inputs: []string{}, Outputs: []string{},
		}
		if l.Bytes > 0 {
			l.Intensity = float64(l.FLOPs) / float64(l.Bytes)
		}
		for _, name := range k.Covers {
			if n := nodes[name]; n != nil {
				l.addNode(n)
				if why {
					l.Why = append(l.Why, whyOf(n, schedule, r.machine, k.Tile))
				}
			}
		}
		r.Layers = append(r.Layers, l)
	}
}

// samples is how often a run goes through the graph.
func (r *report) samples() int {
	if r.Batched {
		return r.Batch
	}
	return 1
}

// addNode adds what n computes, and its shapes and parameters.
func (l *layerReport) addNode(n *ir.Node) {
	for _, m := range sched.Members(n) {
		l.Ops = append(l.Ops, m.Op.Name)
	}
	for _, v := range n.Inputs {
		switch {
		case v == nil:
		case v.IsConst():
			l.Parameters += int64(v.Type.Elems())
		default:
			l.Inputs = append(l.Inputs, v.Type.String())
		}
	}
	for _, v := range n.Outputs {
		l.Outputs = append(l.Outputs, v.Type.String())
	}
}

func (l *layerReport) addRoof(r sched.Roof) {
	l.ComputeNs, l.MemoryNs, l.PredictedNs = nanoseconds(r.ComputeNs), nanoseconds(r.MemoryNs), nanoseconds(r.Ns())
	l.Bound, l.Memory, l.Threads = boundCompute, r.Level, r.Threads
	if r.MemoryBound() {
		l.Bound = boundMemory
	}
}

func nanoseconds(ns float64) int64 { return int64(math.Round(ns)) }

// describe is the layer's name and, where it is more than one, the ops.
func describe(l layerReport) string {
	if len(l.Ops) < 2 {
		return l.Layer
	}
	return l.Layer + " (" + strings.Join(l.Ops, " ") + ")"
}
