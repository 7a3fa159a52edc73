package tune

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"nncc/codegen/sched"
	"nncc/ir"
	"nncc/runtime/program"
)

const twoKinds = `graph g {
	input %x: f32[1, 64, 28, 28]
	const %w: f32[64, 64, 3, 3] = ones
	const %v: f32[64, 64, 1, 1] = ones
	%a = conv(%x, %w) {pad = [1, 1, 1, 1]}
	%b = conv(%a, %v)
	%c = conv(%b, %w) {pad = [1, 1, 1, 1]}
	output %c
}`

// fastest is the kernel of 3x3 on the machine of fake.
var fastest = sched.Pin{ISA: "avx512", Conv: "1x64x28x28 to 64x28x28, kernel 3x3, pad 1x1", Kernel: "conv-winograd F(4,3)", Tile: "7x2"}

// fake is a network that is not compiled.
type fake struct {
	g    *ir.Graph
	plan *sched.Plan
	open *int
}

func (f fake) Layers() []program.Layer {
	layers := []program.Layer{{Family: "repack"}}
	for _, n := range f.g.Nodes {
		layers = append(layers, program.Layer{Family: "prepare"}, program.Layer{Family: "conv", Covers: []string{n.Out().Name}})
	}
	return layers
}

func (f fake) Time() ([]time.Duration, error) {
	times := []time.Duration{time.Hour}
	for _, n := range f.g.Nodes {
		t := 300 * time.Millisecond
		c, _ := sched.FusedConv(n)
		if choice := f.plan.Conv[n]; c.KH == 1 || choice.Kernel(c) == fastest.Kernel && choice.Tiles[0].String() == fastest.Tile {
			t = 100 * time.Millisecond
		}
		times = append(times, 100*time.Millisecond, t)
	}
	return times, nil
}

func (f fake) Close() { *f.open-- }

func search(t *testing.T, until time.Time) (*Result, int) {
	g, err := ir.Parse("g", twoKinds)
	require.NoError(t, err)
	target, _ := sched.LookupTarget("avx512")
	open, opened := 0, 0
	r, err := Search{
		Graph: g, Target: target, Until: until, Show: func(string, ...any) {},
		Compile: func(pins []sched.Pin) (Network, error) {
			pinned := target
			pinned.Pins = pins
			plan := sched.Assign(g, pinned)
			require.Empty(t, plan.Unmet(g), "every option can be had")
			open, opened = open+1, opened+1
			return fake{g, plan, &open}, nil
		},
	}.Run()
	require.NoError(t, err)
	require.Zero(t, open, "networks are closed")
	return r, opened
}

func TestSearch(t *testing.T) {
	r, _ := search(t, time.Now().Add(time.Hour))
	require.Equal(t, []sched.Pin{fastest}, r.Pins)
	require.Less(t, r.Ratio, 1.0)
	require.Len(t, r.Layers, 2)
	require.Equal(t, []string{"a", "c"}, r.Layers[0].Values)
	for _, l := range r.Layers {
		for _, o := range l.Options[1:] {
			require.NotZero(t, o.Ratio, "%s %s", o.Kernel, o.Tile)
		}
	}
}

// Without time there is one round, and what it finds.
func TestSearchInNoTime(t *testing.T) {
	r, opened := search(t, time.Now())
	require.LessOrEqual(t, opened, 3)
	for _, l := range r.Layers {
		for _, o := range l.Options[min(2, len(l.Options)):] {
			require.Zero(t, o.Ratio)
		}
	}
}
