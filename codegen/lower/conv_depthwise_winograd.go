package lower

import (
	"nncc/codegen/loopir"
	"nncc/codegen/sched"
	"nncc/ir"
)

// lowerConvDepthwiseWinograd is lowerConvDepthwise with Winograd's filtering down the columns. The columns of a tile pass by
// one after the other: each is loaded and transformed once, for all columns of the result that it is part of. Vectors are
// whole blocks of channels.
func lowerConvDepthwiseWinograd(l *lowerer, n *ir.Node, c sched.Conv, choice sched.ConvChoice) error {
	weights, bias, err := l.convWeights(n, c, depthwisePacking(c))
	if err != nil {
		return err
	}
	ck, err := l.newConvKernel(n, c, choice, l.depthwiseWinogradWeights(weights, c, choice.Winograd), bias)
	if err != nil {
		return err
	}
	tile := choice.Tiles[0]
	k := &depthwiseWinograd{block: ck.grid("c", c.Out.Blocks()), pixels: tile.Pixels}
	k.rowGroups = newRowGroups(ck, choice.Winograd)
	k.body()
	return l.emit(k.kernel, n, string(choice.Family)+" "+choice.Winograd.Form(c), tile)
}

// depthwiseWinogradWeights orders transformed weights [C/16][place][KW][16 of C].
func (l *lowerer) depthwiseWinogradWeights(packed *Storage, c sched.Conv, w sched.Winograd) *Storage {
	const b = sched.BlockChannels
	return l.deriveRows(packed, c, w, []int{c.Out.Blocks(), w.InH, c.KW, b}, l.target.Lanes, func(k *kernel, body func(from, to func(loopir.Index) []loopir.Index)) {
		block := k.grid("c", c.Out.Blocks())
		k.each("kw", c.KW, func(kw loopir.Index) {
			place := func(row loopir.Index) []loopir.Index { return []loopir.Index{block, row, kw, loopir.C(0)} }
			body(place, place)
		})
	})
}

type depthwiseWinograd struct {
	*rowGroups
	block   loopir.Index
	pixels  int             // columns of the result in a tile
	weights [][]loopir.Expr // in registers: by place and kernel column
	bias    loopir.Expr
}

func (k *depthwiseWinograd) body() {
	c, f32 := k.conv, k.vec(loopir.F32)
	k.weights = make([][]loopir.Expr, k.places)
	for p := range k.weights {
		for kw := range c.KW {
			k.weights[p] = append(k.weights[p], k.Let("w", loopir.LoadV(f32, k.w, k.block, loopir.C(p), loopir.C(kw), loopir.C(0))))
		}
	}
	k.bias = k.Let("bias", loopir.LoadV(f32, k.b, k.block, loopir.C(0)))
	k.tiles("x", c.Out.W, k.pixels, k.tile)
	k.eachOwn(1, func(_ int, y loopir.Index) { k.clearHalo(k.out, k.outLay, c.Out.W, k.n, k.block, y) })
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
			return []loopir.Index{k.n, k.block, row, x, loopir.C(0)}
		}))
	}
	return v
}

// store transforms the sums of column x back, and writes it.
func (k *depthwiseWinograd) store(x loopir.Index, sums []loopir.Expr) {
	for q, v := range k.times(k.at, sums) {
		y := k.first.AddC(q)
		v = k.epilogue.apply(loopir.Add.Of(v, k.bias), place{Idx: []loopir.Index{k.n, k.block, y, x}, Lane: loopir.C(0)})
		k.put(k.out, k.owns(q).Mul(k.target.Lanes), v, k.n, k.block, y, x.AddC(k.outLay.Left), loopir.C(0))
	}
}
