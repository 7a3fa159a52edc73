package main

import (
	"io"
	"slices"

	"nncc/ir"
	"nncc/ir/passes"
	"nncc/ir/passes/grad"
	"nncc/runtime/tensor"
	"nncc/runtime/train"
)

// trainee is a model that is ready to be trained.
type trainee struct {
	step     *engineStepper
	evaluate *engineEvaluator
}

// openTrainee compiles a training step and a test of the model, to run as e asks. The seed is that of dropout.
func (s *session) openTrainee(e engineOptions, step stepOptions, seed uint64, notes io.Writer) (*trainee, error) {
	if err := s.limitMemory(&step, e, notes); err != nil {
		return nil, err
	}
	stepGraph, err := step.graph(s.loaded)
	if err != nil {
		return nil, err
	}
	evaluation, err := grad.Evaluation(s.loaded, step.batch, step.lossOf())
	if err != nil {
		return nil, err
	}
	run, err := s.openGraph(stepGraph, e, notes)
	if err != nil {
		return nil, err
	}
	test, err := s.openGraph(evaluation, e, io.Discard)
	if err != nil {
		run.Close()
		return nil, err
	}
	return &trainee{
		step:     newEngineStepper(run, stepGraph, evaluation, step.batch, int64(seed)),
		evaluate: &engineEvaluator{test, step.batch},
	}, nil
}

func (t *trainee) close() {
	t.step.engine.Close()
	t.evaluate.engine.Close()
}

// openGraph makes another graph than the session's own runnable.
func (s *session) openGraph(g *ir.Graph, o engineOptions, notes io.Writer) (*engine, error) {
	other, err := s.with(g)
	if err != nil {
		return nil, err
	}
	return other.open(o, notes)
}

// with is the session for another graph made of its own.
func (s *session) with(g *ir.Graph) (*session, error) {
	other := *s
	other.loaded = g
	var err error
	other.graph, err = other.optimise(passes.Options{}, unlimitedFuel)
	return &other, err
}

// trainingStep is the session for a usual step of training on so many samples.
func (s *session) trainingStep(samples int) (*session, error) {
	o := stepOptions{batch: samples, loss: lossCrossEntropy, optimizer: optimizerMomentum, lr: unset, momentum: unset, weightDecay: unset}
	if err := o.complete(); err != nil {
		return nil, err
	}
	step, err := o.graph(s.loaded)
	if err != nil {
		return nil, err
	}
	return s.with(step)
}

// engineStepper runs training steps.
type engineStepper struct {
	engine *engine
	batch  int
	seed   int64
	states []train.State
	inputs stepInputs
}

// stepInputs are views of a step's inputs, nil for those that it does not have.
type stepInputs struct {
	images, rate []float32
	labels, seed []int64
}

func newEngineStepper(e *engine, step, evaluation *ir.Graph, batch int, seed int64) *engineStepper {
	s := &engineStepper{engine: e, batch: batch, seed: seed, states: trainStates(e, step, evaluation)}
	for i, p := range e.signature.Inputs {
		switch memory := e.input(i); p.Name {
		case "images":
			s.inputs.images = memory.F32s()
		case "labels":
			s.inputs.labels = memory.I64s()
		case "learning_rate":
			s.inputs.rate = memory.F32s()
		case "seed":
			s.inputs.seed = memory.I64s()
		}
	}
	return s
}

func (s *engineStepper) Batch() int            { return s.batch }
func (s *engineStepper) States() []train.State { return s.states }

func (s *engineStepper) Step(_ int, learningRate float64, images []float32, labels []int64) (loss float64, correct int, err error) {
	copy(s.inputs.images, images)
	copy(s.inputs.labels, labels)
	s.inputs.rate[0] = float32(learningRate)
	if s.inputs.seed != nil {
		s.inputs.seed[0] = s.seed
	}
	if err := s.engine.Run(1); err != nil {
		return 0, 0, err
	}
	return float64(s.engine.sample(0, 0).F32s()[0]), int(s.engine.sample(1, 0).I64s()[0]), nil
}

// trainStates are the states of a compiled step. Those that the network has when it is tested come first, in the order in
// which evaluation has them.
func trainStates(e *engine, step, evaluation *ir.Graph) []train.State {
	var parameters, moments []train.State
	for _, s := range evaluation.States {
		i := slices.IndexFunc(step.States, func(t ir.State) bool { return t.Name == s.Name })
		parameters = append(parameters, stateOf(e, i, train.Parameter))
	}
	for i, s := range step.States {
		if !slices.ContainsFunc(parameters, func(p train.State) bool { return p.Name == s.Name }) {
			moments = append(moments, stateOf(e, i, train.Moment))
		}
	}
	return append(parameters, moments...)
}

// stateOf is a view of state i.
func stateOf(e *engine, i int, kind train.Kind) train.State {
	p := e.signature.States[i]
	memory := &tensor.Tensor{DType: p.DType, Shape: p.Shape, Data: e.State(i)}
	return train.State{Name: p.Name, Kind: kind, Shape: p.Shape, Data: memory.F32s()}
}

// engineEvaluator runs the network as it is tested.
type engineEvaluator struct {
	engine *engine
	batch  int
}

func (e *engineEvaluator) Batch() int { return e.batch }

func (e *engineEvaluator) Evaluate(states []train.State, images []float32, labels []int64, losses []float32, predictions []int64) error {
	for i, s := range states {
		copy(stateOf(e.engine, i, s.Kind).Data, s.Data)
	}
	copy(e.engine.input(0).F32s(), images)
	copy(e.engine.input(1).I64s(), labels)
	if err := e.engine.Run(1); err != nil {
		return err
	}
	copy(losses, e.engine.sample(0, 0).F32s())
	copy(predictions, e.engine.sample(1, 0).I64s())
	return nil
}
