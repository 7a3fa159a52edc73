package plan_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"nncc/codegen"
	"nncc/ir"
	"nncc/ir/interp"
	"nncc/ir/irtest"
	"nncc/ir/passes"
	"nncc/runtime/exec"
	"nncc/runtime/tensor"
)

// stateful changes states in every way: in place, through memory of its own, by taking one another's place, and not at all.
const stateful = `graph g {
	input %x: f32[2, 16, 6, 6]
	input %rate: f32[]
	state %w: f32[16, 16, 3, 3] = uniform(seed 1, -0.1, 0.1) as "conv.weight"
	state %v: f32[16, 16, 3, 3] = zeros
	state %a: f32[4] = [1, 2, 3, 4]
	state %b: f32[4] = [5, 6, 7, 8]
	state %c: f32[4] = [9, 10, 11, 12]
	state %d: f32[2, 2] = [1, 2, 3, 4]
	const %slow: f32[] = [0.5]
	%y = conv(%x, %w) {pad = [1, 1, 1, 1]}
	%z = relu(%y)
	%g = reduce(%w) {to = "mean", axes = [2, 3]}
	%half = mul(%v, %slow)
	%velocity = add(%half, %g)
	%move = mul(%velocity, %rate)
	%next = sub(%w, %move)
	%sum = add(%a, %c)
	%flat = reshape(%d) {shape = [4]}
	%other = add(%flat, %a)
	%square = reshape(%other) {shape = [2, 2]}
	%later = add(%d, %square)
	output %z
	output %c
	output %sum
	next %w = %next
	next %v = %velocity
	next %a = %b
	next %b = %sum
	next %d = %later
}`

// What states hold next is what the interpreter of graphs says, run after run.
func TestStates(t *testing.T) {
	g, err := ir.Parse("g", stateful)
	require.NoError(t, err)
	for _, isa := range []string{"avx512", "avx2", "neon", "portable"} {
		p := planned(t, g, isa, codegen.Options{})
		in, err := p.Open(1)
		require.NoError(t, err)
		states := interp.InitialStates(g)
		for run := range uint64(3) {
			inputs := irtest.Inputs(g, run)
			var want []*tensor.Tensor
			want, states, err = interp.Step(g, inputs, states, interp.Options{})
			require.NoError(t, err)
			got, err := in.Run([][]byte{inputs[0].Data, inputs[1].Data})
			require.NoError(t, err)
			for i, w := range want {
				requireClose(t, w, got[i], "%s, run %d, output %d", isa, run, i)
			}
			for i, w := range states {
				requireClose(t, w, in.State(i), "%s, run %d, state %s", isa, run, g.States[i].Name)
			}
		}
	}
}

func requireClose(t *testing.T, want *tensor.Tensor, got []byte, format string, args ...any) {
	t.Helper()
	e, err := irtest.RelativeError(want, &tensor.Tensor{DType: want.DType, Shape: want.Shape, Data: got})
	require.NoError(t, err)
	require.LessOrEqualf(t, e, 5e-6, format, args...)
}

// Parameters are updated where they lie: there is no copy, and no second place.
func TestStatesChangeInPlace(t *testing.T) {
	g, err := ir.Parse("g", stateful)
	require.NoError(t, err)
	_, err = passes.Run(g, codegen.PassOptions(passes.Options{Verify: true}))
	require.NoError(t, err)
	p := planned(t, g, "avx512", codegen.Options{Layers: true})
	place := func(state int) exec.Arg {
		return exec.Arg{Space: exec.SpaceDerived, OffsetBytes: p.Variant.States[state].OffsetBytes}
	}
	writes := map[exec.Arg]string{}
	for at, l := range p.Variant.Step {
		for i, param := range p.Funcs[l.Kernel].Params {
			if param.Mutable {
				writes[l.Args[i]] = p.Variant.Layers[at].Family
			}
		}
	}
	require.Equal(t, "elementwise", writes[place(0)])
	require.Equal(t, "elementwise", writes[place(1)])
	require.Equal(t, "copy", writes[place(2)], "what a holds next is what b held")
	require.NotContains(t, writes, place(4), "only read")
}
