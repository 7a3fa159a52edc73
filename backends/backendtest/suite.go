package backendtest

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"nncc/ir"
	"nncc/ir/irtest"
	"nncc/runtime/tensor"
)

// RunAll runs the whole suite on every executor, as subtests named after them. One that is missing here skips.
func RunAll(t *testing.T, executors ...Executor) {
	groups := []struct {
		name  string
		cases func(t *testing.T) []*testCase
	}{
		{"nodes", nodeCases},
		{"layers", layerCases},
		{"texts", textCases},
		{"random", randomCases},
	}
	for _, g := range groups {
		t.Run(g.name, func(t *testing.T) {
			cases := g.cases(t)
			for _, e := range executors {
				t.Run(e.Name(), func(t *testing.T) {
					if err := e.Missing(); err != nil {
						t.Skip(err)
					}
					runCases(t, e, cases)
				})
			}
		})
	}
}

// testCase is a graph with inputs to run it on.
type testCase struct {
	name      string
	graph     *ir.Graph
	inputs    []*tensor.Tensor
	check     func(t *testing.T, got []*tensor.Tensor) // further expectations of float32; may be nil
	skipSlow  bool                                     // one of many, which slow executors leave out
	reference func() (*reference, error)               // computed once for all executors
}

func newCase(name string, g *ir.Graph, inputs []*tensor.Tensor) *testCase {
	return &testCase{name: name, graph: g, inputs: inputs,
		reference: sync.OnceValues(func() (*reference, error) { return newReference(g, inputs) })}
}

// slowModes is one in how many batched graphs slow executors run in all modes.
const slowModes = 8

// runCases compares the executor with the interpreter on every case, and for batched graphs all modes with one another.
func runCases(t *testing.T, e Executor, all []*testCase) {
	var cases []*testCase
	var graphs []*ir.Graph
	for _, c := range all {
		if !c.skipSlow || !e.Slow() {
			cases, graphs = append(cases, c), append(graphs, c.graph)
		}
	}
	runs := e.Prepare(t, graphs)
	for i, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Cleanup(func() { keepFailure(t, c) })
			ref, err := c.reference()
			require.NoError(t, err)
			got, err := runs[i](c.inputs, single)
			require.NoError(t, err, "%v", c.graph)
			_, err = ref.check(c.graph, got, e.Rounds())
			require.NoError(t, err, "%v", c.graph)
			if c.check != nil && !e.Rounds() {
				c.check(t, got)
			}
			if c.graph.Batched && (!e.Slow() || i%slowModes == 0) {
				checkModes(t, c, runs[i], got)
			}
		})
	}
}

// checkModes compares runs of a batch, on one thread and on two, with runs of its samples one by one, bit for bit. The
// first sample is the case's own, of which single runs are known.
func checkModes(t *testing.T, c *testCase, run Run, first []*tensor.Tensor) {
	inputs := [][]*tensor.Tensor{c.inputs, irtest.Inputs(c.graph, 1000)}
	second, err := run(inputs[1], single)
	require.NoError(t, err)
	for _, batch := range batches(c.graph) {
		want := join(batch, first, second)
		for _, m := range []Mode{{Batch: batch, Threads: 1}, {Batch: batch, Threads: 2}} {
			got, err := run(join(batch, inputs...), m)
			require.NoError(t, err)
			for i := range want {
				require.Equal(t, want[i].Shape, got[i].Shape)
				require.Equal(t, want[i].Data, got[i].Data, "output %d differs in %+v", i, m)
			}
		}
	}
}

// batches are the numbers of samples to run together: more where weights are so many that samples may share them.
func batches(g *ir.Graph) []int {
	for _, v := range g.Constants() {
		if v.Type.Rank() == 2 && v.Type.Elems() >= 1<<16 {
			return []int{2, 9, 17, maxBatch}
		}
	}
	return []int{3}
}

// join makes one batch of so many samples, in turns those given.
func join(batch int, samples ...[]*tensor.Tensor) []*tensor.Tensor {
	var out []*tensor.Tensor
	for i, t := range samples[0] {
		joined := &tensor.Tensor{DType: t.DType, Shape: append([]int{batch}, t.Shape[1:]...)}
		for n := range batch {
			joined.Data = append(joined.Data, samples[n%len(samples)][i].Data...)
		}
		out = append(out, joined)
	}
	return out
}
