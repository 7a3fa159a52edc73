package lower

import (
	"fmt"
	"math"

	"nncc/codegen/loopir"
	"nncc/codegen/sched"
	"nncc/ir"
)

// lowerPool reduces windows of each channel: over vectors of channels in the blocked layout, one number at a time in
// the planar one.
func lowerPool(l *lowerer, n *ir.Node) error {
	w, ok := sched.WindowOf(n)
	if !ok {
		return fmt.Errorf("pools have one or two spatial dimensions, this has %d", len(sched.Anchor(n).Ints("kernel")))
	}
	lay := l.plan.Layout[n.Out()]
	target := l.target
	if lay.Kind == sched.Planar {
		target.Lanes = 1
	}
	k := &poolKernel{kernel: newKernel("pool", target), Window: w, anchor: sched.Anchor(n), outLay: lay}
	in, err := l.read(n.Inputs[0], sched.Layout{Kind: lay.Kind})
	if err != nil {
		return err
	}
	k.in, k.inLay = k.kernel.in(in), in.Layout
	if k.epilogue, err = l.newEpilogue(k.kernel, n, lay.Kind); err != nil {
		return err
	}
	out, err := l.define(n.Out(), lay)
	if err != nil {
		return err
	}
	k.out = k.kernel.out(out)
	if err := k.body(); err != nil {
		return err
	}
	l.emit(k.kernel, n, "pool", sched.Tile{})
	return nil
}

type poolKernel struct {
	*kernel
	sched.Window
	anchor        *ir.Node
	in, out       *loopir.Buffer
	inLay, outLay sched.Layout
	epilogue      *epilogue
}

func (k *poolKernel) body() (err error) {
	n := k.samples(&Storage{Dims: k.out.Dims})
	blocked := k.outLay.Kind == sched.Blocked
	channels, vectors := k.Out.C, 1
	if blocked {
		channels, vectors = k.Out.Blocks(), sched.BlockChannels/k.target.Lanes
	}
	c, y := k.grid("c", channels), k.grid("y", k.Out.H)
	k.each("x", k.Out.W, func(x loopir.Index) {
		k.Unroll("v", 0, vectors, func(v loopir.Index) {
			lane := v.Mul(k.target.Lanes)
			value, e := k.epilogue.apply(k.window(n, c, y, x, lane), place{Idx: []loopir.Index{n, c, y, x}, Lane: lane, Count: loopir.C(1)})
			if e != nil {
				err = e
				return
			}
			at := []loopir.Index{n, c, y, x.AddC(k.outLay.Left)}
			if blocked {
				at = append(at, lane)
			}
			k.Store(k.out, value, at...)
		})
	})
	k.clearHalo(k.out, k.outLay, k.Out.W, n, c, y)
	return err
}

// window reduces the part of a window that lies inside the image.
func (k *poolKernel) window(n, c, y, x, lane loopir.Index) loopir.Expr {
	t := k.vec(k.in.Elem)
	average := k.anchor.Op.Name == "avgpool"
	acc := k.Reg("acc", t)
	if average {
		acc.Set(loopir.Num(t, 0))
	} else {
		acc.Set(lowest(t))
	}
	rowLo, rowHi := inside(y, k.KH, k.SH, k.DH, k.Top, k.In.H)
	colLo, colHi := inside(x, k.KW, k.SW, k.DW, k.Left, k.In.W)
	k.For("kh", rowLo, rowHi, 1, func(kh loopir.Index) {
		k.For("kw", colLo, colHi, 1, func(kw loopir.Index) {
			at := []loopir.Index{n, c, y.Mul(k.SH).Add(kh.Mul(k.DH)).AddC(-k.Top), x.Mul(k.SW).Add(kw.Mul(k.DW)).AddC(k.inLay.Left - k.Window.Left)}
			if k.inLay.Kind == sched.Blocked {
				at = append(at, lane)
			}
			v := loopir.LoadV(t, k.in, at...)
			if average {
				acc.Set(loopir.Add.Of(acc.At(), v))
			} else {
				acc.Set(loopir.Max.Of(acc.At(), v))
			}
		})
	})
	if !average {
		return acc.At()
	}
	if k.anchor.Bool("count_include_pad") { // all of the padded image counts, what a ceil adds beyond does not
		rowLo, colLo = loopir.C(0), loopir.C(0)
		_, rowHi = inside(y, k.KH, k.SH, k.DH, 0, k.In.H+k.Top+k.Bottom)
		_, colHi = inside(x, k.KW, k.SW, k.DW, 0, k.In.W+k.Window.Left+k.Right)
	}
	rows, cols := rowHi.Sub(rowLo), colHi.Sub(colLo)
	return loopir.Div.Of(acc.At(), loopir.Mul.Of(loopir.IndexTo(t, rows), loopir.IndexTo(t, cols)))
}

// inside is the range of kernel places that meet an image of the given extent, for output place x.
func inside(x loopir.Index, kernel, stride, dilation, before, extent int) (lo, hi loopir.Index) {
	out := loopir.C(before).Sub(x.Mul(stride)) // how far the first place lies before the image
	lo = loopir.C(0)
	if before > 0 {
		lo = lo.Max(out.AddC(dilation - 1).Div(dilation))
	}
	return lo, loopir.C(kernel).Min(out.AddC(extent + dilation - 1).Div(dilation))
}

// lowest is the number that loses against all others.
func lowest(t loopir.Type) loopir.Expr {
	switch {
	case t.Elem.IsFloat():
		return loopir.Num(t, math.Inf(-1))
	case t.Elem.IsSigned():
		return &loopir.Const{T: t, Int: -1 << (8*t.Elem.Bytes() - 1)}
	}
	return &loopir.Const{T: t}
}
