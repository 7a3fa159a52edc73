package sched

import (
	"fmt"

	"nncc/ir"
	"nncc/runtime/tensor"
)

// Layout is how a value is stored; see the package comment.
type Layout struct {
	Kind        Kind
	Left, Right int  // zero columns beside each row; 0 for values that are no images
	BF16        bool // float32 numbers are kept rounded
}

// Kind is the order of a value's dimensions in memory.
type Kind uint8

// The layout kinds.
const (
	Planar Kind = iota
	Blocked
)

// String prints planar, or blocked with its halo as blocked+1+1.
func (l Layout) String() string {
	name := [...]string{"planar", "blocked"}[l.Kind]
	if l.Left+l.Right > 0 {
		name += fmt.Sprintf("+%d+%d", l.Left, l.Right)
	}
	if l.BF16 {
		name += " bf16"
	}
	return name
}

// covering is l with a halo that is at least m's.
func (l Layout) covering(m Layout) Layout {
	return Layout{l.Kind, max(l.Left, m.Left), max(l.Right, m.Right), l.BF16}
}

// Kept is l as t keeps numbers of a dtype: float32 of blocked images is rounded if t may.
func (l Layout) Kept(t Target, d tensor.DType) Layout {
	l.BF16 = t.BF16 && l.Kind == Blocked && d == tensor.F32
	return l
}

// Image is the shape of a value seen as images: [N, C, H, W]. A value of rank 3 is a batch of one-row images, one of
// rank 2 has one pixel.
type Image struct{ N, C, H, W int }

// ImageOf sees t as images; false for ranks other than 2, 3 and 4.
func ImageOf(t ir.Type) (Image, bool) {
	switch s := t.Shape; len(s) {
	case 2:
		return Image{s[0], s[1], 1, 1}, true
	case 3:
		return Image{s[0], s[1], 1, s[2]}, true
	case 4:
		return Image{s[0], s[1], s[2], s[3]}, true
	}
	return Image{}, false
}

// Blocks is the number of channel blocks.
func (m Image) Blocks() int { return ceilDiv(m.C, BlockChannels) }

// Dims are the dimensions in memory under l.
func (m Image) Dims(l Layout) []int {
	row := l.Left + m.W + l.Right
	if l.Kind == Blocked {
		return []int{m.N, m.Blocks(), m.H, row, BlockChannels}
	}
	return []int{m.N, m.C, m.H, row}
}

func ceilDiv(a, b int) int { return (a + b - 1) / b }
