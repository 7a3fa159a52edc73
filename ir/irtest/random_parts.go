package irtest

import (
	"nncc/ir"
	"nncc/ir/diag"
	"nncc/runtime/tensor"
)

// RandomParts makes a graph of images of one size that are joined, cut and joined again, as dense and partial networks do:
// channels come in whole blocks of kernels, or nearly, and most values have several readers.
func RandomParts(seed uint64) *ir.Graph {
	r := newRandom(seed)
	x := r.b.Input(diag.Pos{}, "x", ir.T(tensor.F32, 1, 16, 2+r.IntN(4), 2+r.IntN(4)))
	p := &parts{random: r}
	r.live = append(r.live, p.conv(x), p.conv(x))
	for steps := 3 + r.IntN(8); steps > 0; steps-- {
		makers := []func(*ir.Value) *ir.Value{p.conv, p.conv, p.join, p.join, p.append, p.look, p.cut, r.activation, p.sum}
		y := makers[r.IntN(len(makers))](r.live[max(0, len(r.live)-1-r.IntN(3))])
		if y != nil {
			r.live = append(r.live, y)
		}
	}
	return r.finish()
}

// parts makes the ops of RandomParts.
type parts struct {
	*random
	lists [][]*ir.Value // what was joined
}

// conv keeps the size of images, and looks at one pixel or at its neighbours.
func (p *parts) conv(x *ir.Value) *ir.Value {
	border := p.IntN(3)
	outs, kernel := 16*(1+p.IntN(3)), 2*border+1
	if p.IntN(8) == 0 {
		outs -= 3
	}
	in := x.Type.Shape[1]
	return p.node("conv", ir.Attrs{"pad": []int{border, border, border, border}}, x, p.weights(in*kernel*kernel, outs, in, kernel, kernel))
}

// look convolves a part of x.
func (p *parts) look(x *ir.Value) *ir.Value {
	if part := p.channelBlocks(x); part != nil {
		p.live = append(p.live, part)
		return p.conv(part)
	}
	return nil
}

// join concatenates a few values, perhaps one of them twice.
func (p *parts) join(x *ir.Value) *ir.Value {
	list := []*ir.Value{x}
	for range 1 + p.IntN(3) {
		list = append(list, p.live[p.IntN(len(p.live))])
	}
	p.Shuffle(len(list), func(i, k int) { list[i], list[k] = list[k], list[i] })
	return p.concat(list)
}

// append joins what was joined before, and x.
func (p *parts) append(x *ir.Value) *ir.Value {
	if len(p.lists) == 0 {
		return nil
	}
	list := append([]*ir.Value{}, p.lists[p.IntN(len(p.lists))]...)
	if p.IntN(4) == 0 {
		return p.concat(append([]*ir.Value{x}, list...))
	}
	return p.concat(append(list, x))
}

// cut takes x apart and joins the parts with another value, perhaps in another order.
func (p *parts) cut(x *ir.Value) *ir.Value {
	channels := x.Type.Shape[1]
	if channels < 32 {
		return nil
	}
	at := 16 * (1 + p.IntN(channels/16-1))
	list := []*ir.Value{p.channels(x, 0, at), p.channels(x, at, channels)}
	p.live = append(p.live, list...)
	list = append(list, p.live[p.IntN(len(p.live))])
	if p.IntN(3) == 0 {
		list[0], list[1] = list[1], list[0]
	}
	return p.concat(list)
}

func (p *parts) concat(list []*ir.Value) *ir.Value {
	p.lists = append(p.lists, list)
	return p.node("concat", ir.Attrs{"axis": 1}, list...)
}

// sum adds values of the same shape.
func (p *parts) sum(x *ir.Value) *ir.Value { return binary("add")(p.random, x) }
