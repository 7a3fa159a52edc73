package lower

import (
	"slices"

	"nncc/codegen/loopir"
)

// selection is how a vector of results comes out of a row: lanes of the vectors that begin at first and second.
type selection struct {
	first, second int // equal where one vector holds all
	lanes         []int
}

// selections finds those of all results whose indices in a row of extent elements are known; false if the indices for
// one vector are further apart than two vectors hold, or there are too many vectors to write them all down.
func selections(indices []int, extent, lanes int) ([]selection, bool) {
	const most = 64
	if lanes == 1 || len(indices) > most*lanes {
		return nil, false
	}
	var out []selection
	last := max(0, extent-lanes) // where the last vector of the row begins
	for part := range slices.Chunk(indices, lanes) {
		s := selection{first: min(slices.Min(part), last), lanes: make([]int, lanes)}
		s.second = s.first
		end := slices.Max(part) + 1
		if end > s.first+lanes {
			s.second = min(s.first+lanes, last)
		}
		if end > s.second+lanes {
			return nil, false
		}
		for i, at := range part {
			if s.lanes[i] = at - s.first; s.lanes[i] >= lanes {
				s.lanes[i] = lanes + at - s.second
			}
		}
		out = append(out, s)
	}
	return out, true
}

// shuffle writes a row of single elements as such vectors.
func (k *gatherKernel) shuffle(row []selection, count int) {
	lanes, loaded := k.target.Lanes, map[int]loopir.Expr{}
	load := func(first int) loopir.Expr {
		if loaded[first] == nil {
			v := k.get(k.src, loopir.C(min(lanes, k.extent)), k.sampleOf(k.src, k.sample), k.row, loopir.C(first), loopir.C(0))
			loaded[first] = k.Let("v", v)
		}
		return loaded[first]
	}
	for i, s := range row {
		v := loopir.ShuffleOf(load(s.first), load(s.second), s.lanes...)
		k.put(k.dst, loopir.C(min(lanes, count-i*lanes)), v, k.sample, k.row, loopir.C(i*lanes), loopir.C(0))
	}
}
