package codegen_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"nncc/backends"
	"nncc/backends/llvmcpu"
	"nncc/codegen"
	"nncc/frontend"
	"nncc/ir"
	"nncc/ir/interp"
	"nncc/ir/irtest"
	"nncc/ir/passes"
	"nncc/runtime/exec"
	"nncc/runtime/program"
	"nncc/runtime/tensor"
)

// lenet is the example network, fused.
func lenet(t *testing.T) *ir.Graph {
	t.Helper()
	g, err := frontend.Load("../testdata/models/lenet.json", frontend.Options{})
	require.NoError(t, err)
	_, err = passes.Run(g, codegen.PassOptions(passes.Options{Verify: true}))
	require.NoError(t, err)
	return g
}

func parse(t *testing.T, text string) *ir.Graph {
	t.Helper()
	g, err := ir.Parse("g", "graph g batched {\n"+text+"\n}")
	require.NoError(t, err)
	return g
}

// LeNet compiled for all instruction sets of this machine computes what the interpreter does.
func TestLeNet(t *testing.T) {
	b, err := llvmcpu.New(llvmcpu.Config{})
	if err != nil {
		t.Skip(err)
	}
	g := lenet(t)
	p, err := codegen.Compile(g, codegen.Options{Backends: []backends.Backend{b}, ISAs: []string{"avx512", "avx2"}, Verify: true})
	require.NoError(t, err)
	require.Len(t, p.Variants, 2)
	for i := range p.Variants {
		v := &p.Variants[i]
		t.Run(v.ISA, func(t *testing.T) {
			if !exec.Supported(v.Features) {
				t.Skipf("this processor cannot run %s code", v.ISA)
			}
			requireRuns(t, g, p, v)
		})
	}
}

// requireRuns runs machine code on random inputs.
func requireRuns(t *testing.T, g *ir.Graph, p *program.Program, v *program.Variant) {
	t.Helper()
	native, err := p.Native(v)
	require.NoError(t, err)
	in, err := exec.Open(native, p.ConstData(), exec.Options{MaxBatch: 1, Threads: 1})
	require.NoError(t, err)
	inputs := irtest.Inputs(g, 1)
	for i, x := range inputs {
		copy(in.Input(i), x.Data)
	}
	require.NoError(t, in.Run(1))
	want, err := interp.Run(g, inputs, interp.Options{})
	require.NoError(t, err)
	for i, w := range want {
		e, err := irtest.RelativeError(w, &tensor.Tensor{DType: w.DType, Shape: w.Shape, Data: in.Output(i)})
		require.NoError(t, err)
		require.Less(t, e, 5e-6)
	}
}

func TestSignature(t *testing.T) {
	g, err := ir.Parse("g", `graph net batched {
		classes ["a", "b"]
		preprocess {scale = 0.5, mean = [1, 2, 3], order = "bgr"}
		input %x: f32[1, 3, 4, 4]
		%r = relu(%x)
		%i = cast(%r) {to = "i8"}
		output %r as "features"
		output %i
	}`)
	require.NoError(t, err)
	require.Equal(t, program.Signature{
		Batched: true,
		Inputs:  []program.Port{{Name: "x", DType: tensor.F32, Shape: []int{1, 3, 4, 4}}},
		Outputs: []program.Port{{Name: "features", DType: tensor.F32, Shape: []int{1, 3, 4, 4}}, {Name: "i", DType: tensor.I8, Shape: []int{1, 3, 4, 4}}},
		Preprocess: &program.Preprocess{
			Scale: 0.5, Mean: []float64{1, 2, 3}, Order: "bgr",
		},
		Classes: []string{"a", "b"},
	}, codegen.SignatureOf(g))
}

// A pool is fused into a convolution only if its kernel can hold all that a window sees.
func TestPoolsAreFusedWhereKernelsHoldThem(t *testing.T) {
	for pad, nodes := range map[string]int{"[0, 0, 0, 0]": 1, "[0, 1, 0, 1]": 1, "[1, 0, 1, 0]": 2} {
		g := parse(t, `input %x: f32[1, 16, 8, 8]
			const %w: f32[16, 16, 3, 3] = ones
			%c = conv(%x, %w) {pad = `+pad+`}
			%y = maxpool(%c) {kernel = [2, 2], stride = [2, 2]}
			output %y`)
		_, err := passes.Run(g, codegen.PassOptions(passes.Options{}))
		require.NoError(t, err)
		require.Len(t, g.Nodes, nodes, pad)
	}
}
