package lower_test

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"nncc/codegen/lower"
	"nncc/codegen/sched"
	"nncc/ir"
	"nncc/ir/diag"
	"nncc/ir/interp"
	"nncc/ir/irtest"
)

// Graphs like those of testdata/lower with some other numbers compute what the interpreter does, or are refused.
func TestMutants(t *testing.T) {
	files, err := filepath.Glob("../../testdata/lower/*.nnir")
	require.NoError(t, err)
	const seeds = 40
	run := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		for seed := range uint64(seeds) {
			r := rand.New(rand.NewPCG(seed, 3))
			mutant := mutate(r, string(text))
			g, err := ir.Parse(file, mutant)
			if err != nil || !small(g) || g.FLOPs() > 1<<17 {
				continue
			}
			target := sched.Targets[r.IntN(len(sched.Targets))]
			t.Run(filepath.Base(file), func(t *testing.T) {
				t.Logf("seed %d on %s: %s", seed, target.ISA, mutant)
				if _, err := lower.Lower(g, sched.Assign(g, target), &lower.Packs{}); err != nil {
					var refused *diag.List
					require.ErrorAs(t, err, &refused)
					return
				}
				if _, err := interp.Run(g, irtest.Inputs(g, 0), interp.Options{}); err != nil {
					return // a label or an index is out of range
				}
				lowered(t, g, target)
				run++
			})
		}
	}
	require.Greater(t, run, 5*len(files), "most are no valid graphs, but enough")
}

var (
	numbers = regexp.MustCompile(`-?\b\d+\b`)
	dtypes  = regexp.MustCompile(`\b[fiu]\d+\b`)
)

// mutate changes some numbers of a graph's text, at times all dtypes, or whether samples are kept apart.
func mutate(r *rand.Rand, text string) string {
	oneIn := 1 + r.IntN(20)
	text = numbers.ReplaceAllStringFunc(text, func(old string) string {
		v, _ := strconv.Atoi(old)
		if r.IntN(oneIn) > 0 {
			return old
		}
		return strconv.Itoa([]int{0, 1, 2, 3, -1, v + 1, v - 1, 2 * v, 16, 17, r.IntN(40)}[r.IntN(11)])
	})
	if r.IntN(4) == 0 {
		text = dtypes.ReplaceAllString(text, []string{"f16", "f32", "f64", "i8", "u8", "i32", "i64"}[r.IntN(7)])
	}
	if r.IntN(4) == 0 {
		text = regexp.MustCompile(` batched`).ReplaceAllString(text, "")
	}
	return text
}
