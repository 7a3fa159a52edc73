package lower

import (
	"fmt"
	"slices"

	"nncc/codegen/loopir"
	"nncc/codegen/sched"
	"nncc/ir"
)

// lowerConvThin is for few channels on both sides, or in groups, where vectors of channels would be mostly empty: vectors run along
// the row instead, weights are broadcast, and input and output are planar. The last vector of a row overlaps the one
// before. A fused 2x2 pool takes the maximum of rows in registers and picks even and odd columns by shuffles.
func lowerConvThin(l *lowerer, n *ir.Node, c sched.Conv, choice sched.ConvChoice) error {
	tile := choice.Tiles[0]
	weights, bias, err := l.convWeights(n, c, thinPacking(c, tile.Subs))
	if err != nil {
		return err
	}
	ck, err := l.newConvKernel(n, c, choice, weights, bias)
	if err != nil {
		return err
	}
	k := &thinConv{convKernel: ck, vectors: tile.Pixels, channels: tile.Subs, rows: tile.Rows}
	k.channel = k.grid("o", c.Out.C/k.channels).Mul(k.channels)
	k.y = k.grid("y", c.PooledH)
	k.row()
	for o := range k.channels {
		k.clearHalo(k.out, k.outLay, c.PooledW, k.n, k.channel.AddC(o), k.y)
	}
	return l.emit(k.kernel, n, string(choice.Family), tile)
}

// thinPacking orders weights [O, I, KH, KW], I channels of a group, as [O/t][I][KH][KW][t of O].
func thinPacking(c sched.Conv, t int) packing {
	return packing{fmt.Sprint("conv thin ", t), c.WeightShape(),
		[]packAxis{{c.Out.C / t, 0, t}, {c.GroupInC, 1, 1}, {c.KH, 2, 1}, {c.KW, 3, 1}, {t, 0, 1}},
		[]int{c.Out.C / t, c.GroupInC, c.KH, c.KW, t}}
}

type thinConv struct {
	*convKernel
	vectors, channels, rows int // the tile
	channel                 loopir.Index
	y                       loopir.Index
}

// row computes one row of the result for the tile's channels.
func (k *thinConv) row() {
	lanes, width := k.target.Lanes, k.conv.Out.W
	all := (width + lanes - 1) / lanes
	if k.vectors >= all {
		k.part(loopir.C(0))
		return
	}
	if k.conv.PoolH > 0 {
		width = k.conv.PooledW * k.conv.PoolW
	}
	k.tiles("x", width, k.vectors*lanes, func(x loopir.Index) { k.part(x) })
}

// start is the first column of vector v of the part that begins at column x.
func (k *thinConv) start(x, v loopir.Index) loopir.Index {
	return x.Add(v.Mul(k.target.Lanes)).Min(loopir.C(k.conv.Out.W - k.target.Lanes))
}

// part computes the tile whose first vector starts at column x.
func (k *thinConv) part(x loopir.Index) {
	c, f32 := k.conv, k.vec(loopir.F32)
	acc := k.Reg("acc", f32, k.rows, k.vectors, k.channels)
	k.each3(func(r, v, o loopir.Index) {
		channel := k.channel.Add(o)
		bias := loopir.LoadV(loopir.Scalar(loopir.F32), k.b, channel.Div(sched.BlockChannels), channel.Mod(sched.BlockChannels))
		acc.Set(loopir.SplatOf(k.target.Lanes, bias), r, v, o)
	})
	y := k.y.Mul(k.rows)
	lo, hi := k.kernelRows(y)
	k.each("i", c.GroupInC, func(i loopir.Index) {
		k.For("kh", lo, hi, 1, func(kh loopir.Index) {
			k.For("kw", loopir.C(0), loopir.C(c.KW), 1, func(kw loopir.Index) { k.step(acc, x, y, i, kh, kw) })
		})
	})
	k.store(func(r, v int, o loopir.Index) loopir.Expr { return acc.At(loopir.C(r), loopir.C(v), o) }, k.channels, x)
}

// step adds one term of the sum: every input vector times every channel's weight.
func (k *thinConv) step(acc loopir.Tile, x, y, i, kh, kw loopir.Index) {
	c, f32 := k.conv, k.vec(loopir.F32)
	in := k.Reg("in", f32, k.rows, k.vectors)
	first := k.channel.Div(c.GroupOutC).Mul(c.GroupInC) // channel of the group
	k.Unroll("r", 0, k.rows, func(r loopir.Index) {
		k.Unroll("v", 0, k.vectors, func(v loopir.Index) {
			col := k.inCol(k.start(x, v)).Add(kw.Mul(c.DW))
			in.Set(loopir.LoadV(f32, k.in, k.n, first.Add(i), k.inRow(y.Add(r), kh), col), r, v)
		})
	})
	tile := k.channel.Div(k.channels)
	k.Unroll("o", 0, k.channels, func(o loopir.Index) {
		w := k.Let("w", loopir.SplatOf(k.target.Lanes, loopir.LoadV(loopir.Scalar(loopir.F32), k.w, tile, i, kh, kw, o)))
		k.Unroll("r", 0, k.rows, func(r loopir.Index) {
			k.Unroll("v", 0, k.vectors, func(v loopir.Index) {
				acc.Set(loopir.FMAOf(in.At(r, v), w, acc.At(r, v, o)), r, v, o)
			})
		})
	})
}

