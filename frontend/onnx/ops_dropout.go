package onnx

import (
	"fmt"

	"nncc/ir"
	"nncc/runtime/tensor"
)

// applyDropout is the identity in inference, whatever the ratio. In training mode it is computed with a mask that
// follows from the seed, so that each run has the same.
func applyDropout(n *node) value {
	n.ignore("seed")
	ratio := n.floatAttr("ratio", 0.5)
	if v := n.in(1); v != nil && v.IsConst() {
		ratio = n.constFloat(1, "ratio", ratio)
	}
	if n.in(2) == nil || n.constFloat(2, "training_mode", 0) == 0 {
		return n.keepAll(ratio)
	}
	ratio = n.constFloat(1, "ratio", ratio)
	switch {
	case n.failed:
		return nil
	case ratio == 0:
		return n.keepAll(ratio)
	case ratio < 0 || ratio >= 1:
		return n.errorf("ratio is %v, must be from 0 to below 1", ratio)
	}
	return n.dropSome(ratio)
}

// keepAll notes the ratio all the same, which nncc's own training asks for.
func (n *node) keepAll(ratio float64) value {
	if n.outputUsed(1) {
		n.more = []value{n.fill("mask", tensor.FromFloat64s(tensor.Bool, []float64{1}, 1), n.shape(0))}
	}
	if x := n.inputs[0]; x.IsConst() || !x.Type.DType.IsFloat() {
		return applyIdentity(n)
	}
	return n.emit("dropout", ir.Attrs{"rate": ratio}, n.inputs[0])
}

// dropSome multiplies by a constant of zeros and 1/(1-ratio).
func (n *node) dropSome(ratio float64) value {
	x := n.inputs[0]
	if n.openBatch != "" {
		n.add("training_mode is true: the samples of a batch have a mask each, so that its size must be known").
			Hint = fmt.Sprintf("export the model for inference, or give the size with --dim %s=N", n.openBatch)
		return nil
	}
	if !n.create(x.Type.Bytes()) {
		return nil
	}
	mask := dropoutMask(uint32(n.intAttr("seed", 0)), ratio, x.Type.Elems())
	n.more = []value{n.build.Const(n.pos, n.name()+".mask", tensor.FromFloat64s(tensor.Bool, mask, x.Type.Shape...))}
	for i := range mask {
		mask[i] /= 1 - ratio
	}
	return n.emit("mul", nil, x, n.build.Const(n.pos, n.name()+".factor", tensor.FromFloat64s(x.Type.DType, mask, x.Type.Shape...)))
}

// dropoutMask is 1 for each element that is kept. ONNX leaves open how random numbers are made; these are those of its
// reference implementation, which has them of NumPy: uniform ones of 53 bits from a Mersenne Twister.
func dropoutMask(seed uint32, ratio float64, count int) []float64 {
	random, mask := newMersenneTwister(seed), make([]float64, count)
	for i := range mask {
		high, low := random.next()>>5, random.next()>>6
		if (float64(high)*(1<<26)+float64(low))/(1<<53) >= ratio {
			mask[i] = 1
		}
	}
	return mask
}

// mersenneTwister is MT19937 of Matsumoto and Nishimura, Mersenne Twister: a 623-dimensionally equidistributed uniform
// pseudo-random number generator (1998).
type mersenneTwister struct {
	state [624]uint32
	used  int // how many words of state have been given out
}

func newMersenneTwister(seed uint32) *mersenneTwister {
	m := &mersenneTwister{used: 624}
	m.state[0] = seed
	for i := 1; i < len(m.state); i++ {
		before := m.state[i-1]
		m.state[i] = 1812433253*(before^before>>30) + uint32(i)
	}
	return m
}

func (m *mersenneTwister) next() uint32 {
	if m.used == len(m.state) {
		m.twist()
	}
	y := m.state[m.used]
	m.used++
	y ^= y >> 11
	y ^= y << 7 & 0x9d2c5680
	y ^= y << 15 & 0xefc60000
	return y ^ y>>18
}

func (m *mersenneTwister) twist() {
	size := len(m.state)
	for i := range m.state {
		y := m.state[i]&0x80000000 | m.state[(i+1)%size]&0x7fffffff
		m.state[i] = m.state[(i+397)%size] ^ y>>1 ^ y&1*0x9908b0df
	}
	m.used = 0
}
