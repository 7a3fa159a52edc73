package main

import (
	"io"

	"nncc/runtime/train"
)

// trainee is a model that is ready to be trained.
type trainee struct {
	step     train.Stepper
	evaluate train.Evaluator
	close    func()
}

// openTrainee makes a training step and a test of the model, as e asks for them. The seed is that of dropout.
func (s *session) openTrainee(e engineOptions, step stepOptions, seed uint64, notes io.Writer) (*trainee, error) {
	stepGraph, evaluation, err := step.graphs(s.loaded)
	if err != nil {
		return nil, err
	}
	if e.backend == "" {
		note(notes, "training runs in the interpreter, which is slow")
	} else if e.backend != backendInterp {
		return nil, usagef("--backend %s: training runs with %s only", e.backend, backendInterp)
	}
	states := trainStates(stepGraph, evaluation)
	return &trainee{
		step:     newInterpStepper(stepGraph, step.batch, seed, states),
		evaluate: &interpEvaluator{evaluation, step.batch},
		close:    func() {},
	}, nil
}
