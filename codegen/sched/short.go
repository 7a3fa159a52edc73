package sched

import (
	"fmt"

	"nncc/ir"
)

// Short is a form of a dense layer's weights, named by its bits: whole numbers of so many bits, times a scale that a segment
// of inputs shares, for each output; 0 is for weights as they are. A layer of one row takes as long as its weights take
// from memory, and these are shorter.
//
// The error of a weight is at most a 2^bits-th part of the largest of its segment, so that of a result is at most 2^(3-bits)
// of the norms of weights and inputs multiplied, whatever the weights are; usually it is less than an eighth of that.
//
// The numbers of eight inputs are a group: one vector of 32 bits for each of 16 outputs has the lowest four bits of all, the
// first ones lowest; then there are vectors of their upper bits, as many in each as have room, the first ones lowest. The groups of
// a segment are followed by a vector of its scales.
type Short int

const (
	ShortSegment = 64 // inputs
	ShortGroup   = 8
)

// The forms: that in bf16 is more precise than weights rounded to bf16 are.
const (
	shortF32  Short = 20
	shortBF16 Short = 12
)

// String names the form.
func (s Short) String() string { return fmt.Sprintf("%d-bit", int(s)) }

// Upper is how many bits of a number are not among the lowest four.
func (s Short) Upper() int { return int(s) - 4 }

// Each is how many numbers the upper bits in a vector belong to.
func (s Short) Each() int { return 32 / s.Upper() }

// Vectors is how many vectors a group has.
func (s Short) Vectors() int { return 1 + ShortGroup/s.Each() }

// Len is how many vectors of 16 lanes the weights of 16 outputs take.
func (s Short) Len(inputs int) int {
	return ceilDiv(inputs, ShortSegment) + ceilDiv(inputs, ShortGroup)*s.Vectors()
}

// bytes is the size of all weights.
func (s Short) bytes(inputs, outputs int) int64 {
	return int64(ceilDiv(outputs, BlockChannels)*s.Len(inputs)) * BlockChannels * 4
}

// shorten chooses the dense layers that read short weights: those whose weights come from memory in every run, and where
// that takes longer than to unpack them. derivedBytes is what convolutions derive.
func (p *Plan) shorten(g *ir.Graph, derivedBytes int64) {
	const fewest = 1 << 20 // smaller weights are not worth the work at the start
	form := shortF32
	if p.Target.BF16 {
		form = shortBF16
	}
	if p.Target.StrictFP32 || p.resident || !p.Target.shortPays(form) {
		return
	}
	for _, n := range g.Nodes {
		if !isDense(n) {
			continue
		}
		w, y := Outer(n, Anchor(n).Inputs[1]).Type, Anchor(n).Out().Type
		outputs := y.Shape[y.Rank()-1]
		inputs := w.Elems() / max(outputs, 1)
		if y.Elems() != outputs || w.Elems() < fewest {
			continue
		}
		bytes := form.bytes(inputs, outputs)
		if limit := p.Target.MaxDerivedBytes; limit != nil && derivedBytes+bytes > *limit {
			continue
		}
		derivedBytes += bytes
		p.Short[n] = form
	}
}

// shortPays compares the cycles for one input and 16 outputs.
func (t Target) shortPays(form Short) bool {
	const unpack = 5.5 / 2 // cycles for a vector: that many operations, two a cycle
	const worthwhile = 0.9
	vectors := BlockChannels / float64(t.Lanes)
	bits, products := 32.0, vectors/t.FMAsPerCycle
	if t.BF16 {
		bits, products = 16, 2*BlockChannels/t.BF16OpsPerCycle
	}
	read := func(bits float64) float64 { return BlockChannels * bits / 8 / t.MemoryBytesPerCycle }
	return max(vectors*unpack, read(float64(form))) < worthwhile*max(products, read(bits))
}
