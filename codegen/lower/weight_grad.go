package lower

import (
	"nncc/codegen/loopir"
	"nncc/codegen/sched"
	"nncc/ir"
	"nncc/runtime/tensor"
)

// lowerWeightGrad sums products of a convolution's input x and the gradient dy of its result over samples and places, in
// one step for parts of the samples, each with sums of its own that stay near the processor, and one that adds the parts
// up and orders them as the weights are. Which sums there are does not depend on the number of threads.
func lowerWeightGrad(l *lowerer, n *ir.Node) error {
	c, ok := sched.WeightGradOf(n)
	if !ok || n.Out().Type.DType != tensor.F32 {
		return lowerWeightGradPlain(l, n)
	}
	choice := sched.ChooseWeightGrad(c, l.target)
	switch choice.Family {
	case sched.WeightGradBlocked:
		return l.weightGrad(n, c, choice, convPacking(c, sched.Blocked), (*weightGradKernel).blocked)
	case sched.WeightGradPlanar:
		return l.weightGrad(n, c, choice, convPacking(c, sched.Planar), (*weightGradKernel).planar)
	case sched.WeightGradDepthwise:
		return l.weightGrad(n, c, choice, depthwisePacking(c), (*weightGradKernel).depthwise)
	case sched.WeightGradThin:
		return l.weightGradThin(n, c, choice)
	}
	return lowerWeightGradPlain(l, n)
}

// weightGradKernel makes the sums over some parts of the samples.
type weightGradKernel struct {
	*kernel
	conv        sched.Conv
	choice      sched.WeightGradChoice
	x, dy, sums *loopir.Buffer
	xLay, dyLay sched.Layout
	part        loopir.Index
	n           loopir.Index
}

// newWeightGrad binds dy, x, and sums of the given dimensions for each part.
func (l *lowerer) newWeightGrad(n *ir.Node, c sched.Conv, choice sched.WeightGradChoice, dims []int) (*weightGradKernel, *Storage, error) {
	dy, err := l.read(n.Inputs[0], sched.Layout{Kind: choice.DY})
	if err != nil {
		return nil, nil, err
	}
	x, err := l.read(n.Inputs[1], sched.Layout{Kind: choice.X, Left: c.Left, Right: c.Right()})
	if err != nil {
		return nil, nil, err
	}
	sums := &Storage{Name: n.Out().Name + " parts", Type: n.Out().Type, Elem: loopir.F32, Dims: append([]int{choice.Parts}, dims...)}
	k := &weightGradKernel{kernel: newKernel(string(choice.Family), l.target), conv: c, choice: choice, xLay: x.Layout, dyLay: dy.Layout}
	k.dy, k.x, k.sums = k.in(dy), k.in(x), k.out(sums)
	k.part = k.grid("part", choice.Parts)
	return k, sums, nil
}

// weightGrad is the gradient whose lanes are channels of dy, summed in the order of p.
func (l *lowerer) weightGrad(n *ir.Node, c sched.Conv, choice sched.WeightGradChoice, p packing, body func(*weightGradKernel)) error {
	k, sums, err := l.newWeightGrad(n, c, choice, p.dims)
	if err != nil {
		return err
	}
	body(k)
	if err := l.emit(k.kernel, n, string(choice.Family), choice.Tile); err != nil {
		return err
	}
	return l.addParts(n, sums, choice.Parts, p)
}

// eachRows runs body for each sample of the part, and groups of rows of dy: those from first to end.
func (k *weightGradKernel) eachRows(body func(first, end loopir.Index)) {
	samples, parts, height := k.conv.In.N, k.choice.Parts, k.conv.Out.H
	k.For("n", k.part.Mul(samples).Div(parts), k.part.AddC(1).Mul(samples).Div(parts), 1, func(n loopir.Index) {
		k.n = n
		if k.choice.Rows >= height {
			body(loopir.C(0), loopir.C(height))
			return
		}
		k.For("rows", loopir.C(0), loopir.C(height), k.choice.Rows, func(y loopir.Index) {
			body(y, y.AddC(k.choice.Rows).Min(loopir.C(height)))
		})
	})
}

// eachPlace runs body for the places of rows first to end of dy whose input under kernel row kh is inside the image: row
// and column in dy, row in x, and the column in memory of x under kernel column 0.
func (k *weightGradKernel) eachPlace(kh, first, end loopir.Index, body func(y, x, inY, inX loopir.Index)) {
	c := k.conv
	k.eachRowOf(kh, first, end, func(y, inY loopir.Index) {
		k.For("x", loopir.C(0), loopir.C(c.Out.W), 1, func(x loopir.Index) {
			body(y, x, inY, x.Mul(c.SW).AddC(k.xLay.Left-c.Left))
		})
	})
}

// eachRowOf runs body for the rows first to end of dy whose input row under kernel row kh, inY, is inside the image.
func (k *weightGradKernel) eachRowOf(kh, first, end loopir.Index, body func(y, inY loopir.Index)) {
	c := k.conv
	above := loopir.C(c.Top).Sub(kh.Mul(c.DH)) // rows by which the kernel row of row 0 lies above the image
	if c.Top > 0 {
		first = first.Max(above.AddC(c.SH - 1).Div(c.SH))
	}
	if c.Bottom() > 0 {
		end = end.Min(above.AddC(c.In.H + c.SH - 1).Div(c.SH))
	}
	k.For("y", first, end, 1, func(y loopir.Index) { body(y, y.Mul(c.SH).Sub(above)) })
}

// accumulate keeps the sums of a tile in registers while body adds to them; at is their place in memory.
func (k *weightGradKernel) accumulate(each func(body func(i, j, b, s loopir.Index)), at func(i, j, b, s loopir.Index) []loopir.Index, body func(acc loopir.Tile)) {
	t := k.choice.Tile
	acc := k.Reg("acc", k.vec(loopir.F32), t.Rows, t.Pixels, t.Blocks, t.Subs)
	each(func(i, j, b, s loopir.Index) {
		acc.Set(loopir.LoadV(k.vec(loopir.F32), k.sums, at(i, j, b, s)...), i, j, b, s)
	})
	body(acc)
	each(func(i, j, b, s loopir.Index) { k.Store(k.sums, acc.At(i, j, b, s), at(i, j, b, s)...) })
}

// eachSum unrolls body over the tile.
func (k *weightGradKernel) eachSum(body func(i, j, b, s loopir.Index)) {
	t := k.choice.Tile
	k.Unroll("i", 0, t.Rows, func(i loopir.Index) {
		k.Unroll("j", 0, t.Pixels, func(j loopir.Index) {
			k.eachVector(t, func(b, s loopir.Index) { body(i, j, b, s) })
		})
	})
}
