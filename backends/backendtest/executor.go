// Package backendtest is the one conformance suite: every way to run a graph is compared with the reference
// interpreter on the ONNX project's node tests, on random graphs and on random convolutions. A backend is done when
// RunAll is green for it.
package backendtest

import (
	"testing"

	"nncc/codegen"
	"nncc/ir"
	"nncc/ir/passes"
	"nncc/runtime/tensor"
)

// Executor is one way to run a graph.
type Executor interface {
	// Name is what tests call it, such as avx512 or avx512-interpreted.
	Name() string
	// Missing says why the executor cannot run on this machine, or returns nil. Tests skip then, saying so.
	Missing() error
	// Rounds says whether float32 may be rounded to bf16 on the way.
	Rounds() bool
	// Slow executors run a part of the random graphs and modes.
	Slow() bool
	// Prepare compiles verified graphs, all at once where that is cheaper, and returns a function for each of them.
	// What it opens is closed when the test ends.
	Prepare(t testing.TB, graphs []*ir.Graph) []Run
}

// Run computes the outputs of a graph. It fails where the graph cannot be compiled or run. Inputs are in the order of
// the graph's; those of a batch of several samples have it as their first dimension, as have the results then.
type Run func(inputs []*tensor.Tensor, m Mode) ([]*tensor.Tensor, error)

// Mode says how to run a graph. Executors without threads ignore Threads.
type Mode struct {
	Batch   int // samples; other than 1 for batched graphs only
	Threads int
}

// single is the plainest mode.
var single = Mode{Batch: 1, Threads: 1}

// optimised is a copy of g after all passes.
func optimised(g *ir.Graph) (*ir.Graph, error) {
	g = g.Clone()
	_, err := passes.Run(g, codegen.PassOptions(passes.Options{Verify: true}))
	return g, err
}

// results makes tensors of what a run left behind, one per output of g.
func results(g *ir.Graph, batch int, output func(i int) []byte) []*tensor.Tensor {
	out := make([]*tensor.Tensor, len(g.Outputs))
	for i, o := range g.Outputs {
		t := tensor.New(o.Value.Type.DType, batchShape(g, o.Value.Type.Shape, batch)...)
		copy(t.Data, output(i))
		out[i] = t
	}
	return out
}

// batchShape is the shape of a port for so many samples.
func batchShape(g *ir.Graph, shape []int, batch int) []int {
	shape = append([]int{}, shape...)
	if g.Batched {
		shape[0] = batch
	}
	return shape
}
