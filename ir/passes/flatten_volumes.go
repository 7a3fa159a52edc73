package passes

import (
	"slices"

	"nncc/ir"
	"nncc/runtime/tensor"
)

// flattenVolumes computes convolutions in three dimensions as ones in two, which do the same sums in fewer loops, and
// moves activations to where they can be fused with these.
func flattenVolumes(c *context) error {
	planes := map[*ir.Value]bool{} // results of the convolutions in two
	err := c.sweep(func(c *context, n *ir.Node) (*ir.Value, error) { return flattenVolume(c, n, planes) })
	if err != nil {
		return err
	}
	return c.sweep(func(c *context, n *ir.Node) (*ir.Value, error) { return activationFirst(c, n, planes) })
}

func flattenVolume(c *context, n *ir.Node, planes map[*ir.Value]bool) (*ir.Value, error) {
	if n.Op.Name != "conv" || n.Out().Type.Rank() != 5 || n.Out().Type.DType != tensor.F32 {
		return nil, nil
	}
	v := &volume{c: c, n: n, planes: planes, kernel: n.Inputs[1].Type.Shape[2:], stride: n.Ints("stride"), dilation: n.Ints("dilation"),
		before: n.Ints("pad")[:3], after: n.Ints("pad")[3:], groups: n.Int("groups")}
	plane := slices.Concat(v.kernel[1:], v.stride[1:])
	switch padding := slices.Concat(v.before[1:], v.after[1:]); {
	case slices.Max(plane) == 1 && slices.Max(padding) == 0:
		return v.alongDepth(), v.err
	case v.groups == 1 || v.kernel[0] == 1:
		return v.byRows(), v.err
	}
	return nil, nil
}

// volume is the rewrite of one convolution; the first error stays.
type volume struct {
	c                                       *context
	n                                       *ir.Node
	kernel, stride, dilation, before, after []int
	groups                                  int
	planes                                  map[*ir.Value]bool // gets the result of conv
	err                                     error
}

// made adds a node beside the one that is replaced.
func (v *volume) made(suffix, op string, attrs ir.Attrs, inputs ...*ir.Value) *ir.Value {
	if v.err != nil {
		return nil
	}
	var out *ir.Value
	out, v.err = v.c.extra(v.n, suffix, op, attrs, inputs...)
	return out
}

// last makes the node that replaces the convolution.
func (v *volume) last(op string, attrs ir.Attrs, inputs ...*ir.Value) *ir.Value {
	if v.err != nil {
		return nil
	}
	var out *ir.Value
	out, v.err = v.c.replace(v.n, op, attrs, inputs...)
	return out
}

// conv is the convolution in two dimensions of x with weights.
func (v *volume) conv(x, weights *ir.Value, stride, dilation, pad []int) *ir.Value {
	inputs := append([]*ir.Value{x, weights}, v.n.Inputs[2:]...)
	y := v.made("plane", "conv", ir.Attrs{"stride": stride, "dilation": dilation, "pad": pad, "groups": v.groups}, inputs...)
	v.planes[y] = true
	return y
}

// alongDepth is for kernels of one number in every plane: what lies in a plane is one row.
func (v *volume) alongDepth() *ir.Value {
	in, w := v.n.Inputs[0].Type.Shape, v.n.Inputs[1].Type.Shape
	x := v.made("rows", "reshape", ir.Attrs{"shape": []int{in[0], in[1], in[2], in[3] * in[4]}}, v.n.Inputs[0])
	weights := v.made("weights", "reshape", ir.Attrs{"shape": []int{w[0], w[1], w[2], 1}}, v.n.Inputs[1])
	y := v.conv(x, weights, []int{v.stride[0], 1}, []int{v.dilation[0], 1}, []int{v.before[0], 0, v.after[0], 0})
	return v.last("reshape", ir.Attrs{"shape": v.n.Out().Type.Shape}, y)
}

