package codegen_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"nncc/backends"
	"nncc/codegen"
	"nncc/codegen/loopir"
	"nncc/codegen/plan"
	"nncc/codegen/sched"
	"nncc/ir"
	"nncc/ir/irtest"
	"nncc/ir/passes"
	"nncc/runtime/exec"
	"nncc/runtime/parallel"
	"nncc/runtime/program"
)

// fakeBackend prints kernels instead of compiling them, and says of some that they spill.
type fakeBackend struct {
	mu       sync.Mutex
	compiled map[string]int                            // how often for each instruction set
	spills   func(compiled int, kernel string) (n int) // nil: never
	leaveOut bool                                      // the last kernel
	fail     error
}

func (b *fakeBackend) Name() string { return "fake" }

func (b *fakeBackend) Caps() backends.Caps {
	return backends.Caps{ISAs: []string{"avx2", "avx512", "amx"}}
}

func (b *fakeBackend) Compile(funcs []*loopir.Func, target backends.Target, _ backends.Options) (*backends.Object, error) {
	if b.fail != nil {
		return nil, b.fail
	}
	compiled := b.count(target.ISA)
	if b.leaveOut {
		funcs = funcs[:len(funcs)-1]
	}
	obj := &backends.Object{}
	for _, f := range funcs {
		text := f.String()
		s := backends.Symbol{Name: f.Name, OffsetBytes: len(obj.Code), SizeBytes: len(text)}
		if b.spills != nil {
			s.Spills = b.spills(compiled, f.Name)
		}
		obj.Kernels, obj.Code = append(obj.Kernels, s), append(obj.Code, text...)
	}
	return obj, nil
}

// count adds a compilation for isa, and says how many there were.
func (b *fakeBackend) count(isa string) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.compiled == nil {
		b.compiled = map[string]int{}
	}
	b.compiled[isa]++
	return b.compiled[isa]
}

func compileFake(t *testing.T, g *ir.Graph, b *fakeBackend, isas ...string) *program.Program {
	t.Helper()
	p, err := codegen.Compile(g, codegen.Options{Backends: []backends.Backend{b}, ISAs: isas, Layers: true, Verify: true})
	require.NoError(t, err)
	return p
}

// A variant for matrix registers is there where a kernel uses them, or where nothing else has vectors as wide.
func TestMatricesWhereUsed(t *testing.T) {
	isas := func(p *program.Program) (out []string) {
		for _, v := range p.Variants {
			out = append(out, v.ISA)
		}
		return out
	}
	small, large := lenet(t), parse(t, `input %x: f32[1, 64, 28, 28]
		const %w: f32[64, 64, 3, 3] = uniform(seed 1, -0.1, 0.1)
		%y = conv(%x, %w)
		output %y`)
	all := []string{"amx", "avx512", "avx2"}
	require.Equal(t, all[1:], isas(compileFake(t, small, &fakeBackend{}, all...)))
	require.Equal(t, all, isas(compileFake(t, large, &fakeBackend{}, all...)))
	require.Equal(t, []string{"amx"}, isas(compileFake(t, small, &fakeBackend{}, "amx")))
}

const twoConvs = `input %x: f32[1, 16, 12, 40]
	const %w1: f32[32, 16, 3, 5] = uniform(seed 1, -0.1, 0.1)
	const %w2: f32[16, 32, 1, 1] = uniform(seed 2, -0.1, 0.1)
	%a = conv(%x, %w1)
	%b = conv(%a, %w2)
	output %b`

// tiles lists the tile of each convolution.
func tiles(p *program.Program) []string {
	var out []string
	for _, l := range p.Variants[0].Layers {
		if strings.HasPrefix(l.Family, "conv") {
			out = append(out, l.Tile)
		}
	}
	return out
}

// A kernel that spills takes the next tile, the others keep theirs; after a few attempts, or where the tile makes no
// difference, the first of those is taken that spilled least.
func TestSpillingKernelsTakeTheNextTile(t *testing.T) {
	g := parse(t, twoConvs)
	target, _ := sched.LookupTarget("avx512")
	ranked := sched.Assign(g, target).Conv
	first, second := ranked[g.Nodes[0]].Tiles, ranked[g.Nodes[1]].Tiles
	for _, c := range []struct {
		spills         []int // of the tiles in turn
		compiled, tile int
	}{
		{[]int{0}, 1, 0},
		{[]int{7, 0}, 2, 1},
		{[]int{7, 9, 8, 0}, 4, 3},
		{[]int{7, 9, 8, 10}, 5, 0},
		{[]int{7, 5, 8, 10}, 5, 1},
		{[]int{7, 7}, 3, 0},
	} {
		b := &fakeBackend{}
		var name string // of the first convolution's kernel, in all attempts
		b.spills = func(compiled int, kernel string) int {
			if name == "" && strings.Contains(kernel, "conv") {
				name = kernel
			}
			if kernel == name && compiled <= len(c.spills) {
				return c.spills[compiled-1]
			}
			return 0
		}
		p := compileFake(t, g, b, "avx512")
		require.Equal(t, c.compiled, b.compiled["avx512"])
		require.Equal(t, []string{first[c.tile].String(), second[0].String()}, tiles(p))
	}
}

