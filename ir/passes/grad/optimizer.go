package grad

import (
	"fmt"

	"nncc/ir"
	"nncc/ir/diag"
	"nncc/runtime/tensor"
)

// Optimizer says how a gradient changes a parameter. Definitions are those of PyTorch's optimizers of these names.
type Optimizer struct {
	// Kind is sgd, also by default; adam, whose weight decay is part of the gradient; adamw, whose is not; or descent,
	// which goes down the gradient of many batches: those since the last step with a learning rate other than 0 count alike.
	Kind         string
	Momentum     float64 // of sgd
	Nesterov     bool    // of sgd with momentum
	WeightDecay  float64
	Beta1, Beta2 float64 // of adam and adamw; 0 means 0.9 and 0.999
	Epsilon      float64 // of adam and adamw; 0 means 1e-8
}

// update adds the updates of all parameters that have a gradient.
func (o Optimizer) update(b *network, rate *ir.Value, params, grads []*ir.Value, clipNorm float64) {
	u := &updates{network: b, Optimizer: o, rate: rate}
	if err := u.check(); err != nil {
		b.Errs.AddErr(diag.Pos{}, err)
		return
	}
	if o.Kind == "descent" {
		u.average(params, grads)
	}
	if clipNorm > 0 {
		u.clip(grads, clipNorm)
	}
	if u.isAdam() {
		u.correct()
	}
	for i, p := range params {
		if grads[i] == nil {
			continue
		}
		m := b.Maker(p.Pos, p.Name+".update")
		if u.isAdam() {
			b.Next(p, u.adam(m, p, grads[i]))
		} else {
			b.Next(p, u.sgd(m, p, grads[i]))
		}
	}
}

// updates is the state of one call of update.
type updates struct {
	*network
	Optimizer
	rate                     *ir.Value
	correction1, correction2 *ir.Value // of Adam's moments
}

func (u *updates) isAdam() bool { return u.Kind == "adam" || u.Kind == "adamw" }

// check refuses settings that mean nothing, and fills in defaults.
func (u *updates) check() error {
	switch u.Kind {
	case "", "sgd", "descent", "adam", "adamw":
	default:
		return fmt.Errorf("unknown optimizer %q: sgd, descent, adam or adamw", u.Kind)
	}
	if u.Kind != "" && u.Kind != "sgd" && (u.Momentum != 0 || u.Nesterov) {
		return fmt.Errorf("optimizer %s has no momentum", u.Kind)
	}
	if u.Nesterov && u.Momentum <= 0 {
		return fmt.Errorf("method of Nesterov without a momentum")
	}
	if u.Beta1 == 0 {
		u.Beta1 = 0.9
	}
	if u.Beta2 == 0 {
		u.Beta2 = 0.999
	}
	if u.Epsilon == 0 {
		u.Epsilon = 1e-8
	}
	return nil
}

// keep makes a state of the optimizer for parameter p, 0 at first.
func (u *updates) keep(p *ir.Value, what string) *ir.Value {
	return u.State(p.Pos, p.Name+":"+what, tensor.New(p.Type.DType, p.Type.Shape...))
}

// number is keep for something that the whole optimizer has one of.
func (u *updates) number(what string) *ir.Value {
	return u.State(diag.Pos{}, "optimizer:"+what, tensor.FromF32([]float32{0}))
}

// decayed adds the gradient of the weights' square.
func (u *updates) decayed(m ir.Maker, p, g *ir.Value) *ir.Value {
	if u.WeightDecay == 0 || u.Kind == "adamw" {
		return g
	}
	return m.Add(g, m.Times(p, u.WeightDecay))
}

func (u *updates) sgd(m ir.Maker, p, g *ir.Value) *ir.Value {
	g = u.decayed(m, p, g)
	if u.Momentum != 0 {
		before := u.keep(p, "momentum_buffer")
		buffer := m.Add(m.Times(before, u.Momentum), g)
		u.Next(before, buffer)
		if u.Nesterov {
			g = m.Add(g, m.Times(buffer, u.Momentum))
		} else {
			g = buffer
		}
	}
	return m.Sub(p, m.Mul(g, u.rate))
}

func (u *updates) adam(m ir.Maker, p, g *ir.Value) *ir.Value {
	g = u.decayed(m, p, g)
	first, second := u.keep(p, "exp_avg"), u.keep(p, "exp_avg_sq")
	mean := m.Add(m.Times(first, u.Beta1), m.Times(g, 1-u.Beta1))
	square := m.Add(m.Times(second, u.Beta2), m.Times(m.Mul(g, g), 1-u.Beta2))
	u.Next(first, mean)
	u.Next(second, square)
	if u.Kind == "adamw" && u.WeightDecay != 0 {
		p = m.Mul(p, m.Sub(m.Like(u.rate, 1), m.Times(u.rate, u.WeightDecay)))
	}
	root := m.Plus(m.Div(m.Sqrt(square), m.Sqrt(u.correction2)), u.Epsilon)
	return m.Sub(p, m.Mul(m.Div(mean, root), m.Div(u.rate, u.correction1)))
}

// correct computes 1 - beta^t for both moments in step t, as the same average of ones: as exact as float32 allows, where a
// power close to 1 would not be.
func (u *updates) correct() {
	corrected := func(name string, beta float64) *ir.Value {
		m := u.Maker(diag.Pos{}, name)
		before := u.number(name)
		now := m.Plus(m.Times(before, beta), 1-beta)
		u.Next(before, now)
		return now
	}
	u.correction1 = corrected("bias_correction1", u.Beta1)
	u.correction2 = corrected("bias_correction2", u.Beta2)
}

// clip scales all gradients by one factor where their common norm is above limit.
func (u *updates) clip(grads []*ir.Value, limit float64) {
	m := u.Maker(diag.Pos{}, "gradient_norm")
	var total *ir.Value
	for _, g := range grads {
		if g == nil {
			continue
		}
		square := m.Reshape(m.Mul(g, g), g.Type.Elems())
		square = m.Reshape(m.Sum(square, 0))
		if total == nil {
			total = square
		} else {
			total = m.Add(total, square)
		}
	}
	if total == nil {
		return
	}
	norm := m.Plus(m.Sqrt(total), 1e-6) // as clip_grad_norm_
	factor := m.Step("min", nil, m.Div(m.Like(norm, limit), norm), m.Like(norm, 1))
	for i, g := range grads {
		if g != nil {
			grads[i] = u.Maker(g.Pos, g.Name+".clipped").Mul(g, factor)
		}
	}
}

// average replaces gradients by their mean since the last update, which a learning rate other than 0 makes.
func (u *updates) average(params, grads []*ir.Value) {
	m := u.Maker(diag.Pos{}, "batches")
	waits := m.Is(u.rate, "eq", m.Like(u.rate, 0))
	sum := func(m ir.Maker, before, more *ir.Value) *ir.Value {
		now := m.Add(before, more)
		u.Next(before, m.Where(waits, now, m.Like(now, 0)))
		return now
	}
	count := u.number("batches")
	batches := sum(m, count, m.Like(count, 1))
	for i, g := range grads {
		if g != nil {
			m := u.Maker(params[i].Pos, params[i].Name+".grad")
			grads[i] = m.Div(sum(m, u.keep(params[i], "gradient_sum"), g), batches)
		}
	}
}
