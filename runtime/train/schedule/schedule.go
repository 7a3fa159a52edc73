// Package schedule has the learning rates of a training run, as torch.optim.lr_scheduler defines them, counted in steps.
package schedule

import "math"

// Schedule says how fast to learn.
type Schedule interface {
	// Rate is the learning rate of a step, counted from 0 over the whole run.
	Rate(step int) float64
}

// Constant never changes.
type Constant struct{ Base float64 }

// Rate is Base.
func (c Constant) Rate(int) float64 { return c.Base }

// Decay multiplies the rate by Gamma after every Every steps: StepLR, and ExponentialLR where that is an epoch.
type Decay struct {
	Base, Gamma float64
	Every       int
}

// Rate is Base * Gamma^(step/Every), the quotient rounded down.
func (d Decay) Rate(step int) float64 { return d.Base * math.Pow(d.Gamma, float64(step/d.Every)) }

// Cosine falls from Base to Min along half a period of a cosine: CosineAnnealingLR with T_max = Steps.
type Cosine struct {
	Base, Min float64
	Steps     int
}

// Rate falls slowly, then fast, then slowly.
func (c Cosine) Rate(step int) float64 {
	return anneal(c.Base, c.Min, float64(step)/float64(c.Steps))
}

// OneCycle rises from Max/Div to Max in the first Rise of the steps and then falls to Max/Div/FinalDiv, both along half a
// period of a cosine: OneCycleLR. PyTorch's defaults are Rise 0.3, Div 25 and FinalDiv 10000. Momentum stays as it is, as
// with cycle_momentum=False.
type OneCycle struct {
	Max, Rise, Div, FinalDiv float64
	Steps                    int
}

// Rate is that of a step below Steps.
func (c OneCycle) Rate(step int) float64 {
	initial := c.Max / c.Div
	at, top, last := float64(step), c.Rise*float64(c.Steps)-1, float64(c.Steps-1)
	if at <= top && top > 0 {
		return anneal(initial, c.Max, at/top)
	}
	return anneal(c.Max, initial/c.FinalDiv, (at-top)/(last-top))
}

// anneal goes from one rate to another along half a period of a cosine, done from 0 to 1.
func anneal(from, to, done float64) float64 {
	return to + (from-to)/2*(1+math.Cos(math.Pi*done))
}

// Warmup rises linearly from Factor * Base to Base in so many steps, and then does as another schedule from its start:
// SequentialLR of LinearLR, whose start_factor is 1/3 by default, and that one.
type Warmup struct {
	Base, Factor float64
	Steps        int
	Then         Schedule
}

// Rate is that of Then behind the rise.
func (w Warmup) Rate(step int) float64 {
	if step >= w.Steps {
		return w.Then.Rate(step - w.Steps)
	}
	return w.Base * (w.Factor + (1-w.Factor)*float64(step)/float64(w.Steps))
}

// Gathered is another schedule in the last of every Every steps, and 0 in the others: for gradient descent over many batches,
// whose step gathers gradients until there is a rate.
type Gathered struct {
	Every int
	Then  Schedule
}

// Rate is 0 while gradients are gathered.
func (g Gathered) Rate(step int) float64 {
	if (step+1)%g.Every != 0 {
		return 0
	}
	return g.Then.Rate(step)
}
