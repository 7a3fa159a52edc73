package lower

import (
	"fmt"

	"nncc/codegen/loopir"
	"nncc/codegen/sched"
	"nncc/ir"
)

// lowerConv dispatches on the family that the schedule names.
func lowerConv(l *lowerer, n *ir.Node) error {
	choice, ok := l.plan.Conv[n]
	if !ok {
		return lowerConvPlain(l, n)
	}
	c, _ := sched.FusedConv(n)
	switch choice.Family {
	case sched.ConvBlocked, sched.ConvPlanar:
		return lowerConvTiled(l, n, c, choice)
	case sched.ConvWinograd:
		return lowerConvWinograd(l, n, c, choice)
	case sched.ConvMatrix:
		return lowerConvMatrix(l, n, c, choice)
	case sched.ConvThin:
		return lowerConvThin(l, n, c, choice)
	case sched.ConvThinWinograd:
		return lowerConvThinWinograd(l, n, c, choice)
	case sched.ConvPlanarWinograd:
		return lowerConvPlanarWinograd(l, n, c, choice)
	case sched.ConvDepthwise:
		return lowerConvDepthwise(l, n, c, choice)
	case sched.ConvDepthwiseWinograd:
		return lowerConvDepthwiseWinograd(l, n, c, choice)
	case sched.ConvGrouped:
		return lowerConvGrouped(l, n, c, choice)
	}
	return lowerConvPlain(l, n)
}

// convKernel is what the convolution families share: the buffers, the result's place and the epilogue.
type convKernel struct {
	*kernel
	conv     sched.Conv
	in, w, b *loopir.Buffer
	inLayout sched.Layout
	epilogue *epilogue
	out      *loopir.Buffer
	outLay   sched.Layout
	n        loopir.Index
}

// newConvKernel binds input, weights and bias, then the epilogue's operands, then the result.
func (l *lowerer) newConvKernel(n *ir.Node, c sched.Conv, choice sched.ConvChoice, weights *Storage, bias *Storage) (*convKernel, error) {
	in, err := l.convInput(n, c, choice)
	if err != nil {
		return nil, err
	}
	return l.bindConvKernel(n, c, choice, in, weights, bias)
}

// convInput is the input of a convolution with the halo that its kernel reads, and with no other if it sees the image as one row.
func (l *lowerer) convInput(n *ir.Node, c sched.Conv, choice sched.ConvChoice) (*Storage, error) {
	if choice.Flat && !choice.Picked {
		return l.readIf(n.Inputs[0], sched.Layout{Kind: choice.In}, func(have sched.Layout) bool {
			return have.Kind == choice.In && have.Left+have.Right == 0
		})
	}
	return l.read(n.Inputs[0], sched.Layout{Kind: choice.In, Left: c.Left, Right: c.Right()})
}

// emitInput appends a step that prepares the input of a convolution.
func (l *lowerer) emitInput(k *kernel, n *ir.Node, family string) error {
	if err := l.emit(k, nil, family, sched.Tile{}); err != nil {
		return err
	}
	l.steps[len(l.steps)-1].Name = n.Name + " input"
	return nil
}

// bindConvKernel is newConvKernel for an input of any form.
func (l *lowerer) bindConvKernel(n *ir.Node, c sched.Conv, choice sched.ConvChoice, in, weights, bias *Storage) (*convKernel, error) {
	target := l.target
	if choice.Lanes > 0 {
		target.Lanes = choice.Lanes
	}
	k := &convKernel{kernel: newKernel(string(choice.Family), target), conv: c}
	var err error
	k.in, k.inLayout = k.kernel.in(in), in.Layout
	k.w, k.b = k.kernel.in(weights), k.kernel.in(bias)
	if k.epilogue, err = l.newEpilogue(k.kernel, n, choice.Out); err != nil {
		return nil, err
	}
	out, err := l.define(n.Out(), l.plan.Layout[n.Out()])
	if err != nil {
		return nil, err
	}
	if storesOnce(c, choice) {
		l.overwrite(k.epilogue, out)
	}
	k.out, k.outLay = k.kernel.out(out), out.Layout
	k.n = k.samples(out)
	return k, nil
}

// kernelRows gives the range of kernel rows that meet the image for output row y.
func (k *convKernel) kernelRows(y loopir.Index) (lo, hi loopir.Index) {
	c := k.conv
	lo, hi = loopir.C(0), loopir.C(c.KH)
	top := loopir.C(c.Top).Sub(y.Mul(c.SH)) // how far the first kernel row lies above the image
	if c.Top > 0 {
		lo = lo.Max(top.AddC(c.DH - 1).Div(c.DH))
	}
	if c.Bottom() > 0 {
		hi = hi.Min(top.AddC(c.In.H + c.DH - 1).Div(c.DH))
	}
	return lo, hi
}

// inRow is the row of the image under kernel row kh for output row y.
func (k *convKernel) inRow(y, kh loopir.Index) loopir.Index {
	return y.Mul(k.conv.SH).Add(kh.Mul(k.conv.DH)).AddC(-k.conv.Top)
}

// inCol is the column in memory under kernel column 0 for output column x.
func (k *convKernel) inCol(x loopir.Index) loopir.Index {
	return x.Mul(k.conv.SW).AddC(k.inLayout.Left - k.conv.Left)
}

// tiles runs body for the first of every size columns of width; where size does not divide width the last tile
// overlaps the one before, so that all are whole.
func (k *kernel) tiles(name string, width, size int, body func(x loopir.Index)) {
	if size >= width {
		body(loopir.C(0))
		return
	}
	k.For(name, loopir.C(0), loopir.C(width), size, func(x loopir.Index) {
		if width%size != 0 {
			x = x.Min(loopir.C(width - size))
		}
		body(x)
	})
}

// convWeights is the weights of n's convolution in the order of p, and its bias.
func (l *lowerer) convWeights(n *ir.Node, c sched.Conv, p packing) (weights, bias *Storage, err error) {
	anchor := sched.Anchor(n)
	w, b := sched.Outer(n, anchor.Inputs[1]), sched.Outer(n, anchor.Input(2))
	if weights, err = l.packed(w, p); err != nil {
		return nil, nil, err
	}
	bias, err = l.biasOf(b, w, c.Out.C)
	return weights, bias, err
}

// biasOf packs the bias of a convolution or dense layer, zeros if it has none, padded to whole blocks.
func (l *lowerer) biasOf(v, weights *ir.Value, channels int) (*Storage, error) {
	const b = sched.BlockChannels
	blocks := ceilDiv(channels, b)
	form, dims := fmt.Sprintf("bias %d", blocks), []int{blocks, b}
	if v == nil {
		return l.pack(weights, form, dims, func([]float32) {}), nil
	}
	return l.packed(v, packing{form, []int{channels}, []packAxis{{blocks, 0, b}, {b, 0, 1}}, dims})
}
