package main

import (
	"slices"

	"nncc/ir"
	"nncc/ir/passes/grad"
	"nncc/runtime/tensor"
	"nncc/runtime/train"
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
	if step, err = grad.Step(g, grad.Options{Batch: o.batch, Loss: loss, Optimizer: optimizer, ClipNorm: o.clipNorm}); err != nil {
		return nil, nil, err
	}
	evaluation, err = grad.Evaluation(g, o.batch, loss)
	return step, evaluation, err
}

// trainStates are the states of a step with memory of their own. Those that the network has when it is tested come first, in
// the order in which evaluation has them.
func trainStates(step, evaluation *ir.Graph) []train.State {
	var out []train.State
	add := func(s ir.State, kind train.Kind) {
		out = append(out, train.State{Name: s.Name, Kind: kind, Shape: s.Init.Shape, Data: slices.Clone(s.Init.F32s())})
	}
	for _, s := range evaluation.States {
		add(s, train.Parameter)
	}
	for _, s := range step.States {
		if !slices.ContainsFunc(evaluation.States, func(e ir.State) bool { return e.Name == s.Name }) {
			add(s, train.Moment)
		}
	}
	return out
}

// stateTensor views a state as a tensor.
func stateTensor(s train.State) *tensor.Tensor { return tensor.FromF32(s.Data, s.Shape...) }
