package lower

import (
	"nncc/codegen/loopir"
	"nncc/codegen/sched"
	"nncc/ir"
)

// lowerConvDepthwiseWinograd is lowerConvDepthwise with Winograd's filtering down the columns. The columns of a tile pass by
// one after the other: each is loaded and transformed once, for all columns of the result that it is part of.
func lowerConvDepthwiseWinograd(l *lowerer, n *ir.Node, c sched.Conv, choice sched.ConvChoice) error {
	weights, bias, err := l.convWeights(n, c, depthwisePacking(c))
	if err != nil {
		return err
	}
	ck, err := l.newConvKernel(n, c, choice, l.depthwiseWinogradWeights(weights, c, choice.Winograd), bias)
	if err != nil {
		return err
	}
	tile, lanes := choice.Tiles[0], l.target.Lanes
	k := &depthwiseWinograd{block: ck.grid("c", c.Out.Blocks()), lane: ck.grid("s", sched.BlockChannels/lanes).Mul(lanes), pixels: tile.Pixels}
	k.rowGroups = newRowGroups(ck, choice.Winograd)
	k.body()
	return l.emit(k.kernel, n, string(choice.Family)+" "+choice.Winograd.Form(c), tile)
}

// depthwiseWinogradWeights orders transformed weights [C/16][place][KW][16 of C].
func (l *lowerer) depthwiseWinogradWeights(packed *Storage, c sched.Conv, w sched.Winograd) *Storage {
	const b = sched.BlockChannels
	return l.deriveRows(packed, c, w, []int{c.Out.Blocks(), w.In, c.KW, b}, l.target.Lanes, func(k *kernel, body func(from, to func(loopir.Index) []loopir.Index)) {
		block := k.grid("c", c.Out.Blocks())
		k.each("kw", c.KW, func(kw loopir.Index) {
			k.Unroll("v", 0, b/k.target.Lanes, func(v loopir.Index) {
				lane := v.Mul(k.target.Lanes)
				place := func(row loopir.Index) []loopir.Index { return []loopir.Index{block, row, kw, lane} }
				body(place, place)
			})
		})
	})
}

type depthwiseWinograd struct {
	*rowGroups
	block, lane loopir.Index
	pixels      int             // columns of the result in a tile
	weights     [][]loopir.Expr // in registers: by place and kernel column
	bias        loopir.Expr
}

func (k *depthwiseWinograd) body() {
	c, f32 := k.conv, k.vec(loopir.F32)
	k.weights = make([][]loopir.Expr, k.places)
	for p := range k.weights {
		for kw := range c.KW {
			k.weights[p] = append(k.weights[p], k.Let("w", loopir.LoadV(f32, k.w, k.block, loopir.C(p), loopir.C(kw), k.lane)))
		}
	}
	k.bias = k.Let("bias", loopir.LoadV(f32, k.b, k.block, k.lane))
	k.tiles("x", c.Out.W, k.pixels, k.tile)
	k.eachOwn(1, func(_ int, y loopir.Index) {
		for _, col := range haloColumns(k.outLay, c.Out.W) {
			k.Store(k.out, loopir.Num(k.vec(k.elem(k.out)), 0), k.n, k.block, y, loopir.C(col), k.lane)
		}
	})
}

// tile computes columns x and on of the rows of the group. What is summed at a time is a kernel's width of columns.
func (k *depthwiseWinograd) tile(x loopir.Index) {
	c := k.conv
	sums := make([][]loopir.Expr, k.pixels) // by column of the result and place
	for col := range k.pixels + c.KW - 1 {
		for p, d := range k.times(k.bt, k.column(k.inCol(x).AddC(col))) {
			for kw, w := range k.weights[p] {
				switch to := col - kw; {
				case to < 0 || to >= k.pixels:
				case kw == 0:
					sums[to] = append(sums[to], k.Let("m", loopir.Mul.Of(d, w)))
				default:
					sums[to][p] = k.Let("m", loopir.FMAOf(d, w, sums[to][p]))
				}
			}
		}
		if done := col - (c.KW - 1); done >= 0 {
			k.store(x.AddC(done), sums[done])
		}
	}
}

// column loads the numbers of one column of memory in the rows of the group.
func (k *depthwiseWinograd) column(x loopir.Index) []loopir.Expr {
	v := make([]loopir.Expr, k.places)
	for r := range v {
		v[r] = k.Let("v", k.row(r, loopir.C(k.target.Lanes), func(row loopir.Index) []loopir.Index {
			return []loopir.Index{k.n, k.block, row, x, k.lane}
		}))
	}
	return v
}

// store transforms the sums of column x back, and writes it.
func (k *depthwiseWinograd) store(x loopir.Index, sums []loopir.Expr) {
	for q, v := range k.times(k.at, sums) {
		y := k.first.AddC(q)
		v = k.epilogue.apply(loopir.Add.Of(v, k.bias), place{Idx: []loopir.Index{k.n, k.block, y, x}, Lane: k.lane})
		k.put(k.out, k.owns(q).Mul(k.target.Lanes), v, k.n, k.block, y, x.AddC(k.outLay.Left), k.lane)
	}
}
