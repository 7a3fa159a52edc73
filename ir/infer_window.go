package ir

import "fmt"

// inferConv is the shape rule of conv: x [N,C,spatial...], w [O,C/groups,kernel...], bias [O] -> [N,O,spatial...].
func inferConv(n *Node) ([]Type, error) {
	x, w := n.Inputs[0].Type, n.Inputs[1].Type
	if err := needFloat(n.Inputs...); err != nil {
		return nil, err
	}
	if x.Rank() < 3 {
		return nil, fmt.Errorf("input %v has no spatial dimensions, needs [N, C, spatial...]", x.Shape)
	}
	if w.Rank() != x.Rank() {
		return nil, fmt.Errorf("weight %v has %d dimensions, input %v has %d", w.Shape, w.Rank(), x.Shape, x.Rank())
	}
	groups, channels, out := n.Int("groups"), x.Shape[1], w.Shape[0]
	if groups < 1 {
		return nil, fmt.Errorf("groups is %d, must be at least 1", groups)
	}
	if channels%groups != 0 || out%groups != 0 {
		return nil, fmt.Errorf("%d input and %d output channels cannot be split into %d groups", channels, out, groups)
	}
	if w.Shape[1] != channels/groups {
		if groups == 1 {
			return nil, fmt.Errorf("input has %d channels, weight expects %d (weight %s)", channels, w.Shape[1], dims(w.Shape))
		}
		return nil, fmt.Errorf("input has %d channels in %d groups of %d, weight expects %d per group (weight %s)",
			channels, groups, channels/groups, w.Shape[1], dims(w.Shape))
	}
	if b := n.Input(2); b != nil && (b.Type.Rank() != 1 || b.Type.Shape[0] != out) {
		return nil, fmt.Errorf("bias is %s, needs [%d] (one per output channel)", dims(b.Type.Shape), out)
	}
	spatial, err := windowShape(n, x.Shape[2:], w.Shape[2:], false)
	if err != nil {
		return nil, err
	}
	return []Type{T(x.DType, append([]int{x.Shape[0], out}, spatial...)...)}, nil
}

// inferPool is the shape rule of maxpool and avgpool: x [N,C,spatial...] -> [N,C,spatial...].
func inferPool(n *Node) ([]Type, error) {
	x := n.Inputs[0].Type
	if err := needNumeric(n.Inputs...); err != nil {
		return nil, err
	}
	if n.Op.Name == "avgpool" {
		if err := needFloat(n.Inputs...); err != nil {
			return nil, err
		}
	}
	if x.Rank() < 3 {
		return nil, fmt.Errorf("input %v has no spatial dimensions, needs [N, C, spatial...]", x.Shape)
	}
	kernel := n.Ints("kernel")
	spatial, err := windowShape(n, x.Shape[2:], kernel, n.Bool("ceil"))
	if err != nil {
		return nil, err
	}
	if err := checkPoolPadding(n, x.Shape[2:], kernel); err != nil {
		return nil, err
	}
	return []Type{T(x.DType, append([]int{x.Shape[0], x.Shape[1]}, spatial...)...)}, nil
}

// windowShape computes the spatial size of a sliding window's result from that of its input and the attributes stride,
// pad and dilation.
func windowShape(n *Node, in, kernel []int, ceil bool) ([]int, error) {
	stride, pad, dilation := n.Ints("stride"), n.Ints("pad"), n.Ints("dilation")
	lists := []struct {
		name       string
		list       []int
		count, low int
	}{{"kernel", kernel, 1, 1}, {"stride", stride, 1, 1}, {"dilation", dilation, 1, 1}, {"pad", pad, 2, 0}}
	for _, l := range lists {
		if len(l.list) != l.count*len(in) {
			return nil, fmt.Errorf("%s is %s, needs %d numbers for %d spatial dimensions", l.name, dims(l.list), l.count*len(in), len(in))
		}
		for _, v := range l.list {
			if v < l.low {
				return nil, fmt.Errorf("%s is %s, must be at least %d", l.name, dims(l.list), l.low)
			}
		}
	}
	out := make([]int, len(in))
	for d := range in {
		size := windowSize(int64(in[d]), int64(kernel[d]), int64(stride[d]), int64(dilation[d]), int64(pad[d]), int64(pad[len(in)+d]), ceil)
		if size < 1 {
			return nil, withHint("check kernel, dilation and pad, or whether the input is too small for so many pooling steps",
				"window of %d (dilation %d) does not fit the input %s with padding %s", kernel[d], dilation[d], dims(in), dims(pad))
		}
		if size > MaxTensorBytes {
			return nil, fmt.Errorf("result dimension %d is too large", size)
		}
		out[d] = int(size)
	}
	return out, nil
}

// windowSize counts the places of a window along one dimension; 0 if there is none. With ceil the last window may
// reach beyond the padded input, but must start inside the input or the padding before it, as in ONNX.
func windowSize(in, kernel, stride, dilation, padBegin, padEnd int64, ceil bool) int64 {
	room := in + padBegin + padEnd - (kernel-1)*dilation - 1
	if room < 0 || in == 0 {
		return 0
	}
	size := room/stride + 1
	if ceil && room%stride != 0 && size*stride < in+padBegin {
		size++
	}
	return size
}

// checkPoolPadding rejects windows that see nothing but padding, whose maximum and mean are undefined.
func checkPoolPadding(n *Node, in, kernel []int) error {
	stride, pad, dilation := n.Ints("stride"), n.Ints("pad"), n.Ints("dilation")
	for d, k := range kernel {
		if pad[d] >= k || pad[len(in)+d] >= k {
			return fmt.Errorf("pad %s must be smaller than the kernel %s", dims(pad), dims(kernel))
		}
		if dilation[d] <= in[d] {
			continue // the first place of a window at or after the input's start is also before its end
		}
		for before := pad[d]; before > 0; before -= stride[d] {
			if first := (dilation[d] - before%dilation[d]) % dilation[d]; first >= in[d] {
				return fmt.Errorf("a window of %s with dilation %s covers nothing but padding", dims(kernel), dims(dilation))
			}
		}
	}
	return nil
}
