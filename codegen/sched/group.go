package sched

import (
	"slices"

	"nncc/ir"
	"nncc/runtime/tensor"
)

// Members are the nodes that n computes: those of its body if it is fused, else n itself.
func Members(n *ir.Node) []*ir.Node {
	if n.Body == nil {
		return []*ir.Node{n}
	}
	return n.Body.Nodes
}

// Anchor is the member that decides how n is computed: its first one, if that is a contraction or a window. Where all
// members are elementwise there is none, unless n is not fused: then it is its own.
func Anchor(n *ir.Node) *ir.Node {
	first := Members(n)[0]
	if n.Body == nil || first.Op.TakesEpilogue() {
		return first
	}
	return nil
}

// Outer is the value of the graph that v, read by a member of n, stands for.
func Outer(n *ir.Node, v *ir.Value) *ir.Value {
	if n.Body == nil || v == nil {
		return v
	}
	if i := slices.Index(n.Body.Inputs, v); i >= 0 {
		return n.Inputs[i]
	}
	return v
}

// FusedConv describes the convolution that anchors n, with the pool that n may end in; false if there is none.
func FusedConv(n *ir.Node) (Conv, bool) {
	anchor := Anchor(n)
	if anchor == nil || anchor.Op.Name != "conv" {
		return Conv{}, false
	}
	c, ok := convOf(anchor)
	c.Packed = packable(anchor.Inputs[1])
	for _, m := range Members(n)[1:] {
		c.Functions = c.Functions || m.Op.Class == ir.Elementwise && m.Op.Tol > 0
		if m.Op.Class == ir.Window {
			c.PoolH, c.PoolW = plane(m.Ints("kernel"))
			pooled, _ := ImageOf(m.Out().Type)
			c.PooledH, c.PooledW = pooled.H, pooled.W
		}
	}
	return c, ok
}

// packable reports whether there are kernels for packed weights of that type. What is not known at build time is packed
// at run time.
func packable(weights *ir.Value) bool { return weights.Type.DType == tensor.F32 }

// CanPool reports whether the kernel of a convolution can take in a pool: it keeps the rows of a window in registers,
// so all of them must see all kernel rows.
func CanPool(conv *ir.Node) bool {
	if conv.Op.Name != "conv" {
		return false
	}
	c, ok := convOf(conv)
	c.Packed = packable(conv.Inputs[1])
	return ok && c.canPool()
}

func (c Conv) canPool() bool { return c.Packed && c.Groups == 1 && !c.PadsRows() }

// CanPoolTiles reports whether a convolution is computed on every target by Winograd's filtering, whose tiles hold whole
// windows of the pool, or by matrix registers, whose bands do, however large the image is and whether it is padded.
func CanPoolTiles(conv, pool *ir.Node) bool {
	if conv.Op.Name != "conv" || pool.Op.Name != "maxpool" && pool.Op.Name != "avgpool" {
		return false
	}
	c, ok := convOf(conv)
	c.Packed = packable(conv.Inputs[1])
	pooled, image := ImageOf(pool.Out().Type)
	if !ok || !image || pool.Bool("ceil") || !tilesPool(WindowOf(pool, pool.Ints("kernel"))) {
		return false
	}
	for _, t := range Targets {
		if f := ChooseConv(c, t).Family; f != ConvWinograd && f != ConvMatrix {
			return false
		}
	}
	c.PoolH, c.PoolW, c.PooledH, c.PooledW = 2, 2, pooled.H, pooled.W
	return len(winograd(c, Targets[0])) > 0
}

// tilesPool reports whether tiles of results can be pooled by w: it divides them.
func tilesPool(w Window) bool {
	two := []int{2, 2}
	return slices.Equal(w.Kernel, two) && slices.Equal(w.Stride, two) && slices.Max(w.Dilation) == 1 && slices.Max(slices.Concat(w.Before, w.After)) == 0
}

// CanFuse reports whether one kernel computes all members of n: its anchor reads n's first input, and a pool at the end
// is one that the anchor can take in. The graph passes fuse nothing else, but a graph may come with other bodies.
func CanFuse(n *ir.Node) bool {
	if anchor := Anchor(n); anchor != nil && Outer(n, anchor.Inputs[0]) != n.Inputs[0] {
		return false
	}
	members := Members(n)
	last := members[len(members)-1]
	return len(members) == 1 || last.Op.Class != ir.Window || canTakeIn(n, last)
}

// canTakeIn reports whether the convolution that anchors n can pool its own result.
func canTakeIn(n, pool *ir.Node) bool {
	c, ok := FusedConv(n)
	w := WindowOf(pool, pool.Ints("kernel"))
	if ok && len(winograd(c, Targets[0])) > 0 && tilesPool(w) {
		return true
	}
	return ok && c.canPool() && slices.Equal(w.Kernel, w.Stride) && slices.Max(w.Dilation) == 1 &&
		slices.Max(slices.Concat(w.Before, w.After)) == 0 && c.PooledH*c.PoolH <= c.Out.H && c.PooledW*c.PoolW <= c.Out.W
}
