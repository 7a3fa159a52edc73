package sched

import "slices"

// KeepsRow reports whether a depthwise kernel can keep a row of weights in registers beside a tile.
func KeepsRow(c Conv) bool { return c.KW <= 8 }

// depthwiseCandidates are for a convolution with one filter for each channel.
func depthwiseCandidates(c Conv, t Target) []Candidate {
	all := direct(ConvChoice{Family: ConvDepthwise, In: Blocked, Out: Blocked, Tiles: depthwiseTiles(c, t)})
	for _, out := range rowOutputs[[2]int{c.KH, c.SH}] {
		w := tileOf(c, out, 1)
		if tiles := depthwiseWinogradTiles(c, t, w); c.SH == 1 && !c.Functions && len(tiles) > 0 {
			all = append(all, filtering(ConvChoice{Family: ConvDepthwiseWinograd, In: Blocked, Out: Blocked, Winograd: w, Tiles: tiles}, c, t))
		}
	}
	return all
}

// UnrollsRow reports whether the columns of a depthwise filter are unrolled: a tile of few pixels in narrow vectors has too
// little to do between counting them. Compilers then load once what neighbours read.
func UnrollsRow(c Conv, tile Tile, t Target) bool {
	const few, longRow = 8, 16
	return tile.Pixels < few && c.KW <= longRow && t.Lanes < BlockChannels
}

// depthwiseTiles ranks those whose columns are a loop together with those whose columns are unrolled.
func depthwiseTiles(c Conv, t Target) []Tile {
	s := tileSpace{strips: oneStrip(c.Out.H, c.Out.W), rowsFused: 1, multiple: 1, blocks: 1, steps: c.KH * c.KW, repeat: c.Out.Blocks() * c.In.N}
	if t.BF16 && KeepsRow(c) {
		t.Registers -= c.KW - 1
		return rankTiles(t, s)
	}
	out := slices.DeleteFunc(rankTiles(t, s), func(tile Tile) bool { return UnrollsRow(c, tile, t) })
	s.steps, s.taps, s.hidden = c.KH, c.KW, hiddenUnrolled
	for _, tile := range rankTiles(t, s) {
		sharedColumns := 0 // that wait for the next tap, of one vector
		if c.SW < c.KW {
			sharedColumns = (tile.Pixels - 1) * c.SW
		}
		if UnrollsRow(c, tile, t) && (tile.Pixels == 1 || tile.Accumulators()+sharedColumns+2 <= t.Registers) {
			out = append(out, tile)
		}
	}
	slices.SortStableFunc(out, cheapest)
	return out
}

// depthwiseWinogradTiles is for kernels that keep all weights in registers, and the sums for a kernel's width of columns.
// Where vectors are narrower than a block, processors add and multiply on the same units: then there is nothing to save.
func depthwiseWinogradTiles(c Conv, t Target, w Winograd) []Tile {
	if c.SW != 1 || c.DH != 1 || c.DW != 1 || c.Out.H < w.OutH || t.Lanes < BlockChannels || 2*w.InH*c.KW+w.InH+1 > t.Registers {
		return nil
	}
	const (
		addCycles  = 0.3 // beside multiply-adds, for which some processors have other units
		fillCycles = 50  // until all weights of a group of rows are there, measured
	)
	var out []Tile
	for pixels := 1; pixels <= min(c.Out.W, 16); pixels++ {
		columns := float64(pixels + c.KW - 1) // that are loaded
		sums, transforms := float64(w.InH*c.KW*pixels), float64(w.InH)*columns+float64(2*w.OutH*pixels)
		cycles := max(sums/t.FMAsPerCycle, float64(w.InH)*columns/float64(t.LoadsPerCycle)) + addCycles*transforms + storeCycles*float64(w.OutH*pixels) + startCycles
		group := cycles*float64(ceilDiv(c.Out.W, pixels)) + fillCycles
		groups := ceilDiv(c.Out.H, w.OutH) * c.Out.Blocks() * c.In.N
		out = append(out, Tile{Rows: 1, Pixels: pixels, Blocks: 1, Subs: 1, Cycles: group * float64(groups)})
	}
	slices.SortStableFunc(out, cheapest)
	return out
}
