package main

import (
	"math"
	"slices"
	"strconv"

	"github.com/spf13/cobra"
)

// Optimizers and losses, as --optimizer and --loss take them.
const (
	optimizerDescent  = "gd"
	optimizerSGD      = "sgd"
	optimizerMomentum = "momentum"
	optimizerNesterov = "nesterov"
	optimizerAdam     = "adam"
	optimizerAdamW    = "adamw"

	lossCrossEntropy = "cross-entropy"
	lossSquared      = "mse"
)

func optimizerNames() []string {
	return []string{optimizerDescent, optimizerSGD, optimizerMomentum, optimizerNesterov, optimizerAdam, optimizerAdamW}
}

func lossNames() []string { return []string{lossCrossEntropy, lossSquared} }

// stepOptions say what a training step computes.
type stepOptions struct {
	batch       int
	loss        string
	smoothing   float64
	optimizer   string
	lr          float64
	momentum    float64
	weightDecay float64
	clipNorm    float64
	memory      byteSize // that a step may take; 0: any
	recompute   int      // see grad.Options
}

// unset stands for numbers whose default depends on other flags; they are not negative.
const unset = -1

func (o *stepOptions) register(cmd *cobra.Command) {
	f := cmd.Flags()
	f.IntVar(&o.batch, "batch", 64, "train on `N` pictures in a step")
	f.StringVar(&o.loss, "loss", lossCrossEntropy, "`cross-entropy|mse`: of the network's output; cross-entropy includes the softmax")
	f.Float64Var(&o.smoothing, "label-smoothing", 0, "cross-entropy: spread the share `F` of a label over all classes")
	f.StringVar(&o.optimizer, "optimizer", optimizerAdam, "how weights follow gradients: `NAME` is gd (gradient descent: one update an epoch, for all pictures), sgd, momentum, nesterov, adam or adamw")
	f.Float64Var(&o.lr, "lr", unset, "learning rate `F`; of one-cycle the highest (default 0.001 of adam and adamw, otherwise 0.01)")
	f.Float64Var(&o.momentum, "momentum", unset, "`F` of momentum and nesterov (default 0.9)")
	f.Float64Var(&o.weightDecay, "weight-decay", unset, "pull weights towards 0 by the factor `F` (default 0.01 of adamw, otherwise 0)")
	f.Float64Var(&o.clipNorm, "clip-norm", 0, "scale gradients down to a norm of `F`, taken over all of them; 0 means never")
	for _, name := range []string{"lr", "momentum", "weight-decay"} {
		f.Lookup(name).DefValue = "0" // the help does not show a default of 0
	}
}

// stepFlags are the names of the flags that register adds.
func stepFlags() []string {
	return []string{"batch", "loss", "label-smoothing", "optimizer", "lr", "momentum", "weight-decay", "clip-norm"}
}

// complete refuses what makes no sense, and fills in what depends on the optimizer.
func (o *stepOptions) complete() error {
	hasMomentum := o.optimizer == optimizerMomentum || o.optimizer == optimizerNesterov
	switch {
	case !slices.Contains(optimizerNames(), o.optimizer):
		return usagef("--optimizer %s: there are %s", o.optimizer, list(optimizerNames()))
	case !slices.Contains(lossNames(), o.loss):
		return usagef("--loss %s: there are %s", o.loss, list(lossNames()))
	case o.batch < 1:
		return usagef("--batch %d: expected at least 1", o.batch)
	case o.smoothing > 0 && o.loss != lossCrossEntropy:
		return usagef("--label-smoothing is for --loss %s", lossCrossEntropy)
	case o.momentum != unset && !hasMomentum:
		return usagef("--momentum is for --optimizer %s and %s", optimizerMomentum, optimizerNesterov)
	}
	rate, decay, momentum := 0.01, 0.0, 0.0
	switch o.optimizer {
	case optimizerAdam:
		rate = 0.001
	case optimizerAdamW:
		rate, decay = 0.001, 0.01
	case optimizerMomentum, optimizerNesterov:
		momentum = 0.9
	}
	setDefault(&o.lr, rate)
	setDefault(&o.weightDecay, decay)
	setDefault(&o.momentum, momentum)
	return checkRanges([]rangeOf{
		{"lr", o.lr, math.Inf(1)}, {"weight-decay", o.weightDecay, math.Inf(1)}, {"clip-norm", o.clipNorm, math.Inf(1)},
		{"momentum", o.momentum, 1}, {"label-smoothing", o.smoothing, 1},
	})
}

func setDefault(v *float64, otherwise float64) {
	if *v == unset {
		*v = otherwise
	}
}

// rangeOf is a flag with a number from 0 to below a limit.
type rangeOf struct {
	flag  string
	value float64
	below float64
}

func checkRanges(list []rangeOf) error {
	for _, r := range list {
		switch {
		case r.value >= 0 && r.value < r.below:
		case math.IsInf(r.below, 1):
			return usagef("--%s %v: expected a number that is not negative", r.flag, r.value)
		default:
			return usagef("--%s %v: expected a number from 0 to below %v", r.flag, r.value, r.below)
		}
	}
	return nil
}

// recipe is what may not change when a run goes on.
func (o *stepOptions) recipe() map[string]string {
	number := func(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }
	return map[string]string{
		"loss": o.loss, "label smoothing": number(o.smoothing), "optimizer": o.optimizer, "learning rate": number(o.lr),
		"momentum": number(o.momentum), "weight decay": number(o.weightDecay), "clipping": number(o.clipNorm),
	}
}
