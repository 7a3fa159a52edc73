package sched

import (
	"slices"

	"nncc/ir"
)

// Window slides over the dimensions behind the channels, slowest first: as many as there are, but at least two, rows
// being added to values that have but columns. Every list has a number per dimension.
type Window struct {
	In, Out, Kernel, Stride, Dilation []int
	Before, After                     []int // padding
}

// WindowOf describes how a conv or pool node reads its input, given the window's extents.
func WindowOf(n *ir.Node, kernel []int) Window {
	return windowOf(n, n.Inputs[0].Type.Shape[2:], n.Out().Type.Shape[2:], kernel)
}

// windowOf is WindowOf for an op whose images have the spatial sizes in and out.
func windowOf(n *ir.Node, in, out, kernel []int) Window {
	pad := n.Ints("pad")
	w := Window{in, out, kernel, n.Ints("stride"), n.Ints("dilation"), pad[:len(kernel)], pad[len(kernel):]}
	if len(kernel) == 1 {
		for _, list := range []*[]int{&w.In, &w.Out, &w.Kernel, &w.Stride, &w.Dilation} {
			*list = []int{1, (*list)[0]}
		}
		for _, list := range []*[]int{&w.Before, &w.After} {
			*list = []int{0, (*list)[0]}
		}
	}
	return w
}

// Whole reports whether there is one window, which is all of the image.
func (w Window) Whole() bool {
	return slices.Equal(w.In, w.Kernel) && slices.Max(w.Dilation) == 1 && slices.Max(w.Out) == 1 &&
		slices.Max(slices.Concat(w.Before, w.After)) == 0
}
