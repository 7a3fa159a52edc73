package grad

import (
	"nncc/ir"
	"nncc/ir/diag"
	"nncc/runtime/tensor"
)

// runningMomentum is how much of a batch's statistics goes into the running ones, PyTorch's default.
const runningMomentum = 0.1

// batchNorm normalises with the moments of the batch, and lets the running statistics follow them; the running variance
// is that of the population, with n-1 in place of n.
func (b *network) batchNorm(m ir.Maker, n *ir.Node, inputs []*ir.Value) *ir.Value {
	x, mean, variance := inputs[0], inputs[3], inputs[4]
	if x == nil || mean == nil || variance == nil {
		return nil
	}
	count := float64(x.Type.Elems() / x.Type.Shape[1])
	if count < 2 {
		return m.Errorf("batch normalisation of %v in training needs more than one value per channel", x.Type)
	}
	moments := m.Step("moments", nil, x)
	if moments == nil {
		return nil
	}
	batch := moments.Def.Outputs
	b.Next(mean, m.Add(m.Times(mean, 1-runningMomentum), m.Times(batch[0], runningMomentum)))
	b.Next(variance, m.Add(m.Times(variance, 1-runningMomentum), m.Times(batch[1], runningMomentum*count/(count-1))))
	return m.Emit("batchnorm", n.Attrs.Clone(), x, inputs[1], inputs[2], batch[0], batch[1])
}

// dropout keeps an element with probability 1 - rate, and divides it by that. In evaluation it does nothing.
func (b *network) dropout(m ir.Maker, n *ir.Node, x *ir.Value) *ir.Value {
	rate := n.Float("rate")
	if !b.training || rate == 0 || x == nil {
		return x
	}
	if rate < 0 || rate >= 1 {
		return m.Errorf("dropout: rate is %v, must be from 0 to below 1", rate)
	}
	if b.count == nil {
		counter := b.Maker(diag.Pos{}, "dropout")
		steps := b.State(diag.Pos{}, "dropout:steps", tensor.FromF32([]float32{0}))
		b.Next(steps, counter.Plus(steps, 1))
		b.count = counter.Step("cast", ir.Attrs{"to": "i64"}, steps)
	}
	b.dropouts++
	drawn := m.Step("random", ir.Attrs{"shape": x.Type.Shape, "salt": b.dropouts}, b.seed, b.count)
	keep := m.Is(m.Like(drawn, rate), "le", drawn)
	return m.Where(keep, m.Times(x, 1/(1-rate)), m.Like(x, 0))
}
