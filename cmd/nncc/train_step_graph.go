package main

import (
	"nncc/ir"
	"nncc/ir/passes/grad"
)

func (o *stepOptions) lossOf() grad.Loss {
	if o.loss == lossSquared {
		return grad.Loss{Kind: "mse"}
	}
	return grad.Loss{Kind: "cross_entropy", LabelSmoothing: o.smoothing}
}

// graph makes the graph of one step.
func (o *stepOptions) graph(g *ir.Graph) (*ir.Graph, error) {
	optimizer := grad.Optimizer{Kind: o.optimizer, WeightDecay: o.weightDecay, Momentum: o.momentum}
	switch o.optimizer {
	case optimizerDescent:
		optimizer.Kind = "descent"
	case optimizerMomentum, optimizerNesterov:
		optimizer.Kind, optimizer.Nesterov = "sgd", o.optimizer == optimizerNesterov
	}
	return grad.Step(g, grad.Options{Batch: o.batch, Loss: o.lossOf(), Optimizer: optimizer, ClipNorm: o.clipNorm, Recompute: o.recompute})
}
