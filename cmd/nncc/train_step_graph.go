package main

import (
	"nncc/ir"
	"nncc/ir/passes/grad"
)

// graphs makes the two graphs of a training run: one step, and the network as it is tested.
func (o *stepOptions) graphs(g *ir.Graph) (step, evaluation *ir.Graph, err error) {
	loss := grad.Loss{Kind: "cross_entropy", LabelSmoothing: o.smoothing}
	if o.loss == lossSquared {
		loss = grad.Loss{Kind: "mse"}
	}
	optimizer := grad.Optimizer{Kind: o.optimizer, WeightDecay: o.weightDecay, Momentum: o.momentum}
	switch o.optimizer {
	case optimizerDescent:
		optimizer.Kind = "descent"
	case optimizerMomentum, optimizerNesterov:
		optimizer.Kind, optimizer.Nesterov = "sgd", o.optimizer == optimizerNesterov
	}
	if step, err = grad.Step(g, grad.Options{Batch: o.batch, Loss: loss, Optimizer: optimizer, ClipNorm: o.clipNorm, Recompute: o.recompute}); err != nil {
		return nil, nil, err
	}
	evaluation, err = grad.Evaluation(g, o.batch, loss)
	return step, evaluation, err
}
