package lower

import (
	"nncc/codegen/loopir"
	"nncc/codegen/sched"
)

// winogradWeights derives the transformed weights [O/16][place][I][16 of O] from the packed ones, at start-up.
func (l *lowerer) winogradWeights(packed *Storage, c sched.Conv, w sched.Winograd) *Storage {
	const b = sched.BlockChannels
	t, side := transformFor(w.Out, c.KH, c.SH), w.In
	return l.derive(packed, w.Form(c), []int{c.Out.Blocks(), side * side, c.In.Blocks() * b, b}, func(k *kernel, from, to *loopir.Buffer) {
		o, i := k.grid("o", c.Out.Blocks()), k.grid("i", c.In.Blocks())
		k.each("lane", b, func(lane loopir.Index) {
			k.Unroll("v", 0, b/k.target.Lanes, func(v loopir.Index) {
				out := v.Mul(k.target.Lanes)
				columns := make([][]loopir.Expr, c.KW)
				for x := range columns {
					for y := range c.KH {
						columns[x] = append(columns[x], k.Let("g", loopir.LoadV(k.vec(loopir.F32), from, o, i, loopir.C(y), lane.AddC(x*b), out)))
					}
				}
				for y := range side {
					half := make([]loopir.Expr, c.KW)
					for x := range half {
						half[x] = k.Let("h", combine(t.g[y], columns[x], 0, 1))
					}
					for x := range side {
						k.Store(to, combine(t.g[x], half, 0, 1), o, loopir.C(y*side+x), i.Mul(b).Add(lane), out)
					}
				}
			})
		})
	})
}
