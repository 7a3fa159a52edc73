package backendtest

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"nncc/ir"
	"nncc/ir/irtest"
)

// How many seeds a run takes of each generator, and slow executors a part of them. EnvSeeds takes other ones.
const (
	randomGraphs = 200
	randomConvs  = 300
	slowPart     = 4
)

// EnvSeeds is the environment variable that names other seeds for random graphs than the first ones: "1000-2000".
const EnvSeeds = "NNCC_SEEDS"

// generators make graphs from seeds, by the name under which testdata/fuzz/seeds.txt keeps seeds.
var generators = map[string]func(seed uint64) *ir.Graph{"graph": irtest.RandomGraph, "conv": irtest.RandomConv}

// RunRandom runs random graphs: the seeds that once failed, and a range of others. Subtests are named by generator and
// seed; a seed that fails belongs into testdata/fuzz/seeds.txt.
func RunRandom(t *testing.T, e Executor) {
	kept, err := readSeeds("../../testdata/fuzz/seeds.txt")
	require.NoError(t, err)
	cases := kept
	from, to, err := seedRange()
	require.NoError(t, err)
	for _, g := range []struct {
		generator string
		count     uint64
	}{{"graph", randomGraphs}, {"conv", randomConvs}} {
		last := from + g.count
		if e.Slow() {
			last = from + g.count/slowPart
		}
		if to > 0 {
			last = to
		}
		for seed := from; seed < last; seed++ {
			cases = append(cases, seedCase(g.generator, seed))
		}
	}
	runCases(t, e, cases)
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

func seedCase(generator string, seed uint64) testCase {
	g := generators[generator](seed)
	return testCase{name: fmt.Sprintf("%s/%d", generator, seed), graph: g, inputs: irtest.Inputs(g, seed)}
}

// readSeeds reads "generator seed" a line; # starts a comment.
func readSeeds(path string) ([]testCase, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var cases []testCase
	for line := range strings.Lines(string(text)) {
		line, _, _ = strings.Cut(line, "#")
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		var generator string
		var seed uint64
		if _, err := fmt.Sscanf(line, "%s %d", &generator, &seed); err != nil || generators[generator] == nil {
			return nil, fmt.Errorf("%s: %q is no generator and seed", path, line)
		}
		cases = append(cases, seedCase(generator, seed))
	}
	return cases, nil
}
