package main

import (
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"nncc/backends/gohost"
	"nncc/codegen"
	"nncc/ir"
	"nncc/ir/interp"
	"nncc/ir/passes/grad"
	"nncc/runtime/tensor"
)

// mostLosses is how many steps of training are recorded, if they are small.
const mostLosses = 3

// completeTraining refuses flags about training without --train, and fills in those that are not given.
func (o *buildOptions) completeTraining(cmd *cobra.Command) error {
	if o.train {
		return o.step.complete()
	}
	for _, name := range stepFlags() {
		if cmd.Flags().Changed(name) {
			return usagef("--%s is for --train", name)
		}
	}
	return nil
}

// parts are the graphs of the package: the network, and for a Trainer a step and the network under training.
func (o buildOptions) parts(s *session) ([]codegen.Part, error) {
	parts := []codegen.Part{{Graph: s.graph}}
	if !o.train {
		return parts, nil
	}
	add := func(prefix string, g *ir.Graph, err error) error {
		if err != nil {
			return err
		}
		other, err := s.with(g)
		parts = append(parts, codegen.Part{Graph: other.graph, Prefix: prefix})
		return err
	}
	step, err := o.step.graph(s.loaded)
	if err := add("step_", step, err); err != nil {
		return nil, err
	}
	inference, err := grad.Inference(s.loaded, o.step.batch)
	if err := add("inference_", inference, err); err != nil {
		return nil, err
	}
	return parts, nil
}

// checkTrainable refuses numbers that a Trainer does not take.
func (o buildOptions) checkTrainable(s *session) error {
	for _, v := range slices.Concat(s.loaded.Inputs, s.loaded.Results()) {
		if o.train && v.Type.DType != tensor.F32 {
			return fmt.Errorf("%s: %q is %v: --train needs f32", s.path, v.Name, v.Type)
		}
	}
	return nil
}

// training is what the package's Trainer is made of; nil for none.
func (o buildOptions) training(r *built, s *session, losses []float64) *gohost.Training {
	if !o.train {
		return nil
	}
	return &gohost.Training{Step: r.step, Inference: r.inference, Classes: classesOf(s.loaded), LearningRate: o.step.lr, Losses: losses}
}

// classesOf is the number of classes that a model which can be trained tells apart.
func classesOf(g *ir.Graph) int { return g.Outputs[0].Value.Type.Shape[1] }

// recordLosses trains with the interpreter on what the package's own test trains on. A step that would take it long is not
// recorded.
func (o buildOptions) recordLosses(s *session) ([]float64, error) {
	g, err := o.step.graph(s.loaded)
	if err != nil {
		return nil, err
	}
	states := interp.InitialStates(g)
	var losses []float64
	for step := range mostLosses {
		if float64(g.FLOPs())*float64(step+1) > vectorsMostFLOPs {
			break
		}
		outputs, next, err := interp.Step(g, o.trainingInputs(g, step, classesOf(s.loaded)), states, interp.Options{})
		if err != nil {
			return nil, err
		}
		losses, states = append(losses, outputs[0].Float64s()[0]), next
	}
	return losses, nil
}

// trainingInputs are the samples on which the test of a package trains in a step, and its settings.
func (o buildOptions) trainingInputs(g *ir.Graph, step, classes int) []*tensor.Tensor {
	var inputs []*tensor.Tensor
	for _, in := range g.Inputs {
		t := tensor.New(in.Type.DType, in.Type.Shape...)
		switch in.Name {
		case "images":
			for i, images := 0, t.F32s(); i < len(images); i++ {
				images[i] = float32((i+31*step)*7919%251)/125 - 1
			}
		case "labels":
			for i, labels := 0, t.I64s(); i < len(labels); i++ {
				labels[i] = int64((i + step) % classes)
			}
		case "learning_rate":
			t.F32s()[0] = float32(o.step.lr)
		case "seed":
			t.I64s()[0] = 1
		}
		inputs = append(inputs, t)
	}
	return inputs
}