// Without a next tile there is no further attempt: nothing but convolutions has one.
func TestOtherKernelsAreNotTriedAgain(t *testing.T) {
	b := &fakeBackend{spills: func(int, string) int { return 1 }}
	compileFake(t, parse(t, "input %x: f32[1, 40]\n%y = softmax(%x)\noutput %y"), b, "avx512")
	require.Equal(t, 1, b.compiled["avx512"])
}

// Weights packed for a tile that was given up are not part of the program.
func TestConstantsAreUsed(t *testing.T) {
	g := parse(t, `input %x: f32[1, 1, 30, 40]
		const %w: f32[8, 1, 3, 3] = uniform(seed 1, -0.1, 0.1)
		%y = conv(%x, %w)
		output %y`)
	b := &fakeBackend{spills: func(compiled int, _ string) int { return 4 - compiled }}
	p := compileFake(t, g, b)
	require.Len(t, p.Variants, 2)
	used := map[int]bool{}
	for _, v := range p.Variants {
		for _, l := range v.Step {
			for _, a := range l.Args {
				if a.Space == exec.SpaceConst {
					used[a.Index] = true
				}
			}
		}
	}
	require.Len(t, used, len(p.Constants))
	for i := range p.Constants {
		require.True(t, used[i], "constant %d of %d", i, len(p.Constants))
	}
}

// The same graph gives the same program, byte by byte.
func TestCompileIsDeterministic(t *testing.T) {
	for seed := range uint64(40) {
		var texts []*program.Program
		for range 2 {
			g := irtest.RandomGraph(seed)
			_, err := passes.Run(g, codegen.PassOptions(passes.Options{}))
			require.NoError(t, err)
			texts = append(texts, compileFake(t, g, &fakeBackend{spills: func(compiled int, _ string) int { return 2 - compiled }}))
		}
		require.Equal(t, texts[0], texts[1], "seed %d", seed)
	}
}

func TestBackendProblems(t *testing.T) {
	g := parse(t, twoConvs)
	compile := func(b *fakeBackend, isas ...string) error {
		_, err := codegen.Compile(g, codegen.Options{Backends: []backends.Backend{b}, ISAs: isas})
		return err
	}
	require.EqualError(t, compile(&fakeBackend{fail: errors.New("no space left")}), "amx: no space left")
	require.ErrorContains(t, compile(&fakeBackend{leaveOut: true}), "the backend left out kernel ")
	require.EqualError(t, compile(&fakeBackend{}, "neon"), "no backend compiles for neon here")
	require.EqualError(t, compile(&fakeBackend{}, "avx512", "mmx"), "no backend compiles for mmx here")
	_, err := codegen.Compile(g, codegen.Options{})
	require.EqualError(t, err, "no backend compiles for any instruction set here")
}

// TestBackendPanics finds that a panic reaches whoever compiles, who may be prepared for it as reduce is.
func TestBackendPanics(t *testing.T) {
	b := &fakeBackend{spills: func(int, string) int { panic("lost") }}
	defer func() {
		p := recover()
		require.Equal(t, "lost", fmt.Sprint(p))
		require.Contains(t, string(parallel.StackOf(p)), "fakeBackend")
	}()
	_, _ = codegen.Compile(parse(t, twoConvs), codegen.Options{Backends: []backends.Backend{b}, ISAs: []string{"avx2", "avx512"}})
	require.Fail(t, "nothing panicked")
}

func TestEmit(t *testing.T) {
	var kernels []string
	_, err := codegen.Compile(parse(t, twoConvs), codegen.Options{
		Backends: []backends.Backend{&fakeBackend{}}, ISAs: []string{"avx2"},
		Emit: func(pl *plan.Plan, obj *backends.Object) {
			for _, f := range pl.Funcs {
				s, ok := obj.Lookup(f.Name)
				require.True(t, ok)
				kernels = append(kernels, s.Name)
			}
		},
	})
	require.NoError(t, err)
	require.NotEmpty(t, kernels)
}
