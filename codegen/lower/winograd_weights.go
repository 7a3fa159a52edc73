package lower

import (
	"fmt"

	"nncc/codegen/loopir"
	"nncc/codegen/sched"
)

// winogradWeights derives the transformed weights [O/16][place][I][16 of O] from the packed ones, at start-up.
func (l *lowerer) winogradWeights(packed *Storage, c sched.Conv, w sched.Winograd) *Storage {
	const b = sched.BlockChannels
	t, side := transformFor(w.Out), w.In()
	return l.derive(packed, fmt.Sprintf("F(%d)", w.Out), []int{c.Out.Blocks(), side * side, c.In.Blocks() * b, b}, func(k *kernel, from, to *loopir.Buffer) {
		o, i := k.grid("o", c.Out.Blocks()), k.grid("i", c.In.Blocks())
		k.each("lane", b, func(lane loopir.Index) {
			k.Unroll("v", 0, b/k.target.Lanes, func(v loopir.Index) {
				out := v.Mul(k.target.Lanes)
				g := make([][]loopir.Expr, 3)
				for r := range g {
					for x := range 3 {
						g[r] = append(g[r], k.Let("g", loopir.LoadV(k.vec(loopir.F32), from, o, i, loopir.C(r), lane.AddC(x*b), out)))
					}
				}
				for y := range side {
					half := make([]loopir.Expr, 3)
					for x := range half {
						half[x] = k.Let("h", combine(t.g[y], []loopir.Expr{g[0][x], g[1][x], g[2][x]}, 0, 1))
					}
					for x := range side {
						k.Store(to, combine(t.g[x], half, 0, 1), o, loopir.C(y*side+x), i.Mul(b).Add(lane), out)
					}
				}
			})
		})
	})
}
