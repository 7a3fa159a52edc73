package main

import (
	"slices"

	"nncc/ir"
	"nncc/ir/interp"
	"nncc/runtime/tensor"
	"nncc/runtime/train"
)

// interpStepper runs steps through the interpreter.
type interpStepper struct {
	graph  *ir.Graph
	batch  int
	seed   int64
	states []train.State
	memory []*tensor.Tensor // the states in the order of the graph's
}

func newInterpStepper(graph *ir.Graph, batch int, seed uint64, states []train.State) *interpStepper {
	s := &interpStepper{graph: graph, batch: batch, seed: int64(seed), states: states}
	for _, in := range graph.States {
		i := slices.IndexFunc(states, func(t train.State) bool { return t.Name == in.Name })
		s.memory = append(s.memory, stateTensor(states[i]))
	}
	return s
}

func (s *interpStepper) Batch() int            { return s.batch }
func (s *interpStepper) States() []train.State { return s.states }

func (s *interpStepper) Step(_ int, learningRate float64, images []float32, labels []int64) (loss float64, correct int, err error) {
	inputs := make([]*tensor.Tensor, len(s.graph.Inputs))
	for i, v := range s.graph.Inputs {
		switch v.Name {
		case "images":
			inputs[i] = tensor.FromF32(images, v.Type.Shape...)
		case "labels":
			inputs[i] = tensor.FromI64(labels, v.Type.Shape...)
		case "learning_rate":
			inputs[i] = tensor.FromF32([]float32{float32(learningRate)})
		case "seed":
			inputs[i] = tensor.FromI64([]int64{s.seed})
		}
	}
	outputs, next, err := interp.Step(s.graph, inputs, s.memory, interp.Options{})
	if err != nil {
		return 0, 0, err
	}
	for i, t := range next {
		copy(s.memory[i].Data, t.Data)
	}
	return float64(outputs[0].F32s()[0]), int(outputs[1].I64s()[0]), nil
}

// interpEvaluator tests through the interpreter.
type interpEvaluator struct {
	graph *ir.Graph
	batch int
}

func (e *interpEvaluator) Batch() int { return e.batch }

func (e *interpEvaluator) Evaluate(states []train.State, images []float32, labels []int64, losses []float32, predictions []int64) error {
	memory := make([]*tensor.Tensor, len(states))
	for i, s := range states {
		memory[i] = stateTensor(s)
	}
	in := []*tensor.Tensor{tensor.FromF32(images, e.graph.Inputs[0].Type.Shape...), tensor.FromI64(labels, len(labels))}
	outputs, _, err := interp.Step(e.graph, in, memory, interp.Options{})
	if err != nil {
		return err
	}
	copy(losses, outputs[0].F32s())
	copy(predictions, outputs[1].I64s())
	return nil
}
