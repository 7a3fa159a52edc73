package plan

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"nncc/codegen/loopir"
	"nncc/codegen/lower"
)

func storage(elems int) *lower.Storage {
	return &lower.Storage{Elem: loopir.F32, Dims: []int{loopir.Batch, elems}}
}

// randomSteps makes a program: every step reads some of what was written before, a view of it at times, and a constant,
// and writes something new.
func randomSteps(seed uint64) ([]lower.Step, *lower.Result) {
	r := rand.New(rand.NewPCG(seed, 7))
	res := &lower.Result{Inputs: []*lower.Storage{storage(1 + r.IntN(100))}}
	written := res.Inputs
	for range 1 + r.IntN(20) {
		var s lower.Step
		for range 1 + r.IntN(3) {
			a := written[max(0, len(written)-1-r.IntN(5))]
			if r.IntN(4) == 0 {
				a = &lower.Storage{Elem: a.Elem, Dims: a.Dims, Alias: a}
			}
			s.Args = append(s.Args, a)
		}
		out := storage(1 + r.IntN(1000))
		s.Args = append(s.Args, &lower.Storage{Elem: loopir.F32, Dims: []int{5000}, Const: &lower.Const{}}, out)
		written = append(written, out)
		res.Steps = append(res.Steps, s)
	}
	res.Outputs = []*lower.Storage{written[len(written)-1], written[len(written)/2]}
	return res.Steps, res
}

// life is when a storage holds what is still needed, found step by step.
func life(s *lower.Storage, steps []lower.Step, res *lower.Result) map[int]bool {
	first, last := len(steps), -1
	for i, step := range steps {
		for _, a := range step.Args {
			if a.Root() == s {
				first, last = min(first, i), max(last, i)
			}
		}
	}
	for _, port := range append(res.Inputs, res.Outputs...) {
		if port.Root() == s {
			first, last = 0, len(steps)-1
		}
	}
	alive := map[int]bool{}
	for i := first; i <= last; i++ {
		alive[i] = true
	}
	return alive
}

func TestPack(t *testing.T) {
	for seed := range uint64(300) {
		steps, res := randomSteps(seed)
		offsets, arenaBytes := pack(steps, res)
		again, againBytes := pack(steps, res)
		require.Equal(t, offsets, again)
		require.Equal(t, arenaBytes, againBytes)

		sum, live := 0, make([]int, len(steps))
		lives := map[*lower.Storage]map[int]bool{}
		for s, offset := range offsets {
			lives[s] = life(s, steps, res)
			require.Zero(t, offset%alignBytes)
			require.LessOrEqual(t, offset+s.Bytes(), arenaBytes)
			sum += (s.Bytes() + alignBytes - 1) / alignBytes * alignBytes
			for i := range lives[s] {
				live[i] += s.Bytes()
			}
		}
		for i := range live {
			require.GreaterOrEqual(t, arenaBytes, live[i], "what lives at step %d", i)
		}
		require.LessOrEqual(t, arenaBytes, sum)
		for a := range offsets {
			for b := range offsets {
				if a == b || offsets[a]+a.Bytes() <= offsets[b] || offsets[b]+b.Bytes() <= offsets[a] {
					continue
				}
				for i := range lives[a] {
					require.False(t, lives[b][i], "seed %d: two values share memory at step %d", seed, i)
				}
			}
		}
	}
}

// A chain needs the memory of two neighbours, beside its ends.
func TestPackReusesMemory(t *testing.T) {
	chain := []*lower.Storage{storage(16)}
	res := &lower.Result{Inputs: chain[:1]}
	for range 10 {
		next := storage(1024)
		res.Steps = append(res.Steps, lower.Step{Args: []*lower.Storage{chain[len(chain)-1], next}})
		chain = append(chain, next)
	}
	last := storage(16)
	res.Steps = append(res.Steps, lower.Step{Args: []*lower.Storage{chain[len(chain)-1], last}})
	res.Outputs = []*lower.Storage{last}
	_, arenaBytes := pack(res.Steps, res)
	require.Equal(t, 2*4096+2*64, arenaBytes)
}
