package lower

import (
	"nncc/codegen/loopir"
	"nncc/codegen/sched"
)

// bodyOfGroup computes a layer of one row a sample for groups of up to size samples, so that weights are read once for all of
// them: a single sample by k.tile, several by tiles of wide. Where those are for more samples than are left, the last one is
// computed again. Each result is summed in the same order either way.
func (k *denseKernel) bodyOfGroup(size int, wide sched.Tile) {
	n, count := k.Samples("n", size)
	first, lane := k.outputTiles()
	tiles := func(name string, from, to loopir.Index, tile sched.Tile) {
		k.each("v", k.tile.Blocks/tile.Blocks, func(v loopir.Index) {
			k.For(name, from, to, tile.Pixels, func(m loopir.Index) {
				k.compute(denseTile{tile, first.Add(v.Mul(tile.Blocks)), lane, func(p loopir.Index) denseRow {
					return denseRow{n.Add(m.Add(p).Min(count.AddC(-1))), loopir.C(0)}
				}})
			})
		})
	}
	several := loopir.C(2).Sub(count).Max(loopir.C(0)) // 0 if there are several, 1 if not
	tiles("one", loopir.C(0), several, k.tile)
	tiles("some", several, count, wide)
}
