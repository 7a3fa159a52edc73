package sched

import "nncc/ir"

// Conv is a convolution in two dimensions, with everything that schedules ask for. One-dimensional ones have height 1.
type Conv struct {
	In, Out             Image
	KH, KW              int // kernel
	SH, SW              int // stride
	DH, DW              int // dilation
	Top, Left           int // padding; what is below and to the right follows from the output size
	Groups              int
	Packed              bool // weights are of a type that kernels read packed
	Resident            bool // the weights of the whole network stay in the shared cache
	Functions           bool // the epilogue computes functions, whose polynomials take registers beside those of the sums
	PoolH, PoolW        int  // fused pool window, equal to its stride; 0 if there is none
	PooledH, PooledW    int  // size after the pool
	GroupInC, GroupOutC int
}

// convOf describes a conv node, alone; false if it is not of one or two dimensions.
func convOf(n *ir.Node) (Conv, bool) {
	in, ok1 := ImageOf(n.Inputs[0].Type)
	out, ok2 := ImageOf(n.Out().Type)
	if !ok1 || !ok2 || n.Inputs[0].Type.Rank() < 3 {
		return Conv{}, false
	}
	c := Conv{In: in, Out: out, Groups: n.Int("groups")}
	c.setWindow(WindowOf(n, n.Inputs[1].Type.Shape[2:]))
	return c, true
}

// setWindow completes the description of a convolution whose images and groups are known.
func (c *Conv) setWindow(w Window) {
	c.KH, c.KW = w.Kernel[0], w.Kernel[1]
	c.SH, c.SW = w.Stride[0], w.Stride[1]
	c.DH, c.DW = w.Dilation[0], w.Dilation[1]
	c.Top, c.Left = w.Before[0], w.Before[1]
	c.GroupInC, c.GroupOutC = c.In.C/c.Groups, c.Out.C/c.Groups
	c.PooledH, c.PooledW = c.Out.H, c.Out.W
}

// plane reads a spatial attribute of one or two numbers as height and width; the missing height is 1.
func plane(v []int) (h, w int) {
	if len(v) == 1 {
		return 1, v[0]
	}
	return v[0], v[1]
}

// WeightShape is the shape of the weights, [O, I of a group, KH, KW].
func (c Conv) WeightShape() []int { return []int{c.Out.C, c.GroupInC, c.KH, c.KW} }

// worthSharing reports whether a launch of c is split over threads.
func (c Conv) worthSharing(t Target) bool {
	return int64(2*c.In.N*c.Out.C*c.GroupInC*c.KH*c.KW*c.Out.H*c.Out.W) >= t.MinSplitFLOPs
}

// Used is the part of the result that is used: a pool leaves out what fills no window.
func (c Conv) Used() Image {
	m := c.Out
	m.H, m.W = c.PooledH*max(c.PoolH, 1), c.PooledW*max(c.PoolW, 1)
	return m
}

// Right is how many columns past the image the last output column reads.
func (c Conv) Right() int {
	return max(0, (c.Out.W-1)*c.SW+(c.KW-1)*c.DW-c.Left-(c.In.W-1))
}

// Bottom is how many rows past the image the last output row reads.
func (c Conv) Bottom() int {
	return max(0, (c.Out.H-1)*c.SH+(c.KH-1)*c.DH-c.Top-(c.In.H-1))
}

// PadsRows reports whether some kernel rows fall outside the image.
func (c Conv) PadsRows() bool { return c.Top > 0 || c.Bottom() > 0 }

// flat is c with the pixels of its images in one row.
func (c Conv) flat() Conv {
	for _, m := range []*Image{&c.In, &c.Out} {
		m.H, m.W = 1, m.H*m.W
	}
	c.PooledH, c.PooledW = 1, c.PooledH*c.PooledW
	return c
}

// picksPixels reports whether kernels of one pixel leave out some of the image, and read none outside.
func (c Conv) picksPixels() bool {
	return c.KH*c.KW == 1 && c.SH*c.SW > 1 && c.PoolH == 0 && !c.PadsRows() && c.Left+c.Right() == 0
}

// Picked is c, which picks pixels, for an image of those alone.
func (c Conv) Picked() Conv {
	c.In.H, c.In.W, c.SH, c.SW = c.Out.H, c.Out.W, 1, 1
	return c
}

// Flat is c as a kernel with choice computes it.
func (c Conv) Flat(choice ConvChoice) Conv {
	if choice.Picked {
		c = c.Picked()
	}
	if choice.Flat {
		return c.flat()
	}
	return c
}