func (k *thinConv) each3(body func(r, v, o loopir.Index)) {
	k.Unroll("o", 0, k.channels, func(o loopir.Index) {
		k.Unroll("r", 0, k.rows, func(r loopir.Index) {
			k.Unroll("v", 0, k.vectors, func(v loopir.Index) { body(r, v, o) })
		})
	})
}

// store applies the epilogue to sums, pools, and writes row y of the result for channels of the tile, from column x on.
func (k *thinConv) store(sum func(r, v int, o loopir.Index) loopir.Expr, channels int, x loopir.Index) {
	finish := func(r, v int, o loopir.Index) loopir.Expr {
		start := k.start(x, loopir.C(v))
		return k.epilogue.apply(sum(r, v, o), place{
			Idx: []loopir.Index{k.n, k.channel.Add(o), k.y.Mul(k.rows).AddC(r), start}, Count: loopir.C(k.target.Lanes)})
	}
	k.Unroll("o", 0, channels, func(o loopir.Index) {
		row := make([]loopir.Expr, k.vectors)
		for v := range row {
			row[v] = k.Let("row", k.poolRows(func(r int) loopir.Expr { return finish(r, v, o) }))
		}
		at := func(col loopir.Index) []loopir.Index {
			return []loopir.Index{k.n, k.channel.Add(o), k.y, col.AddC(k.outLay.Left)}
		}
		if k.conv.PoolH == 0 {
			for v := range row {
				k.Store(k.out, row[v], at(k.start(x, loopir.C(v)))...)
			}
			return
		}
		for _, p := range pooledVectors(k.conv, k.target.Lanes, k.vectors) {
			col := x.Div(2).AddC(p.first)
			even, odd := p.pick(row, 0), p.pick(row, 1)
			k.put(k.out, loopir.C(p.count), k.combine(even, odd), at(col)...)
		}
	})
}

// poolRows combines the rows of a tile position, if there are several.
func (k *thinConv) poolRows(at func(r int) loopir.Expr) loopir.Expr {
	x := at(0)
	for r := 1; r < k.rows; r++ {
		x = k.combine(x, at(r))
	}
	return x
}

// combine is half of a 2x2 pool: the larger of two, or half their sum.
func (k *thinConv) combine(a, b loopir.Expr) loopir.Expr {
	last := k.epilogue.node.Body.Nodes[len(k.epilogue.node.Body.Nodes)-1]
	if last.Op.Name == "avgpool" {
		return loopir.Mul.Of(loopir.Add.Of(a, b), loopir.Num(k.vec(loopir.F32), 0.5))
	}
	return extremum(k.kernel, loopir.Max, a, b)
}

// pooledVector is a vector of pooled columns made from two vectors of the row.
type pooledVector struct {
	first, count int // pooled columns
	a, b         int // vectors of the row that hold what they are made of
	starts       [2]int
	lanes        int
}

// pooledVectors covers the pooled columns of a tile of row vectors. The schedule has made sure that two row vectors
// always hold all that a vector of pooled columns needs.
func pooledVectors(c sched.Conv, lanes, vectors int) []pooledVector {
	starts := make([]int, vectors)
	width := c.PooledW
	for v := range starts {
		starts[v] = min(v*lanes, c.Out.W-lanes)
	}
	if vectors*lanes < c.Out.W {
		width = vectors * lanes / 2
	}
	var out []pooledVector
	for first := 0; first < width; first += lanes {
		p := pooledVector{first: first, count: min(lanes, width-first), lanes: lanes}
		p.a = slices.IndexFunc(starts, func(s int) bool { return 2*first < s+lanes })
		p.b = slices.IndexFunc(starts, func(s int) bool { return 2*(first+p.count)-1 < s+lanes })
		p.starts = [2]int{starts[p.a], starts[p.b]}
		out = append(out, p)
	}
	return out
}

// pick gathers columns 2*i + odd of the pooled columns i.
func (p pooledVector) pick(row []loopir.Expr, odd int) loopir.Expr {
	if p.lanes == 1 {
		if odd == 0 {
			return row[p.a]
		}
		return row[p.b]
	}
	mask := make([]int, p.lanes)
	for i := range mask {
		col := 2*(p.first+min(i, p.count-1)) + odd
		mask[i] = col - p.starts[0]
		if mask[i] >= p.lanes {
			mask[i] = p.lanes + col - p.starts[1]
		}
	}
	return loopir.ShuffleOf(row[p.a], row[p.b], mask...)
}
