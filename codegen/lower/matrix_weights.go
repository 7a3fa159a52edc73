package lower

import (
	"nncc/codegen/loopir"
	"nncc/codegen/sched"
)

// matrixWeights derives the matrices of weights: [O/16, channels/32, kernel place, term, 16 pairs of channels, 16 outputs in pairs].
func (l *lowerer) matrixWeights(packed *Storage, c sched.Conv, m sched.Matrix) *Storage {
	const b = sched.BlockChannels
	depth := c.In.Matrices()
	dims := []int{c.Out.Blocks(), depth, c.KH * c.KW, m.Terms, loopir.MatrixRows, sched.MatrixDepth}
	return l.deriveAs(loopir.BF16, packed, m.Form(), dims, func(k *kernel, from, to *loopir.Buffer) {
		o, d := k.grid("o", c.Out.Blocks()), k.grid("d", depth)
		k.For("i", d.Mul(2), d.Mul(2).AddC(2).Min(loopir.C(c.In.Blocks())), 1, func(i loopir.Index) {
			k.each("kh", c.KH, func(kh loopir.Index) {
				k.each("kw", c.KW, func(kw loopir.Index) {
					k.For("c", loopir.C(0), loopir.C(b/2), 1, func(pair loopir.Index) {
						row := func(odd int) []loopir.Expr {
							at := kw.Mul(b).Add(pair.Mul(2)).AddC(odd)
							x := loopir.LoadV(loopir.Vec(loopir.F32, b), from, o, i, kh, at, loopir.C(0))
							return k.split(x)[:m.Terms]
						}
						even, odd := row(0), row(1)
						for t := range m.Terms {
							both := loopir.ShuffleOf(even[t], odd[t], interleaved(b)...)
							k.Store(to, both, o, d, kh.Mul(c.KW).Add(kw), loopir.C(t), i.Mod(2).Mul(b/2).Add(pair), loopir.C(0))
						}
					})
				})
			})
		})
		if c.In.Blocks()%2 == 1 {
			k.For("last", loopir.C(depth-1), d.AddC(1), 1, func(loopir.Index) {
				k.each("t", c.KH*c.KW*m.Terms, func(t loopir.Index) {
					k.For("c", loopir.C(b/2), loopir.C(b), 1, func(pair loopir.Index) {
						zero := loopir.Num(loopir.Vec(loopir.BF16, sched.MatrixDepth), 0)
						k.Store(to, zero, o, d, t.Div(m.Terms), t.Mod(m.Terms), pair, loopir.C(0))
					})
				})
			})
		}
	})
}

// foldedWeights is matrixWeights for a folded image, whose channels are the columns of the kernel: [O/16, channels/32, kernel
// row, term, 16 pairs of channels, 16 outputs in pairs].
func (l *lowerer) foldedWeights(packed *Storage, c sched.Conv, m sched.Matrix) *Storage {
	const b = sched.BlockChannels
	depth, parts := c.Folded().In.Matrices(), ceilDiv(c.KW, sched.FoldLanes)
	dims := []int{c.Out.Blocks(), depth, c.KH, m.Terms, loopir.MatrixRows, sched.MatrixDepth}
	return l.deriveAs(loopir.BF16, packed, "folded "+m.Form(), dims, func(k *kernel, from, to *loopir.Buffer) {
		o, kh := k.grid("o", c.Out.Blocks()), k.grid("kh", c.KH)
		zero := loopir.Num(loopir.Vec(loopir.BF16, b), 0)
		row := func(number int) []loopir.Expr {
			group := number / sched.FoldLanes
			channel, column := group/parts, group%parts*sched.FoldLanes+number%sched.FoldLanes
			if channel >= c.In.C || column >= c.KW {
				return []loopir.Expr{zero, zero}
			}
			return k.split(loopir.LoadV(loopir.Vec(loopir.F32, b), from, o, loopir.C(channel), kh, loopir.C(column), loopir.C(0)))
		}
		for d := range depth {
			for pair := range loopir.MatrixRows {
				number := d*sched.MatrixDepth + 2*pair
				even, odd := row(number), row(number+1)
				for t := range m.Terms {
					both := loopir.ShuffleOf(even[t], odd[t], interleaved(b)...)
					k.Store(to, both, o, loopir.C(d), kh, loopir.C(t), loopir.C(pair), loopir.C(0))
				}
			}
		}
	})
}
