package onnx

// Recurrent layers, as networks have them that read text in pictures. How many steps they make is known, so that each step
// becomes ops of its own: gates are products with the state before, to which what follows from the input is added, computed
// for all steps at once.

// recurrence is what LSTM, GRU and RNN differ in.
type recurrence struct {
	gates       int // parts of the weights
	states      int // the first is the output
	activations []string
	read        func(l *recurrentLayer)                           // the attributes of its own; nil: none
	next        func(d *direction, t int, states []value) []value // the states after step t
}

var lstm = recurrence{4, 2, []string{"Sigmoid", "Tanh", "Tanh"}, func(l *recurrentLayer) { l.coupled = l.boolAttr("input_forget", 0) == 1 }, lstmStep}

var gru = recurrence{3, 1, []string{"Sigmoid", "Tanh"}, func(l *recurrentLayer) { l.scaledByReset = l.boolAttr("linear_before_reset", 0) == 1 }, gruStep}

var rnn = recurrence{1, 1, []string{"Tanh"}, nil, rnnStep}

// applyRecurrent makes the steps of a layer, in one direction or both.
func applyRecurrent(r recurrence) func(*node) value {
	return func(n *node) value {
		l, ok := newRecurrentLayer(n, r)
		if !ok {
			return nil
		}
		var all [][]value                 // outputs of each direction
		ends := make([][]value, l.states) // of each state, of each direction
		for k := range l.backwards {
			outputs, states := l.direction(k).run()
			if n.failed {
				return nil
			}
			all = append(all, outputs)
			for i, v := range states {
				ends[i] = append(ends[i], v)
			}
		}
		for _, states := range ends {
			n.more = append(n.more, l.ends(states))
		}
		return l.outputs(all)
	}
}

// rnnStep is one of RNN: the gate itself.
func rnnStep(d *direction, t int, state []value) []value {
	return []value{d.f[0](d.gate(0, t, state[0]))}
}

// lstmStep is one of LSTM, whose gates are input, output, forget and cell.
func lstmStep(d *direction, t int, state []value) []value {
	h, c := state[0], state[1]
	in := d.f[0](d.plus(d.gate(0, t, h), d.times(c, d.peepholes[0])))
	cell := d.times(in, d.f[1](d.gate(3, t, h)))
	if c != nil {
		var keep value
		if d.coupled {
			keep = d.oneMinus(in)
		} else {
			keep = d.f[0](d.plus(d.gate(2, t, h), d.times(c, d.peepholes[2])))
		}
		cell = d.plus(cell, d.times(keep, c))
	}
	out := d.f[0](d.plus(d.gate(1, t, h), d.times(cell, d.peepholes[1])))
	return []value{d.times(out, d.f[2](cell)), cell}
}

// gruStep is one of GRU, whose gates are update, reset and hidden.
func gruStep(d *direction, t int, state []value) []value {
	h := state[0]
	update, reset := d.f[0](d.gate(0, t, h)), d.f[0](d.gate(1, t, h))
	var fromState value
	if d.scaledByReset {
		fromState = d.times(reset, d.state(2, h))
	} else {
		fromState = d.state(2, d.times(reset, h))
	}
	hidden := d.f[1](d.plus(fromState, d.input(2, t)))
	if h == nil {
		return []value{d.times(d.oneMinus(update), hidden)}
	}
	return []value{d.plus(hidden, d.times(update, d.maker.Sub(h, hidden)))}
}
