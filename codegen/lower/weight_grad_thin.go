package lower

import (
	"nncc/codegen/loopir"
	"nncc/codegen/sched"
	"nncc/ir"
)

// weightGradThin is for few channels on both sides: vectors run along the row, and each lane has sums of its own, which
// are added up in the end. The tile is output channels times columns of the kernel.
func (l *lowerer) weightGradThin(n *ir.Node, c sched.Conv, choice sched.WeightGradChoice) error {
	k, sums, err := l.newWeightGrad(n, c, choice, []int{c.Out.C, c.In.C, c.KH, c.KW, l.target.Lanes})
	if err != nil {
		return err
	}
	t, f32 := choice.Tile, k.vec(loopir.F32)
	first := k.grid("o", c.Out.C/t.Rows).Mul(t.Rows)
	at := func(i, kh loopir.Index) func(o, kw, b, s loopir.Index) []loopir.Index {
		return func(o, kw, _, _ loopir.Index) []loopir.Index {
			return []loopir.Index{k.part, first.Add(o), i, kh, kw, loopir.C(0)}
		}
	}
	eachRow := func(body func(i, kh loopir.Index)) {
		k.each("i", c.In.C, func(i loopir.Index) {
			k.each("kh", c.KH, func(kh loopir.Index) { body(i, kh) })
		})
	}
	eachRow(func(i, kh loopir.Index) {
		k.eachSum(func(o, kw, b, s loopir.Index) { k.Store(k.sums, loopir.Num(f32, 0), at(i, kh)(o, kw, b, s)...) })
	})
	k.eachRows(func(top, end loopir.Index) {
		eachRow(func(i, kh loopir.Index) {
			k.accumulate(k.eachSum, at(i, kh), func(acc loopir.Tile) {
				k.eachRowOf(kh, top, end, func(y, inY loopir.Index) {
					k.vectors(c.Out.W, func(x, count loopir.Index) { k.alongRow(acc, first, i, y, inY, x, count) })
				})
			})
		})
	})
	if err := l.emit(k.kernel, n, string(choice.Family), t); err != nil {
		return err
	}
	return l.addLanes(n, sums, choice.Parts)
}

// alongRow adds the products at count places of a row from x on.
func (k *weightGradKernel) alongRow(acc loopir.Tile, first, i, y, inY, x, count loopir.Index) {
	c, t := k.conv, k.choice.Tile
	dy := k.Reg("d", k.vec(loopir.F32), t.Rows)
	k.Unroll("o", 0, t.Rows, func(o loopir.Index) {
		dy.Set(k.get(k.dy, count, k.n, first.Add(o), y, x.AddC(k.dyLay.Left)), o)
	})
	k.Unroll("kw", 0, t.Pixels, func(kw loopir.Index) {
		v := k.Let("v", k.get(k.x, count, k.n, i, inY, x.AddC(k.xLay.Left-c.Left).Add(kw.Mul(c.DW))))
		k.Unroll("o", 0, t.Rows, func(o loopir.Index) {
			zero := loopir.C(0)
			acc.Set(loopir.FMAOf(v, dy.At(o), acc.At(o, kw, zero, zero)), o, kw, zero, zero)
		})
	})
}
