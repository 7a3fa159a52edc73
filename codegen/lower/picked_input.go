package lower

import (
	"nncc/codegen/loopir"
	"nncc/codegen/sched"
	"nncc/ir"
)

// pickedInput emits a step that copies the pixels of in that c, a convolution with kernels of one pixel and a stride,
// reads, and returns the image that they make. Convolutions that see an image alike share it.
func (l *lowerer) pickedInput(n *ir.Node, c sched.Conv, in *Storage) (*Storage, error) {
	key := packedImage{in: in, window: [8]int{c.KH, c.KW, c.SH, c.SW}}
	if s, ok := l.images[key]; ok {
		return s, nil
	}
	m := c.Picked().In
	k := newKernel("picked-input", l.target)
	out := &Storage{Name: in.Name + " picked", Layout: sched.Layout{Kind: sched.Blocked, BF16: in.Layout.BF16}, Elem: in.Elem}
	out.Dims = append([]int{in.Dims[0]}, m.Dims(out.Layout)[1:]...)
	l.images[key] = out
	src, dst := k.in(in), k.out(out)
	s, block, y := k.samples(out), k.grid("c", m.Blocks()), k.grid("y", m.H)
	k.copyPixels(m.W, func(x, lane loopir.Index) {
		pixel := k.load(src, s, block, y.Mul(c.SH), x.Mul(c.SW).AddC(in.Layout.Left), lane)
		k.Store(dst, pixel, s, block, y, x, lane)
	})
	return out, l.emitInput(k, n, "picked-input")
}
