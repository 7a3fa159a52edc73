package train

import "slices"

// averages are exponential moving averages of a network's parameters: average += (1-decay) * (parameter - average) after
// each step, as torch.optim.swa_utils.get_ema_multi_avg_fn, running statistics included. They begin as the parameters themselves.
type averages struct {
	decay float64
	of    []State
	own   []State
}

func newAverages(decay float64, states []State) *averages {
	a := &averages{decay: decay, of: ofNetwork(states)}
	for _, s := range a.of {
		s.Data = slices.Clone(s.Data)
		a.own = append(a.own, s)
	}
	return a
}

// update takes the states after a step in; the first time it copies them.
func (a *averages) update(step int) {
	weight := float32(1 - a.decay)
	for i, s := range a.of {
		own := a.own[i].Data
		if step == 0 {
			copy(own, s.Data)
			continue
		}
		for k, v := range s.Data {
			own[k] += weight * (v - own[k])
		}
	}
}
