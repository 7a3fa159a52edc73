package main

import (
	"fmt"
	"math"
	"slices"

	"github.com/spf13/cobra"

	"nncc/runtime/train/schedule"
)

// Schedules, as --lr-schedule takes them.
const (
	scheduleConstant    = "constant"
	scheduleStep        = "step"
	scheduleExponential = "exponential"
	scheduleCosine      = "cosine"
	scheduleOneCycle    = "one-cycle"
	schedulePlateau     = "plateau"
)

func scheduleNames() []string {
	return []string{scheduleConstant, scheduleStep, scheduleExponential, scheduleCosine, scheduleOneCycle, schedulePlateau}
}

// scheduleOptions say how the learning rate changes.
type scheduleOptions struct {
	name       string
	gamma      float64
	stepEpochs int
	patience   int
	rise       float64
	lowest     float64
	warmup     float64
}

func (o *scheduleOptions) register(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&o.name, "lr-schedule", scheduleConstant, "how the learning rate changes: `NAME` is constant, step, exponential, cosine, one-cycle or plateau")
	f.Float64Var(&o.gamma, "gamma", unset, "step, exponential, plateau: multiply the rate by `F` (default 0.1, of exponential 0.95)")
	f.IntVar(&o.stepEpochs, "step-epochs", 30, "step: every `N` epochs")
	f.IntVar(&o.patience, "patience", 10, "plateau: when the test loss has not fallen for `N` epochs")
	f.Float64Var(&o.rise, "rise", 0.3, "one-cycle: rise in the first `F` of the steps, from a 25th")
	f.Float64Var(&o.lowest, "lr-min", 0, "cosine, plateau: not below `F`")
	f.Float64Var(&o.warmup, "warmup", 0, "rise from a third of the rate in the first `N` epochs; not with one-cycle")
	f.Lookup("gamma").DefValue = "0" // the help does not show a default of 0
}

// complete refuses what makes no sense.
func (o *scheduleOptions) complete() error {
	switch {
	case !slices.Contains(scheduleNames(), o.name):
		return usagef("--lr-schedule %s: there are %s", o.name, list(scheduleNames()))
	case o.stepEpochs < 1:
		return usagef("--step-epochs %d: expected at least 1", o.stepEpochs)
	case o.patience < 0:
		return usagef("--patience %d is negative", o.patience)
	case o.warmup > 0 && o.name == scheduleOneCycle:
		return usagef("--warmup: %s has a rise of its own (--rise)", scheduleOneCycle)
	}
	gamma := 0.1
	if o.name == scheduleExponential {
		gamma = 0.95
	}
	setDefault(&o.gamma, gamma)
	return checkRanges([]rangeOf{{"gamma", o.gamma, math.Inf(1)}, {"rise", o.rise, 1}, {"lr-min", o.lowest, math.Inf(1)}, {"warmup", o.warmup, math.Inf(1)}})
}

// rates is a schedule, what in it observes the run, and what it is called where runs are compared.
type rates struct {
	schedule.Schedule
	plateau *schedule.Plateau // or nil
	text    string
}

// rates makes the schedule of a run of so many steps.
func (o *scheduleOptions) rates(lr float64, perEpoch, steps int) rates {
	warm := int(o.warmup*float64(perEpoch) + 0.5)
	var r rates
	switch o.name {
	case scheduleStep:
		r.Schedule = schedule.Decay{Base: lr, Gamma: o.gamma, Every: o.stepEpochs * perEpoch}
	case scheduleExponential:
		r.Schedule = schedule.Decay{Base: lr, Gamma: o.gamma, Every: perEpoch}
	case scheduleCosine:
		r.Schedule = schedule.Cosine{Base: lr, Min: o.lowest, Steps: max(steps-warm, 1)}
	case scheduleOneCycle:
		r.Schedule = schedule.OneCycle{Max: lr, Rise: o.rise, Div: 25, FinalDiv: 1e4, Steps: steps}
	case schedulePlateau:
		r.plateau = &schedule.Plateau{Factor: o.gamma, Threshold: 1e-4, Min: o.lowest, Patience: o.patience, PlateauState: schedule.PlateauState{Current: lr}}
		r.Schedule = r.plateau
	default:
		r.Schedule = schedule.Constant{Base: lr}
	}
	r.text = fmt.Sprintf("%s %+v", o.name, r.Schedule)
	if r.plateau != nil {
		r.text = fmt.Sprintf("%s %+v", o.name, *r.plateau)
	}
	if warm > 0 {
		r.Schedule = schedule.Warmup{Base: lr, Factor: 1.0 / 3, Steps: warm, Then: r.Schedule}
		r.text += fmt.Sprintf(" behind a warm-up of %d steps", warm)
	}
	return r
}
