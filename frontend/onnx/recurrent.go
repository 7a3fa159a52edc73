package onnx

import (
	"slices"
	"strings"

	"nncc/frontend/compose"
	"nncc/ir"
)

// recurrentLayer is what the directions of a layer share.
type recurrentLayer struct {
	*node
	recurrence
	maker                compose.Maker
	x                    value // [steps*batch, features]
	steps, batch, hidden int
	backwards            []bool // of each direction
	names                []string
	batchFirst           bool
	clip                 float64 // 0: none
	coupled              bool    // LSTM: what is forgotten makes room for what is new
	scaledByReset        bool    // GRU: the reset gate scales what comes of the state, not the state
}

// newRecurrentLayer reads attributes and inputs.
func newRecurrentLayer(n *node, r recurrence) (*recurrentLayer, bool) {
	l := &recurrentLayer{node: n, recurrence: r, maker: n.compose()}
	n.ignore("activation_alpha") // of activations that are not supported
	n.ignore("activation_beta")
	l.clip = n.floatAttr("clip", 0)
	l.batchFirst = n.opset >= 14 && n.boolAttr("layout", 0) == 1
	if r.read != nil {
		r.read(l)
	}
	switch by := n.stringAttr("direction", "forward"); by {
	case "forward":
		l.backwards = []bool{false}
	case "reverse":
		l.backwards = []bool{true}
	case "bidirectional":
		l.backwards = []bool{false, true}
	default:
		n.errorf("direction %q is not known", by)
	}
	need := len(r.activations) * len(l.backwards)
	if l.names = n.stringsAttr("activations"); l.names == nil {
		l.names = slices.Repeat(r.activations, len(l.backwards))
	}
	if len(l.names) != need {
		n.errorf("has %s, needs %d", count(len(l.names), "activation"), need)
	}
	return l, !n.failed && l.checkSizes() && l.open()
}

// checkSizes compares the inputs with one another.
func (l *recurrentLayer) checkSizes() bool {
	x, recurrent := l.shape(0), l.shape(2)
	if len(x) != 3 || len(recurrent) != 3 || slices.Min(x) < 1 || slices.Min(recurrent) < 1 {
		l.errorf("input of %s and weights of %s, must have 3 dimensions", dims(x), dims(recurrent))
		return false
	}
	l.steps, l.batch = x[0], x[1]
	if l.batchFirst {
		l.steps, l.batch = l.batch, l.steps
	}
	l.hidden = l.intAttr("hidden_size", recurrent[2])
	directions, rows := len(l.backwards), l.gates*l.hidden
	state := []int{directions, l.batch, l.hidden}
	if l.batchFirst {
		state = []int{l.batch, directions, l.hidden}
	}
	wants := [][]int{1: {directions, rows, x[2]}, 2: {directions, rows, l.hidden}, 3: {directions, 2 * rows}, 5: state, 6: state, 7: {directions, 3 * l.hidden}}
	for i, want := range wants {
		if v := l.in(i); v != nil && want != nil && !slices.Equal(v.Type.Shape, want) {
			l.errorf("input %d has shape %s, must have %s", i, dims(v.Type.Shape), dims(want))
		}
	}
	if l.in(4) != nil {
		l.checkLengths()
	}
	const partsPerStep = 4
	return !l.failed && l.roomFor(l.steps*directions*partsPerStep)
}

// checkLengths rejects samples that end before others.
func (l *recurrentLayer) checkLengths() {
	lengths, ok := l.constInts(4, "sequence_lens")
	if ok && slices.ContainsFunc(lengths, func(v int64) bool { return v != int64(l.steps) }) {
		l.errorf("sequence_lens %v: all samples must have the %d steps of the input", lengths, l.steps)
	}
}

// open brings the input into the order that the steps read.
func (l *recurrentLayer) open() bool {
	l.x = l.stepsFirst(l.inputs[0])
	l.x = l.maker.Reshape(l.x, l.steps*l.batch, l.shape(0)[2])
	return !l.failed
}

// stepsFirst is a tensor without its order of layout 1, in which the batch comes first.
func (l *recurrentLayer) stepsFirst(v value) value {
	if v == nil || !l.batchFirst {
		return v
	}
	return l.step("transpose", ir.Attrs{"perm": []int{1, 0, 2}}, v)
}

// block is a part of a tensor [directions, n, ...]: direction k's, count elements from one on.
func (l *recurrentLayer) block(v value, k, from, count int) value {
	if v == nil {
		return nil
	}
	shape := v.Type.Shape
	start, size := make([]int, len(shape)), slices.Clone(shape)
	start[0], size[0], start[1], size[1] = k, 1, from, count
	v = l.step("slice", ir.Attrs{"start": start, "size": size, "step": orOnes(nil, len(shape))}, v)
	return l.maker.Reshape(v, size[1:]...)
}