// byRows makes channels of the planes that a kernel covers, and one image of all planes, each with its padding below the one
// before. Results between planes are left out.
func (v *volume) byRows() *ir.Value {
	out, w := v.n.Out().Type.Shape, v.n.Inputs[1].Type.Shape
	in := v.n.Inputs[0].Type.Shape
	rows := v.before[1] + in[3] + v.after[1]
	rows += (v.stride[1] - rows%v.stride[1]) % v.stride[1]
	x := v.n.Inputs[0]
	if pad := []int{0, 0, v.before[0], v.before[1], 0, 0, 0, v.after[0], rows - in[3] - v.before[1], 0}; slices.Max(pad) > 0 {
		x = v.made("apart", "pad", ir.Attrs{"pad": pad}, x)
	}
	x = v.neighbours(x, []int{in[0], in[1], out[2], rows, in[4]})
	channels := v.kernel[0] * w[1]
	x = v.made("rows", "reshape", ir.Attrs{"shape": []int{out[0], channels * v.groups, out[2] * rows, in[4]}}, x)
	weights := v.n.Inputs[1]
	if v.kernel[0] > 1 {
		weights = v.made("weights", "transpose", ir.Attrs{"perm": []int{0, 2, 1, 3, 4}}, weights)
	}
	weights = v.made("weights", "reshape", ir.Attrs{"shape": []int{w[0], channels, w[3], w[4]}}, weights)
	below := (v.kernel[1] - 1) * v.dilation[1] // so that there is a result for every place in every plane
	y := v.conv(x, weights, v.stride[1:], v.dilation[1:], []int{0, v.before[2], below, v.after[2]})
	all := []int{out[0], out[1], out[2], rows / v.stride[1], out[4]}
	if slices.Equal(all, out) {
		return v.last("reshape", ir.Attrs{"shape": out}, y)
	}
	y = v.made("planes", "reshape", ir.Attrs{"shape": all}, y)
	return v.last("slice", ir.Attrs{"start": make([]int, 5), "size": out, "step": slices.Repeat([]int{1}, 5)}, y)
}

// neighbours are the planes of padded x that each result sees, as channels: kernel depth times size.
func (v *volume) neighbours(x *ir.Value, size []int) *ir.Value {
	if v.kernel[0] == 1 && v.stride[0] == 1 {
		return x
	}
	var parts []*ir.Value
	for k := range v.kernel[0] {
		attrs := ir.Attrs{"start": []int{0, 0, k * v.dilation[0], 0, 0}, "size": size, "step": []int{1, 1, v.stride[0], 1, 1}}
		parts = append(parts, v.made("depth", "slice", attrs, x))
	}
	if len(parts) == 1 {
		return parts[0]
	}
	return v.made("depths", "concat", ir.Attrs{"axis": 1}, parts...)
}

// activationFirst moves a function of single numbers from behind what flattenVolume leaves after a convolution to the convolution.
func activationFirst(c *context, n *ir.Node, planes map[*ir.Value]bool) (*ir.Value, error) {
	if n.Op.Class != ir.Elementwise || len(n.Inputs) != 1 || n.Out().Type.DType != n.Inputs[0].Type.DType {
		return nil, nil
	}
	var moved []*ir.Node // from n to the convolution
	v := n.Inputs[0]
	for ; !planes[v]; v = v.Def.Inputs[0] {
		if v.Def == nil || c.uses[v] != 1 || v.Def.Op.Name != "reshape" && v.Def.Op.Name != "slice" {
			return nil, nil
		}
		moved = append(moved, v.Def)
	}
	if c.uses[v] != 1 {
		return nil, nil
	}
	v, err := c.extra(n, "plane", n.Op.Name, n.Attrs.Clone(), v)
	for i := len(moved) - 1; i > 0 && err == nil; i-- {
		v, err = c.extra(n, "planes", moved[i].Op.Name, moved[i].Attrs.Clone(), v)
	}
	if err != nil {
		return nil, err
	}
	return c.replace(n, moved[0].Op.Name, moved[0].Attrs.Clone(), v)
}
