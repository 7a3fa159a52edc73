package codegen_test

import (
	"math"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"nncc/backends"
	"nncc/backends/llvmcpu"
	"nncc/codegen"
	"nncc/frontend/onnx"
	"nncc/ir"
	"nncc/ir/interp"
	"nncc/runtime/exec"
	"nncc/runtime/tensor"
)

func TestNet(t *testing.T) {
	path := os.Getenv("NET")
	if path == "" {
		t.Skip("NET unset")
	}
	g, err := onnx.Load(path, onnx.Options{})
	require.NoError(t, err)
	_ = ir.MarkBatched(g)
	b, err := llvmcpu.New(llvmcpu.Config{})
	require.NoError(t, err)
	isa := os.Getenv("ISA")
	if isa == "" {
		isa = "avx512"
	}
	p, err := codegen.Compile(g, codegen.Options{ISAs: []string{isa}, Backends: []backends.Backend{b}, Verify: true})
	require.NoError(t, err)
	v, err := p.Native(&p.Variants[0])
	require.NoError(t, err)
	in, err := exec.Open(v, p.ConstData(), exec.Options{MaxBatch: 1, Threads: 1})
	require.NoError(t, err)
	x := ir.Uniform(tensor.F32, 1, -1, 1, g.Inputs[0].Type.Shape...)
	copy(in.Input(0), x.Data)
	require.NoError(t, in.Run(1))
	got := tensor.Tensor{DType: tensor.F32, Shape: p.Signature.Outputs[0].Shape, Data: in.Output(0)}
	want, err := interp.Run(g, []*tensor.Tensor{x}, interp.Options{})
	require.NoError(t, err)
	worst, top := 0.0, 0.0
	for i, w := range want[0].F32s() {
		worst, top = max(worst, math.Abs(float64(w-got.F32s()[i]))), max(top, math.Abs(float64(w)))
	}
	t.Logf("max error %g of %g", worst, top)
	require.Less(t, worst, 1e-4*top)
}
