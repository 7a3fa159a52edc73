package sched

import "nncc/ir"

// Window is a pool in two dimensions. One-dimensional ones have height 1.
type Window struct {
	In, Out                  Image
	KH, KW                   int // kernel
	SH, SW                   int // stride
	DH, DW                   int // dilation
	Top, Left, Bottom, Right int // padding
}

// WindowOf describes the pool that anchors n; false if it is not of one or two dimensions.
func WindowOf(n *ir.Node) (Window, bool) {
	anchor := Anchor(n)
	in, ok1 := ImageOf(anchor.Inputs[0].Type)
	out, ok2 := ImageOf(anchor.Out().Type)
	if !ok1 || !ok2 || anchor.Inputs[0].Type.Rank() < 3 {
		return Window{}, false
	}
	w := Window{In: in, Out: out}
	w.KH, w.KW = plane(anchor.Ints("kernel"))
	w.SH, w.SW = plane(anchor.Ints("stride"))
	w.DH, w.DW = plane(anchor.Ints("dilation"))
	w.Top, w.Left, w.Bottom, w.Right = border(anchor.Ints("pad"))
	return w, true
}

// border reads a pad attribute: rows are not padded where there is but one spatial dimension.
func border(pad []int) (top, left, bottom, right int) {
	if len(pad) == 2 {
		return 0, pad[0], 0, pad[1]
	}
	return pad[0], pad[1], pad[2], pad[3]
}
