package gohost

import (
	"encoding/binary"
	"math"
	"math/rand"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"nncc/backends"
	"nncc/codegen/loopir"
	"nncc/runtime/exec"
	"nncc/runtime/program"
)

// readKernels parses a file of testdata/loop.
func readKernels(t testing.TB, file string) []*loopir.Func {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("../../testdata/loop", file))
	require.NoError(t, err)
	return parseKernels(t, file, string(text))
}

func parseKernels(t testing.TB, name, text string) []*loopir.Func {
	t.Helper()
	funcs, err := loopir.Parse(name, text)
	require.NoError(t, err)
	for _, f := range funcs {
		require.NoError(t, loopir.Verify(f))
	}
	return funcs
}

// programOf is a program with a launch for each function: its parameters are inputs, and those it writes outputs.
func programOf(t testing.TB, funcs ...*loopir.Func) *program.Program {
	t.Helper()
	target, ok := backends.TargetFor(ISA)
	require.True(t, ok)
	o, err := New().Compile(loopir.PromoteAll(funcs, target.Unroll), target, backends.Options{})
	require.NoError(t, err)
	v := program.Variant{ISA: ISA, Source: o.Text["go"]}
	p := &program.Program{Name: "kernels"}
	for i, f := range funcs {
		l := exec.Launch{Name: f.Name, Kernel: i, Chunks: f.Chunks(), Group: f.Group(), Grain: 1}
		v.Kernels = append(v.Kernels, program.Kernel{Name: f.Name})
		v.ScratchBytes = max(v.ScratchBytes, f.ScratchBytes())
		for _, b := range f.Params {
			l.Args = append(l.Args, exec.Arg{OffsetBytes: v.ArenaBytes})
			port := exec.Port{Name: b.Name, OffsetBytes: v.ArenaBytes, ElemBytes: b.Elem.Bytes(), Elems: b.Elems(), Batched: b.Batched()}
			v.Inputs = append(v.Inputs, port)
			if b.Mutable {
				v.Outputs = append(v.Outputs, port)
			}
			v.ArenaBytes += alignUp(b.Bytes(), 64)
		}
		v.Step = append(v.Step, l)
	}
	p.Variants = []program.Variant{v}
	return p
}

// start builds and runs a process for the programs; the test is skipped where there is no Go toolchain.
func start(t testing.TB, programs ...*program.Program) *Process {
	t.Helper()
	p, err := Start(Config{}, programs...)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, p.Close()) })
	return p
}

// run executes all functions on the inputs that fill makes, as Go and interpreted, and compares the outputs with same.
func run(t testing.TB, in *Instance, funcs []*loopir.Func, batch int, fill func(b *loopir.Buffer, mem []byte), same func(f *loopir.Func, want, got []byte)) {
	t.Helper()
	args := make([][][]byte, len(funcs))
	n := 0
	for i, f := range funcs {
		for _, b := range f.Params {
			size := b.Bytes()
			if b.Batched() {
				size *= batch
			}
			mem := make([]byte, size)
			if !b.Mutable {
				fill(b, mem)
			}
			copy(in.Input(n), mem)
			args[i] = append(args[i], mem)
			n++
		}
	}
	require.NoError(t, in.Run(batch))
	out := 0
	for i, f := range funcs {
		require.NoError(t, loopir.Interpret(f, args[i], batch))
		for k, b := range f.Params {
			if b.Mutable {
				same(f, args[i][k], in.Output(out)[:len(args[i][k])])
				out++
			}
		}
	}
}

func floats(b []byte) []float32 {
	out := make([]float32, len(b)/4)
	for i := range out {
		out[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
	}
	return out
}

func fillNormal(rng *rand.Rand, scale float64) func(b *loopir.Buffer, mem []byte) {
	return func(b *loopir.Buffer, mem []byte) {
		for i := 0; i < len(mem); i += 4 {
			x := rng.NormFloat64()
			if !b.Batched() {
				x *= scale
			}
			binary.LittleEndian.PutUint32(mem[i:], math.Float32bits(float32(x)))
		}
	}
}

// TestNetworks runs the kernels of testdata/loop, vectors, shuffles, scratch and calls included. The interpreter fuses
// multiply-adds and portable code does not, so the last bits differ.
func TestNetworks(t *testing.T) {
	nets := [][]*loopir.Func{readKernels(t, "lenet_net.loop"), readKernels(t, "lenet_conv1_winograd.loop")}
	var programs []*program.Program
	for i, funcs := range nets {
		nets[i] = funcs[len(funcs)-1:]
		programs = append(programs, programOf(t, nets[i]...))
	}
	p := start(t, programs...)
	for i, funcs := range nets {
		t.Run(funcs[0].Name, func(t *testing.T) {
			in, err := p.Open(i, exec.Options{MaxBatch: 3})
			require.NoError(t, err)
			defer in.Close()
			run(t, in, funcs, 2, fillNormal(newRand(), 0.1), func(f *loopir.Func, want, got []byte) {
				require.InDeltaSlice(t, floats(want), floats(got), 1e-4)
			})
		})
	}
}

func newRand() *rand.Rand { return rand.New(rand.NewSource(7)) }
