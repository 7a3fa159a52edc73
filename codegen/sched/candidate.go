package sched

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// Candidate is a way to compute a convolution that was considered.
type Candidate struct {
	ConvChoice
	Cost    float64 // predicted cycles, and what its drawback counts for: the least is chosen; infinite if it may not be
	Verdict string  // why it was chosen, or why not

	drawback string // for which more than the predicted cycles is counted
}

// Candidates lists the ways to compute c, each with the register tiles that are predicted to be fastest; the first one
// is chosen.
func Candidates(c Conv, t Target) []Candidate {
	switch {
	case !c.Packed || c.GroupInC*c.GroupOutC == 0:
		return only(ConvChoice{Family: ConvPlain}, "no other kernel takes weights that are computed, or are no float32")
	case c.Groups == c.In.C && c.Groups == c.Out.C && c.Groups > 1 && c.PoolH == 0:
		return decide(depthwiseCandidates(c, t))
	case c.Groups > 1 && (c.GroupInC%BlockChannels != 0 || c.GroupOutC%BlockChannels != 0):
		return decide(append(direct(groupedChoice(c, t)), thinToo(c, t)...))
	case isThin(c, t):
		return decide(thinCandidates(c, t))
	case c.In.C < BlockChannels:
		return decide(planarCandidates(c, t))
	}
	if c.PoolH > 0 && c.PadsRows() { // direct sums pool only rows that see all of the kernel
		return decide(append(winograd(c, t), matrixCandidates(c, t)...))
	}
	all := append(direct(directChoice(c, t)), winograd(c, t)...)
	all = append(all, pickedCandidates(c, t)...)
	all = append(all, matrixCandidates(c, t)...)
	if c.Out.C < BlockChannels {
		all = append(all, thinToo(c, t)...)
	}
	return decide(all)
}

// only is the list for a convolution that leaves no choice.
func only(choice ConvChoice, why string) []Candidate {
	return []Candidate{{ConvChoice: choice, Verdict: why}}
}

// direct starts a list with direct sums, which have no drawback.
func direct(choice ConvChoice) []Candidate {
	return []Candidate{{ConvChoice: choice, Cost: choice.Cycles()}}
}

// Cycles is the prediction for the best tile.
func (choice ConvChoice) Cycles() float64 {
	if len(choice.Tiles) == 0 {
		return 0
	}
	return choice.Tiles[0].Cycles
}

// veto rules a candidate out.
func (c *Candidate) veto(why string) { c.Cost, c.Verdict = math.Inf(1), why }

// sharePieces lets threads share a kernel for conv that sees an image as one row: channels, and pieces of the row where those are
// few, or where the image that is read is the larger one, of which each core then reads a part. Pieces come first, as most of
// one's image was written by the core that reads it. Where vectors hold a block of channels that was not measured; tiles are as
// wide as most rows there, and it is ruled out.
func (c *Candidate) sharePieces(conv Conv, t Target) {
	const enough = 8
	whole, narrow := c.Tiles[0].Split(conv.Out.H * conv.Out.W)
	c.Pieces = ceilDiv(enough, conv.Out.Blocks()/c.Tiles[0].Blocks)
	if conv.In.C > conv.Out.C && 4*conv.In.C*conv.Out.C <= t.L2Bytes && whole+narrow >= enough && t.Lanes < BlockChannels {
		c.Pieces = max(c.Pieces, 2)
	}
	c.GroupsInner = c.GroupsInner || c.Pieces > 1
	if c.Pieces > 1 && (c.Pieces > whole+narrow || t.Lanes == BlockChannels) {
		c.veto("too few channels to share between threads")
	}
}

// Vetoed reports whether a candidate is ruled out.
func (c *Candidate) Vetoed() bool { return math.IsInf(c.Cost, 1) }

// decide puts the cheapest candidate first, and says what decided.
func decide(all []Candidate) []Candidate {
	slices.SortStableFunc(all, func(a, b Candidate) int { return cmp.Compare(a.Cost, b.Cost) })
	best := &all[0]
	best.Verdict = "predicted to be fastest"
	if len(all) == 1 {
		best.Verdict = "the only kernel for it"
	}
	for i := range all[1:] {
		switch other := &all[i+1]; {
		case other.Vetoed():
		case other.Cycles() < best.Cycles():
			other.Verdict = "too little faster: " + other.drawback
		default:
			other.Verdict = "predicted to be slower"
		}
		if all[i+1].Cycles() < best.Cycles() {
			best.Verdict = "predicted to be fast enough, without the drawbacks of what is faster"
		}
	}
	return all
}

// Kernel names a choice for c, but for its tile: the family, and what tells it from others of that family.
func (choice ConvChoice) Kernel(c Conv) string {
	name := string(choice.Family)
	if choice.Winograd.OutH > 0 {
		name += " " + choice.Winograd.Form(c)
	}
	if choice.Winograd.Apart || choice.Matrix.Apart {
		name += " apart"
	}
	if choice.Winograd.Trims {
		name += " trimmed"
	}
	switch {
	case choice.Picked:
		name += " picked"
	case choice.Flat:
		name += " flat"
	}
	return name
}

// String describes c such that equal convolutions, and no others, have the same text.
func (c Conv) String() string {
	text := fmt.Sprintf("%dx%dx%dx%d to %dx%dx%d, kernel %dx%d", c.In.N, c.In.C, c.In.H, c.In.W, c.Out.C, c.Out.H, c.Out.W, c.KH, c.KW)
	add := func(what string, a, b, usual int) {
		if a != usual || b != usual {
			text += fmt.Sprintf(", %s %dx%d", what, a, b)
		}
	}
	add("stride", c.SH, c.SW, 1)
	add("dilation", c.DH, c.DW, 1)
	add("pad", c.Top, c.Left, 0)
	add("pool", c.PoolH, c.PoolW, 0)
	if c.Groups > 1 {
		text += fmt.Sprintf(", %d groups", c.Groups)
	}
	if !c.Packed {
		text += ", weights of run time"
	}
	return text
}
