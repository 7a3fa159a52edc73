package lower

import (
	"nncc/codegen/loopir"
	"nncc/codegen/sched"
)

// winogradWeights derives the transformed weights [O/16][place][I][16 of O] from the packed ones, at start-up.
func (l *lowerer) winogradWeights(packed *Storage, c sched.Conv, w sched.Winograd) *Storage {
	const b = sched.BlockChannels
	rows, columns := transformsFor(c, w)
	return l.derive(packed, w.Form(c), []int{c.Out.Blocks(), w.Places(), c.In.Blocks() * b, b}, func(k *kernel, from, to *loopir.Buffer) {
		o, i := k.grid("o", c.Out.Blocks()), k.grid("i", c.In.Blocks())
		k.each("lane", b, func(lane loopir.Index) {
			k.Unroll("v", 0, b/k.target.Lanes, func(v loopir.Index) {
				out := v.Mul(k.target.Lanes)
				taps := make([][]loopir.Expr, c.KW)
				for x := range taps {
					for y := range c.KH {
						taps[x] = append(taps[x], k.Let("g", loopir.LoadV(k.vec(loopir.F32), from, o, i, loopir.C(y), lane.AddC(x*b), out)))
					}
				}
				for y := range w.InH {
					half := make([]loopir.Expr, c.KW)
					for x := range half {
						half[x] = k.Let("h", combine(rows.g[y], taps[x], 0, 1))
					}
					for x := range w.InW {
						k.Store(to, combine(columns.g[x], half, 0, 1), o, loopir.C(y*w.InW+x), i.Mul(b).Add(lane), out)
					}
				}
			})
		})
	})
}
