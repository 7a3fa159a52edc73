package lower

import (
	"nncc/codegen/loopir"
	"nncc/codegen/sched"
)

// matrixDense is a dense layer of many rows by matrix registers: a band of rows is packed, and multiplied with the
// weights of one group of outputs after the other.
type matrixDense struct {
	*denseKernel
	sched.Matrix
	v, p  *loopir.Buffer // packed rows [in/32, term, row, 32], sums of a register tile
	first loopir.Index   // row of the band
}

func (k *matrixDense) body() {
	blocks, depth := ceilDiv(k.outputs, sched.BlockChannels), ceilDiv(k.inner, sched.MatrixDepth)
	k.v = k.Temp("v", loopir.BF16, depth, k.Terms, k.Band, sched.MatrixDepth)
	k.p = k.Temp("p", loopir.F32, k.tile.Blocks, k.tile.Pixels, sched.BlockChannels)
	k.n = k.samples(&Storage{Dims: k.y.Dims})
	k.first = k.grid("y", ceilDiv(k.rows, k.Band)).Mul(k.Band)
	count := loopir.C(k.Band).Min(loopir.C(k.rows).Sub(k.first))
	k.pack(count, depth)
	k.each("g", blocks/k.tile.Blocks, func(g loopir.Index) {
		k.For("m", loopir.C(0), count.AddC(k.tile.Pixels-1).Div(k.tile.Pixels), 1, func(tile loopir.Index) {
			m := tile.Mul(k.tile.Pixels)
			k.sum(m, g.Mul(k.tile.Blocks), depth)
			k.finish(m, count, g.Mul(k.tile.Blocks))
		})
	})
}

// pack fills v with the band's rows. Features that fill up a matrix are zero.
func (k *matrixDense) pack(count loopir.Index, depth int) {
	load := func(row, c loopir.Index) loopir.Expr {
		t, feature := loopir.Vec(k.src.Elem, sched.MatrixDepth), c.Mul(sched.MatrixDepth)
		if k.inner%sched.MatrixDepth == 0 {
			return loopir.LoadV(t, k.src, k.n, row, feature)
		}
		return loopir.LoadN(t, k.src, loopir.C(sched.MatrixDepth).Min(loopir.C(k.inner).Sub(feature)), k.n, row, feature)
	}
	k.For("r", loopir.C(0), count, 1, func(r loopir.Index) {
		k.each("c", depth, func(c loopir.Index) {
			for t, e := range k.split(load(k.first.Add(r), c))[:k.Terms] {
				k.Builder.Store(k.v, e, c, loopir.C(t), r, loopir.C(0))
			}
		})
	})
}

// sum computes the sums of the rows from m on with the outputs from block on, into p.
func (k *matrixDense) sum(m, block loopir.Index, depth int) {
	r := newMatrixRegisters(k.tile)
	r.sumInto(k.kernel, k.p, loopir.C(0), k.b, block, func() {
		k.For("c", loopir.C(0), loopir.C(depth), 1, func(c loopir.Index) {
			r.multiply(k.kernel, k.Products, func(into, i, term int) {
				k.MatrixLoad(into, sched.MatrixDepth, k.v, c, loopir.C(term), m.AddC(i*loopir.MatrixRows), loopir.C(0))
			}, func(into, b, term int) {
				k.MatrixLoad(into, sched.MatrixDepth, k.packed, block.AddC(b), c, loopir.C(term), loopir.C(0), loopir.C(0))
			})
		})
	})
}

// finish brings the sums of the rows from m on, of count in the band, through the epilogue.
func (k *matrixDense) finish(m, count, block loopir.Index) {
	k.each("b", k.tile.Blocks, func(b loopir.Index) {
		feature := block.Add(b).Mul(sched.BlockChannels)
		lanes := loopir.C(sched.BlockChannels)
		if k.outputs%sched.BlockChannels != 0 {
			lanes = lanes.Min(loopir.C(k.outputs).Sub(feature))
		}
		k.For("i", loopir.C(0), loopir.C(k.tile.Pixels).Min(count.Sub(m)), 1, func(i loopir.Index) {
			row := k.first.Add(m).Add(i)
			sum := k.Let("sum", loopir.LoadV(k.vec(loopir.F32), k.p, b, i, loopir.C(0)))
			v := k.epilogue.apply(sum, place{Idx: k.place(denseRow{k.n, row}, feature), Count: lanes})
			k.put(k.y, lanes, v, k.n, row, feature)
		})
	})
}

// denseMatrices derives the matrices of weights: [out/16, in/32, term, 16 pairs of inputs, 16 outputs in pairs].
func (l *lowerer) denseMatrices(packed *Storage, m sched.Matrix) *Storage {
	const b = sched.BlockChannels
	blocks, inner := packed.Dims[0], packed.Dims[1]
	depth := ceilDiv(inner, sched.MatrixDepth)
	dims := []int{blocks, depth, m.Terms, loopir.MatrixRows, sched.MatrixDepth}
	return l.deriveAs(loopir.BF16, packed, m.Form(), dims, func(k *kernel, from, to *loopir.Buffer) {
		o := k.grid("o", blocks)
		row := func(i loopir.Index) []loopir.Expr {
			return k.split(loopir.LoadV(loopir.Vec(loopir.F32, b), from, o, i, loopir.C(0)))
		}
		zero := loopir.Num(loopir.Vec(loopir.BF16, b), 0)
		store := func(c, pair loopir.Index, even, odd []loopir.Expr) {
			for t := range m.Terms {
				k.Store(to, loopir.ShuffleOf(even[t], odd[t], interleaved(b)...), o, c, loopir.C(t), pair, loopir.C(0))
			}
		}
		pairs := func(c loopir.Index, count int) {
			k.For("p", loopir.C(0), loopir.C(count), 1, func(pair loopir.Index) {
				at := c.Mul(sched.MatrixDepth).Add(pair.Mul(2))
				store(c, pair, row(at), row(at.AddC(1)))
			})
		}
		k.For("c", loopir.C(0), loopir.C(inner/sched.MatrixDepth), 1, func(c loopir.Index) { pairs(c, loopir.MatrixRows) })
		rest, last := inner%sched.MatrixDepth, loopir.C(depth-1)
		if rest == 0 {
			return
		}
		pairs(last, rest/2)
		zeros := []loopir.Expr{zero, zero}
		if rest%2 == 1 {
			store(last, loopir.C(rest/2), row(loopir.C(inner-1)), zeros)
		}
		k.For("p", loopir.C((rest+1)/2), loopir.C(loopir.MatrixRows), 1, func(pair loopir.Index) { store(last, pair, zeros, zeros) })
	})
}