// outputs joins the first states of all steps of each direction: [steps, directions, batch, hidden], or in layout 1
// [batch, steps, directions, hidden].
func (l *recurrentLayer) outputs(all [][]value) value {
	var both []value
	for _, list := range all {
		both = append(both, l.maker.Reshape(l.join(0, list), l.steps, 1, l.batch, l.hidden))
	}
	v := l.join(1, both)
	if l.batchFirst {
		return l.emit("transpose", ir.Attrs{"perm": []int{2, 0, 1, 3}}, v)
	}
	return l.emit("identity", nil, v)
}

// ends joins what each direction has after its last step: [directions, batch, hidden], or in layout 1
// [batch, directions, hidden].
func (l *recurrentLayer) ends(states []value) value {
	axis, shape := 0, []int{1, l.batch, l.hidden}
	if l.batchFirst {
		axis, shape = 1, []int{l.batch, 1, l.hidden}
	}
	var both []value
	for _, v := range states {
		both = append(both, l.maker.Reshape(v, shape...))
	}
	return l.join(axis, both)
}

func (l *recurrentLayer) join(axis int, list []value) value {
	if len(list) == 1 {
		return list[0]
	}
	return l.step("concat", ir.Attrs{"axis": axis}, list...)
}

// activation finds an activation without parameters, and clips what goes into it.
func (l *recurrentLayer) activation(name string) func(value) value {
	var apply func(value) value
	switch op := strings.ToLower(name); op {
	case "sigmoid", "tanh", "relu", "softplus":
		apply = func(v value) value { return l.step(op, nil, v) }
	case "softsign":
		apply = l.maker.Softsign
	default:
		l.errorf("activation %q is not supported", name)
	}
	if l.clip <= 0 {
		return apply
	}
	return func(v value) value { return apply(l.step("clip", ir.Attrs{"min": -l.clip, "max": l.clip}, v)) }
}

// direction is a layer as it goes through the steps one way.
type direction struct {
	*recurrentLayer
	index     int
	fromInput []value // of each gate, what the input and the biases give, [steps*batch, hidden]
	weights   []value // of each gate, for the state, [hidden, hidden]
	biases    []value // of each gate, what is added to what comes of the state; nil: nothing
	peepholes []value // of three gates of LSTM, what scales the cell; nil: nothing
	f         []func(value) value
}

func (l *recurrentLayer) direction(k int) *direction {
	d := &direction{recurrentLayer: l, index: k}
	for gate := range l.gates {
		at := gate * l.hidden
		fromInput, bias := l.block(l.in(3), k, at, l.hidden), l.block(l.in(3), k, l.gates*l.hidden+at, l.hidden)
		if !l.isScaled(gate) {
			fromInput, bias = l.plus(fromInput, bias), nil
		}
		v := l.step("gemm", ir.Attrs{"trans_b": 1}, l.x, l.block(l.inputs[1], k, at, l.hidden))
		d.fromInput = append(d.fromInput, l.plus(v, fromInput))
		d.weights = append(d.weights, l.block(l.inputs[2], k, at, l.hidden))
		d.biases = append(d.biases, bias)
	}
	for part := range 3 {
		d.peepholes = append(d.peepholes, l.block(l.in(7), k, part*l.hidden, l.hidden))
	}
	each := len(l.activations)
	for _, name := range l.names[k*each : (k+1)*each] {
		d.f = append(d.f, l.activation(name))
	}
	return d
}

// isScaled reports whether the reset gate scales what comes of the state for a gate.
func (l *recurrentLayer) isScaled(gate int) bool { return l.scaledByReset && gate == l.gates-1 }

// run makes all steps. It returns the first states in the order of the input, and all states after the last step.
func (d *direction) run() (outputs, states []value) {
	for k := range d.states {
		states = append(states, d.block(d.stepsFirst(d.in(5+k)), d.index, 0, d.batch))
	}
	outputs = make([]value, d.steps)
	for i := range d.steps {
		if d.failed {
			return nil, nil
		}
		if d.backwards[d.index] {
			i = d.steps - 1 - i
		}
		states = d.next(d, i, states)
		outputs[i] = states[0]
	}
	return outputs, states
}

// plus is a + b, where nil is nothing.
func (l *recurrentLayer) plus(a, b value) value {
	switch {
	case a == nil:
		return b
	case b == nil:
		return a
	}
	return l.maker.Add(a, b)
}

// times is a * b, where nil is nothing.
func (l *recurrentLayer) times(a, b value) value {
	if a == nil || b == nil {
		return nil
	}
	return l.maker.Mul(a, b)
}

// input is what step t of the input gives to a gate.
func (d *direction) input(gate, t int) value {
	attrs := ir.Attrs{"start": []int{t * d.batch, 0}, "size": []int{d.batch, d.hidden}, "step": []int{1, 1}}
	return d.step("slice", attrs, d.fromInput[gate])
}

// state is what a state gives to a gate; nil: nothing.
func (d *direction) state(gate int, h value) value {
	if h == nil {
		return d.biases[gate]
	}
	return d.plus(d.step("gemm", ir.Attrs{"trans_b": 1}, h, d.weights[gate]), d.biases[gate])
}

// gate is the sum of both.
func (d *direction) gate(gate, t int, h value) value {
	return d.plus(d.state(gate, h), d.input(gate, t))
}
