package lower

import (
	"nncc/codegen/loopir"
	"nncc/codegen/sched"
	"nncc/ir"
)

// lowerConvMatrix computes a convolution by matrix registers, one band of rows after the other: the band's input is packed,
// for each register tile of positions and channels the matrices of all kernel places and channels are multiplied and
// added up, and the sums go through the epilogue. Where the schedule says so packing is a step of its own.
func lowerConvMatrix(l *lowerer, n *ir.Node, c sched.Conv, choice sched.ConvChoice) error {
	weights, bias, err := l.convWeights(n, c, convPacking(c, choice.In))
	if err != nil {
		return err
	}
	in, err := l.convInput(n, c, choice)
	if err != nil {
		return err
	}
	if choice.Matrix.Apart {
		if in, err = l.matrixInput(n, c, in, choice); err != nil {
			return err
		}
	}
	matrices := l.matrixWeights
	if choice.In == sched.Planar {
		matrices = l.foldedWeights
	}
	ck, err := l.bindConvKernel(n, c, choice, in, matrices(weights, c, choice.Matrix), bias)
	if err != nil {
		return err
	}
	k := &matrixConv{matrixBand: newMatrixBand(ck, choice)}
	k.body()
	return l.emit(k.kernel, n, string(choice.Family), k.tile)
}

// matrixConv is the second stage, and the first unless that is a step of its own.
type matrixConv struct {
	*matrixBand
	v     matrixInput    // packed input
	p     *loopir.Buffer // sums, by block and position
	block loopir.Index   // first output block of the register tile
}

func (k *matrixConv) body() {
	groups := k.conv.Out.Blocks() / k.tile.Blocks
	pooled := k.conv.PoolH > 0 // windows reach over several register tiles
	positions := k.tile.Pixels
	if pooled {
		positions = k.Positions
	}
	k.p = k.Temp("p", loopir.F32, k.tile.Blocks, positions, sched.BlockChannels)
	compute := func(g loopir.Index) {
		k.block = g.Mul(k.tile.Blocks)
		k.For("m", loopir.C(0), loopir.C(k.Positions), k.tile.Pixels, func(m loopir.Index) {
			if pooled {
				k.sum(m, m)
				return
			}
			k.sum(m, loopir.C(0))
			k.finishTile(m)
		})
		if pooled {
			k.finishPooled()
		}
		k.clearRows()
	}
	if k.Apart {
		k.v = matrixInput{k.in, []loopir.Index{k.n}}
		compute(k.grid("g", groups))
		return
	}
	k.v = matrixInput{buf: k.Temp("v", loopir.BF16, k.inputDims()...)}
	k.eachBand()
	k.pack(k.v)
	k.each("g", groups, compute)
}

// sum computes the sums of the register tile whose first position is m, and leaves them in p from position to on.
func (k *matrixConv) sum(m, to loopir.Index) {
	r := newMatrixRegisters(k.tile)
	r.sumInto(k.kernel, k.p, to, k.b, k.block, func() {
		k.For("c", loopir.C(0), loopir.C(k.depth), 1, func(c loopir.Index) {
			k.For("kh", loopir.C(0), loopir.C(k.conv.KH), 1, func(kh loopir.Index) {
				for kw := range k.conv.KW {
					k.multiply(r, m, c, kh, kw)
				}
			})
		})
	})
}

// multiply adds the products of one kernel place and matrix of channels.
func (k *matrixConv) multiply(r *matrixRegisters, m, c, kh loopir.Index, kw int) {
	place, phase, from := kh.Mul(k.conv.KW).AddC(kw), k.phaseOf(kh, kw), m.Add(k.offsetOf(kh, kw))
	r.multiply(k.kernel, k.Products, func(into, i, term int) {
		at := k.v.at(c, loopir.C(term), phase, from.AddC(i*loopir.MatrixRows), loopir.C(0))
		k.MatrixLoad(into, sched.MatrixDepth, k.v.buf, at...)
	}, func(into, b, term int) {
		k.MatrixLoad(into, sched.MatrixDepth, k.w, k.block.AddC(b), c, place, loopir.C(term), loopir.C(0), loopir.C(0))
	})
}

// finishTile brings the sums of a register tile whose first position is m through the epilogue, row by row: positions
// between two rows are no results, and shared rows are the other band's.
func (k *matrixConv) finishTile(m loopir.Index) {
	end := m.AddC(k.tile.Pixels)
	k.each("b", k.tile.Blocks, func(b loopir.Index) {
		block := k.block.Add(b)
		k.For("r", m.Div(k.Pitch).Max(k.shared), end.AddC(k.Pitch-1).Div(k.Pitch).Min(loopir.C(k.Band)), 1, func(r loopir.Index) {
			row, start := k.first.Add(r), r.Mul(k.Pitch)
			k.For("x", m.Sub(start).Max(loopir.C(0)), end.Sub(start).Min(loopir.C(k.conv.Out.W)), 1, func(x loopir.Index) {
				v := k.result(b, start.Add(x).Sub(m), row, x)
				k.Store(k.out, v, k.n, block, row, x.AddC(k.outLay.Left), loopir.C(0))
			})
		})
	})
}

// finishPooled brings the sums of all positions through the epilogue and pools them.
func (k *matrixConv) finishPooled() {
	pool := k.pool()
	k.each("b", k.tile.Blocks, func(b loopir.Index) {
		k.eachRow(func(r, row loopir.Index) {
			k.each("x", k.conv.PooledW, func(x loopir.Index) {
				v := pool(func(i, j int) loopir.Expr {
					column := x.Mul(k.conv.PoolW).AddC(j)
					return k.result(b, r.AddC(i).Mul(k.Pitch).Add(column), k.first.Add(r).AddC(i), column)
				})
				k.Store(k.out, v, k.n, k.block.Add(b), row, x.AddC(k.outLay.Left), loopir.C(0))
			})
		})
	})
}

// result is what the epilogue makes of the sum at a position of p, which is at row and column of the convolution's result.
func (k *matrixConv) result(b, position, row, column loopir.Index) loopir.Expr {
	sum := k.Let("sum", loopir.LoadV(k.vec(loopir.F32), k.p, b, position, loopir.C(0)))
	return k.epilogue.apply(sum, place{Idx: []loopir.Index{k.n, k.block.Add(b), row, column}})
}

// eachRow runs body for each row of the result that belongs to the band: r is the first row of the convolution under it.
func (k *matrixConv) eachRow(body func(r, row loopir.Index)) {
	high := max(k.conv.PoolH, 1)
	k.For("r", k.shared, loopir.C(k.Band/high), 1, func(r loopir.Index) { body(r.Mul(high), k.firstUnit.Add(r)) })
}

// clearRows zeroes the halo of the result.
func (k *matrixConv) clearRows() {
	halo := haloColumns(k.outLay, k.conv.PooledW)
	if len(halo) == 0 {
		return
	}
	k.each("b", k.tile.Blocks, func(b loopir.Index) {
		k.eachRow(func(_, row loopir.Index) {
			for _, col := range halo {
				k.Store(k.out, loopir.Num(k.vec(loopir.F32), 0), k.n, k.block.Add(b), row, loopir.C(col), loopir.C(0))
			}
		})
	})
}
