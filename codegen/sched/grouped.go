package sched

import "slices"

// groupedChoice is the schedule for a convolution in groups of any size. Its vectors of output channels are those of one group,
// so that an input number is the same for all lanes; or, where groups are smaller than a vector, they cover whole groups,
// and the lanes of an input vector are spread over the outputs that read them. Where neither fills vectors, they run along
// the row.
func groupedChoice(c Conv, t Target) ConvChoice {
	choice := ConvChoice{Family: ConvGrouped, In: Blocked, Out: Blocked, Lanes: t.Lanes}
	for c.GroupOutC%choice.Lanes != 0 {
		choice.Lanes /= 2
	}
	if spread := c.GroupInC * t.Lanes / c.GroupOutC; t.Lanes > c.GroupOutC && t.Lanes%c.GroupOutC == 0 && spread <= t.Lanes && BlockChannels%spread == 0 {
		choice.Lanes, choice.Spread = t.Lanes, spread
	}
	choice.Tiles = groupedTiles(c, t, choice)
	return choice
}

// thinToo proposes vectors along the row for blocked images, which have to pay for a change of the layout before and after.
func thinToo(c Conv, t Target) []Candidate {
	const cyclesPerNumber, margin = 0.5, 1.5 // the margin is for loops, which thin tiles do not count
	numbers := c.In.N * (c.In.C*c.In.H*c.In.W + c.Out.C*c.Out.H*c.Out.W)
	all := narrowThin(c, t)
	for i := range all {
		if !all[i].Vetoed() {
			all[i].Cost = margin*all[i].Cycles() + cyclesPerNumber*float64(numbers)
			all[i].drawback = "its layout is not that of its neighbours"
		}
	}
	return all
}

// narrowThin are the schedules with vectors along the row, as wide as the row allows.
func narrowThin(c Conv, t Target) []Candidate {
	for t.Lanes > c.Out.W {
		t.Lanes, t.FMAsPerCycle = t.Lanes/2, min(2*t.FMAsPerCycle, 2) // processors with half as many wide units have two narrow ones
	}
	if c.SW != 1 || c.PoolH > 0 || t.Lanes == 0 {
		return nil
	}
	all := thinCandidates(c, t)
	for i := range all {
		all[i].Lanes = t.Lanes
	}
	return all
}

// KeepsWeights reports whether a tile of a grouped convolution keeps a row of weights in registers: then an input number is loaded
// once for all columns of the kernel.
func (choice ConvChoice) KeepsWeights(c Conv, tile Tile, t Target) bool {
	return choice.Spread == 0 && c.SW == 1 && c.DW == 1 && c.KW > 1 && tile.Accumulators()+c.KW*tile.Subs+1 < t.Registers
}

// groupedTiles: Subs vectors lie in one group, or the only one covers several; where groups cross blocks, vectors of a tile do.
func groupedTiles(c Conv, t Target, choice ConvChoice) []Tile {
	var out []Tile
	most := 1
	if choice.Spread == 0 {
		most = c.GroupOutC / choice.Lanes
	}
	for subs := 1; subs <= most; subs++ {
		if most%subs != 0 {
			continue
		}
		for pixels := 1; pixels <= min(c.Out.W, 28); pixels++ {
			tile := Tile{Rows: 1, Pixels: pixels, Blocks: 1, Subs: subs, Narrows: t.narrows() && pixels > 1}
			registers := tile
			if choice.Spread > 0 {
				registers.Pixels *= 2 // input vectors stay for all of their lanes
			}
			if pixels*subs > 1 && !fits(registers, t) {
				break
			}
			steps, taps := c.GroupInC*c.KH*c.KW, 1
			if choice.KeepsWeights(c, tile, t) {
				steps, taps = c.GroupInC*c.KH, c.KW
			}
			row := rowCycles(c.Out.W, tile, func(tile Tile) float64 { return perTileCycles(t, steps, taps, tile) })
			tile.Cycles = row * float64(ceilDiv(ceilDiv(c.Out.C, choice.Lanes), subs)*c.Out.H*c.In.N)
			out = append(out, tile)
		}
	}
	slices.SortStableFunc(out, cheapest)
	return out
}
