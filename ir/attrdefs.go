package ir

import (
	"math"
	"slices"
)

// Attributes that several rows of the op table share. Their lists have one number per spatial dimension, pad has two.
var (
	kernelAttr    = AttrDef{Name: "kernel", Kind: IntsAttr}
	strideAttr    = AttrDef{Name: "stride", Kind: IntsAttr, DefaultFor: spatialList(1, 1)} // for pools too, as in ONNX; PyTorch's pools default to the kernel
	dilationAttr  = AttrDef{Name: "dilation", Kind: IntsAttr, DefaultFor: spatialList(1, 1)}
	smoothingAttr = AttrDef{Name: "label_smoothing", Kind: FloatAttr, Default: 0.0}
	padAttr       = AttrDef{Name: "pad", Kind: IntsAttr, DefaultFor: spatialList(2, 0)}
)

var negInf, posInf = math.Inf(-1), math.Inf(1)

// spatialList makes a default: perDim copies of value for each spatial dimension of the first input.
func spatialList(perDim, value int) func(*Node) any {
	return func(n *Node) any {
		return slices.Repeat([]int{value}, perDim*max(0, n.Inputs[0].Type.Rank()-2))
	}
}
