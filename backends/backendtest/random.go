package backendtest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"nncc/ir"
	"nncc/ir/irtest"
	"nncc/runtime/tensor"
)

// Environment variables for longer runs.
const (
	// EnvSeeds names other seeds for random graphs than the first ones: "1000-2000".
	EnvSeeds = "NNCC_SEEDS"
	// EnvLong, if set, adds tests that take minutes.
	EnvLong = "NNCC_LONG_TESTS"
	// EnvKeep, if set, makes failing cases write their graphs to testdata/fuzz, where every run takes them from.
	EnvKeep = "NNCC_KEEP_FAILURES"
)

// generators make graphs from seeds. A run takes the first count of each, and of slow executors a part of those.
var generators = []struct {
	name  string
	graph func(seed uint64) *ir.Graph
	count uint64
}{
	{"graph", irtest.RandomGraph, 100},
	{"conv", irtest.RandomConv, 200},
	{"convstep", irtest.RandomConvStep, 100},
	{"parts", irtest.RandomParts, 40},
	{"kind", randomKind, 60},
}

const slowPart = 4

// randomCases are graphs by generator and seed, after which they are named.
func randomCases(t *testing.T) []*testCase {
	from, to, err := seedRange()
	require.NoError(t, err)
	var cases []*testCase
	for _, g := range generators {
		last := from + g.count
		if to > 0 {
			last = to
		}
		for seed := from; seed < last; seed++ {
			graph := g.graph(seed)
			c := newCase(fmt.Sprintf("%s/%d", g.name, seed), graph, inputsOf(graph, seed))
			c.skipSlow = to == 0 && seed >= g.count/slowPart
			cases = append(cases, c)
		}
	}
	return cases
}

// inputsOf is irtest.Inputs, but for integers from a wider range.
func inputsOf(g *ir.Graph, seed uint64) []*tensor.Tensor {
	inputs := irtest.Inputs(g, seed)
	for i, v := range g.Inputs {
		if !v.Type.DType.IsFloat() {
			inputs[i] = retyped(ir.Uniform(tensor.F32, seed, -9, 9, v.Type.Shape...), v.Type.DType)
		}
	}
	return inputs
}

func seedRange() (from, to uint64, err error) {
	text := os.Getenv(EnvSeeds)
	if text == "" {
		return 0, 0, nil
	}
	if _, err := fmt.Sscanf(text, "%d-%d", &from, &to); err != nil {
		return 0, 0, fmt.Errorf("%s=%s: not a range such as 1000-2000", EnvSeeds, text)
	}
	return from, to, nil
}

// textCases are the graphs of testdata/lower, made for one kind of kernel each, and those of testdata/fuzz, which once
// failed.
func textCases(t *testing.T) []*testCase {
	var cases []*testCase
	for _, folder := range []string{"lower", "fuzz"} {
		files, err := filepath.Glob(filepath.Join("../../testdata", folder, "*.nnir"))
		require.NoError(t, err)
		require.NotEmpty(t, files)
		for _, file := range files {
			text, err := os.ReadFile(file)
			require.NoError(t, err)
			g, err := ir.Parse(file, string(text))
			require.NoError(t, err)
			name := strings.TrimSuffix(filepath.Base(file), ".nnir")
			cases = append(cases, newCase(folder+"/"+name, g, irtest.Inputs(g, 1)))
		}
	}
	return cases
}

// keepFailure writes the graph of a failed random case, if that is asked for.
func keepFailure(t *testing.T, c *testCase) {
	if !t.Failed() || os.Getenv(EnvKeep) == "" || strings.HasPrefix(c.name, "fuzz/") {
		return
	}
	path := filepath.Join("../../testdata/fuzz", strings.ReplaceAll(c.name, "/", "_")+".nnir")
	if err := os.WriteFile(path, []byte(c.graph.String()), 0o644); err != nil {
		t.Log(err)
	}
}
