package lower

import (
	"fmt"

	"nncc/codegen/loopir"
	"nncc/codegen/sched"
	"nncc/ir"
)

// lowerWeightGradPlain computes the gradient for the weights of any convolution from plain memory, one weight after the
// other: vectors run along the row where neighbours in it read neighbours.
func lowerWeightGradPlain(l *lowerer, n *ir.Node) error {
	shape := n.Out().Type.Shape
	k := &plainWeightGrad{Window: sched.WindowOfGrad(n), inputs: shape[1], outputs: shape[0] / n.Int("groups")}
	target := l.target
	if !vectorsAlong(k.Window) || k.Stride[len(k.Stride)-1] > 1 {
		target.Lanes = 1
	}
	k.kernel = newKernel(string(sched.WeightGradPlain), target)
	dy, err := l.readPlain(n.Inputs[0])
	if err != nil {
		return err
	}
	x, err := l.readPlain(n.Inputs[1])
	if err != nil {
		return err
	}
	out, err := l.define(n.Out(), sched.Layout{})
	if err != nil {
		return err
	}
	samples := n.Inputs[0].Type.Shape[0]
	k.samples = samples
	k.dy = k.as(k.in, dy, append([]int{samples, shape[0]}, k.Out...)...)
	k.x = k.as(k.in, x, append([]int{samples, n.Inputs[1].Type.Shape[1]}, k.In...)...)
	k.dw = k.as(k.out, out, append([]int{shape[0], shape[1]}, k.Kernel...)...)
	k.body()
	return l.emit(k.kernel, n, string(sched.WeightGradPlain), sched.Tile{})
}

type plainWeightGrad struct {
	*kernel
	sched.Window
	samples, inputs, outputs int // inputs and outputs of a group
	dy, x, dw                *loopir.Buffer
	output, input            loopir.Index // channels
}

// body makes both channels the grid.
func (k *plainWeightGrad) body() {
	k.output = k.grid("o", k.dw.Dims[0])
	i := k.grid("i", k.inputs)
	k.input = k.output.Div(k.outputs).Mul(k.inputs).Add(i)
	k.taps(0, nil, func(tap []loopir.Index) {
		acc := k.Reg("acc", wide(k.vec(k.dy.Elem)))
		acc.Set(loopir.Num(acc.At().Type(), 0))
		k.each("n", k.samples, func(n loopir.Index) { k.places(acc, n, tap, nil, nil) })
		total := acc.At()
		if k.target.Lanes > 1 {
			total = k.reduce(loopir.Add, total)
		}
		k.Store(k.dw, narrow(total, k.dw.Elem), append([]loopir.Index{k.output, i}, tap...)...)
	})
}

func (k *plainWeightGrad) taps(d int, tap []loopir.Index, body func(tap []loopir.Index)) {
	if d == len(k.Kernel) {
		body(tap)
		return
	}
	k.each(fmt.Sprint("k", d), k.Kernel[d], func(t loopir.Index) { k.taps(d+1, append(tap[:d:d], t), body) })
}

// places adds the products of a sample at all places of the result whose input under the tap is inside the image: to is
// the place in dy, from that in x.
func (k *plainWeightGrad) places(acc loopir.Tile, n loopir.Index, tap, to, from []loopir.Index) {
	d := len(to)
	before := loopir.C(k.Before[d]).Sub(tap[d].Mul(k.Dilation[d])) // how far the input of place 0 lies outside
	stride := k.Stride[d]
	first := before.AddC(stride - 1).Div(stride).Max(loopir.C(0))
	end := before.AddC(k.In[d] + stride - 1).Div(stride).Min(loopir.C(k.Out[d]))
	step := 1
	if d == len(k.Out)-1 {
		step = k.target.Lanes
	}
	k.For(fmt.Sprint("y", d), first, end, step, func(y loopir.Index) {
		to, from := append(to[:d:d], y), append(from[:d:d], y.Mul(stride).Sub(before))
		if d < len(k.Out)-1 {
			k.places(acc, n, tap, to, from)
			return
		}
		dy, x := append([]loopir.Index{n, k.output}, to...), append([]loopir.Index{n, k.input}, from...)
		if k.target.Lanes == 1 {
			acc.Set(loopir.FMAOf(widen(loopir.LoadV(k.vec(k.dy.Elem), k.dy, dy...)), widen(loopir.LoadV(k.vec(k.x.Elem), k.x, x...)), acc.At()))
			return
		}
		count := end.Sub(y).Min(loopir.C(k.target.Lanes))
		a, b := loopir.LoadN(k.vec(k.dy.Elem), k.dy, count, dy...), loopir.LoadN(k.vec(k.x.Elem), k.x, count, x...)
		acc.Set(loopir.FMAOf(widen(a), widen(b), acc.At()))
	})
}
