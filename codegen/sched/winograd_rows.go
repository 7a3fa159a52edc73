package sched

// rowOutputs lists, by size and stride of the kernel in one direction, how many results filtering in that direction alone
// computes together: of at most eight points, as rounding errors do not multiply as those of two dimensions do.
var rowOutputs = map[[2]int][]int{{3, 1}: {2, 4, 6}, {5, 1}: {2, 4}, {7, 1}: {2}, {3, 2}: {2, 4}, {5, 2}: {2, 4}, {7, 2}: {2, 4}}

// rowWinograd proposes Winograd's filtering down the columns for a direct schedule of a planar image, as family f with
// the tiles of one row: the same sums along the row, for fewer rows.
func rowWinograd(c Conv, t Target, direct ConvChoice, f Family, tiles []Tile) []Candidate {
	if c.DH != 1 || c.Groups != 1 || len(tiles) == 0 {
		return nil
	}
	var all []Candidate
	height := c.PooledH * max(c.PoolH, 1)
	for _, out := range rowOutputs[[2]int{c.KH, c.SH}] {
		if height < out || out%max(c.PoolH, 1) != 0 {
			continue
		}
		w := tileOf(c, out, 1)
		groups := float64(ceilDiv(height, out) * c.In.N)
		vectors := ceilDiv(c.In.W, t.Lanes)*c.In.C + resultVectors(c, t, direct)
		transforms := t.rowTransformCycles() * float64(w.InH*vectors)
		choice := ConvChoice{Family: f, In: direct.In, Out: direct.Out, Winograd: w}
		for _, tile := range tiles {
			tile.Cycles = groups * (float64(w.InH)*tile.Cycles + transforms)
			choice.Tiles = append(choice.Tiles, tile)
		}
		all = append(all, filtering(choice, c, t))
	}
	return all
}

// rowTransformCycles is what a vector takes for one place of a transform: measured on Zen 4, which takes those of 16 lanes in
// halves.
func (t Target) rowTransformCycles() float64 {
	if t.Lanes == BlockChannels/2 {
		return 1.5
	}
	return 3
}

// resultVectors is how many vectors one row of the convolution's result fills.
func resultVectors(c Conv, t Target, direct ConvChoice) int {
	if direct.Out == Blocked {
		return c.Out.W * c.Out.Blocks() * (BlockChannels / t.Lanes)
	}
	return ceilDiv(c.Out.W, t.Lanes) * c.Out.C
}
