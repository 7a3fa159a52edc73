package gohost

import (
	"encoding/binary"
	"flag"
	"go/format"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"nncc/backends"
	"nncc/backends/llvmcpu"
	"nncc/codegen/loopir"
	rt "nncc/runtime/exec"
	"nncc/runtime/program"
	"nncc/runtime/tensor"
)

var update = flag.Bool("update", false, "rewrite golden files")

// tinyNet is a network of two kernels: y = 2*x + w, z = the sum of y over rows.
const tinyNet = `
func scale(x: f32[*, 3, 4, 4], w: f32[48], y: mut f32[*, 48]) grid(b: *, i: 48) {
  store y[b, i] = fma(load x[b, 0, 0, i], f32(2), load w[i])
}
func rows(y: f32[*, 48], z: mut f32[*, 12]) grid(b: *, r: 12) {
  store z[b, r] = (load y[b, 4*r] + load y[b, 4*r + 1]) + (load y[b, 4*r + 2] + load y[b, 4*r + 3])
}`

// tinyProgram is tinyNet for every instruction set at hand, and what it makes of one sample.
func tinyProgram(t testing.TB) (*program.Program, TestVector) {
	t.Helper()
	funcs := loopir.PromoteAll(parseKernels(t, "tiny", tinyNet), loopir.Unroll{})
	weights := make([]byte, 48*4)
	for i := range 48 {
		binary.LittleEndian.PutUint32(weights[4*i:], math.Float32bits(float32(i)/8))
	}
	p := &program.Program{
		Name: "tiny \"net\"\n// of\u2028two kernels", License: "CC0", Provenance: "made for a test",
		Signature: program.Signature{
			Batched: true,
			Inputs:  []program.Port{{Name: "image\n\"", DType: tensor.F32, Shape: []int{1, 3, 4, 4}}},
			Outputs: []program.Port{{Name: "scores", DType: tensor.F32, Shape: []int{1, 12}}},
			Preprocess: &program.Preprocess{
				Scale: 1. / 255, Mean: []float64{0.5, 0.5, 0.5}, Std: []float64{0.5, 0.25, 0.5}, Order: "bgr"},
			Classes: strings.Fields("zero one two three four five six \"7\" eight nine ten eleven"),
		},
		Constants: []program.Constant{{Name: "w", Data: weights}},
	}
	for _, b := range tinyBackends(t) {
		for _, isa := range b.Caps().ISAs {
			target, _ := backends.TargetFor(isa)
			p.Variants = append(p.Variants, tinyVariant(t, b, target, funcs))
		}
	}
	return p, tinyVector(t, funcs, weights)
}

func tinyBackends(t testing.TB) []backends.Backend {
	llvm, err := llvmcpu.New(llvmcpu.Config{})
	if err != nil {
		t.Log("without machine code:", err)
		return []backends.Backend{New()}
	}
	return []backends.Backend{llvm, New()}
}

func tinyVariant(t testing.TB, b backends.Backend, target backends.Target, funcs []*loopir.Func) program.Variant {
	o, err := b.Compile(funcs, target, backends.Options{Separate: true})
	require.NoError(t, err)
	in := rt.Port{Name: "image\n\"", ElemBytes: 4, Elems: 48, Batched: true}
	out := rt.Port{Name: "scores", OffsetBytes: 384, ElemBytes: 4, Elems: 12, Batched: true}
	v := program.Variant{
		ISA: target.ISA, Arch: target.Arch, Features: target.Features, Code: o.Code, Source: o.Text["go"],
		Step: []rt.Launch{
			{Name: "conv \"1\"\n", Kernel: 0, Args: []rt.Arg{{}, {Space: rt.SpaceConst}, {OffsetBytes: 192}}, Chunks: 48, Group: 1, Grain: 48},
			{Name: "sum", Kernel: 1, Args: []rt.Arg{{OffsetBytes: 192}, {OffsetBytes: 384}}, Chunks: 12, Group: 1, Grain: 4, FLOPs: 36},
		},
		ArenaBytes: 448, Inputs: []rt.Port{in}, Outputs: []rt.Port{out},
	}
	for _, s := range o.Kernels {
		v.Kernels = append(v.Kernels, program.Kernel{Name: s.Name, OffsetBytes: s.OffsetBytes, SizeBytes: s.SizeBytes, StackBytes: s.StackBytes})
	}
	return v
}

// tinyVector is a sample and what the interpreter makes of it.
func tinyVector(t testing.TB, funcs []*loopir.Func, weights []byte) TestVector {
	x, y, z := make([]byte, 192), make([]byte, 192), make([]byte, 48)
	fillNormal(newRand(), 1)(funcs[0].Params[0], x)
	require.NoError(t, loopir.Interpret(funcs[0], [][]byte{x, weights, y}, 1))
	require.NoError(t, loopir.Interpret(funcs[1], [][]byte{y, z}, 1))
	return TestVector{[][]byte{x}, [][]byte{z}}
}

// emitTiny writes the package into a module of its own.
func emitTiny(t *testing.T, o EmitOptions) (dir string, files map[string]File) {
	t.Helper()
	p, v := tinyProgram(t)
	o.Package, o.Vectors, o.Version = "tiny", []TestVector{v}, "test"
	files, err := Emit(p, o)
	require.NoError(t, err)
	again, err := Emit(p, o)
	require.NoError(t, err)
	require.Equal(t, files, again)
	dir = t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module example\n\ngo 1.25\n"), 0o666))
	require.NoError(t, Write(t.Context(), filepath.Join(dir, "tiny"), files, false))
	return dir, files
}

// goTool runs the Go toolchain on an emitted package.
func goTool(t *testing.T, dir string, env []string, args ...string) string {
	t.Helper()
	cmd := exec.Command("go", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), append(env, "GOWORK=off", "GOFLAGS=")...)
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "go %v %v\n%s", args, env, out)
	return string(out)
}

// TestPackage builds, vets and tests a package with the tests that come with it.
func TestPackage(t *testing.T) {
	dir, _ := emitTiny(t, EmitOptions{})
	goTool(t, dir, nil, "vet", "./...")
	out := goTool(t, dir, nil, "test", "-v", "-bench", "OneThread", "-benchtime", "10x", "./...")
	for _, want := range []string{"PASS: TestVectors/portable", "PASS: TestPredict", "PASS: ExampleNet_Predict", "PASS: FuzzVariants", "BenchmarkPredictOneThread"} {
		require.Contains(t, out, want)
	}
}

// TestPackageBuildsEverywhere compiles a package for systems without machine code of their own, too.
func TestPackageBuildsEverywhere(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the standard library for other systems")
	}
	dir, _ := emitTiny(t, EmitOptions{})
	for _, platform := range []string{
		"linux/arm64", "darwin/amd64", "darwin/arm64", "windows/amd64", "windows/arm64", "linux/riscv64", "js/wasm", "wasip1/wasm"} {
		goos, goarch, _ := strings.Cut(platform, "/")
		goTool(t, dir, []string{"GOOS=" + goos, "GOARCH=" + goarch}, "vet", "./...")
	}
}

// TestPackageFiles compares the list of files, and the files that differ between networks, with golden ones.
func TestPackageFiles(t *testing.T) {
	_, files := emitTiny(t, EmitOptions{})
	if _, native := files["native_amd64.go"]; !native {
		t.Skip("without llc there is no machine code")
	}
	var names []string
	for name, file := range files {
		names = append(names, name)
		if strings.HasSuffix(name, ".go") || strings.HasSuffix(name, ".s") {
			require.True(t, strings.HasPrefix(string(file[0]), generated+"\n"), name)
		}
	}
	slices.Sort(names)
	golden(t, "files.txt", strings.Join(names, "\n")+"\n")
	golden(t, "net.go.txt", string(files["net.go"][0]))
	golden(t, "variants.go.txt", string(files["variants.go"][0]))
	golden(t, "kernels.go.txt", string(files["kernels.go"][0]))
}

func golden(t *testing.T, name, text string) {
	t.Helper()
	name = filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.MkdirAll("testdata", 0o777))
		require.NoError(t, os.WriteFile(name, []byte(text), 0o666))
	}
	want, err := os.ReadFile(name)
	require.NoError(t, err)
	require.Equal(t, string(want), text)
}

// TestKernelFilesAreFormatted finds that what is written needs no gofmt, with and without helpers.
func TestKernelFilesAreFormatted(t *testing.T) {
	for _, p := range []*program.Program{programOf(t, readKernels(t, "lenet_net.loop")[3:5]...), programOf(t, parseKernels(t, "tiny", tinyNet)...)} {
		text, err := kernelFile(generated+"\n\n", "x", p.Variants[0].Source)
		require.NoError(t, err)
		formatted, err := format.Source(text)
		require.NoError(t, err)
		require.Equal(t, string(formatted), string(text))
	}
}

// TestPackageOfSeveralPorts emits a network of two inputs and two outputs whose weights lie beside it.
func TestPackageOfSeveralPorts(t *testing.T) {
	funcs := parseKernels(t, "two", `
func mix(a: f32[*, 4], b: i32[4], w: f32[4], sum: mut f32[*, 4], twice: mut i32[*, 4]) grid(n: *, i: 4) {
  store sum[n, i] = load a[n, i] + convert f32(load b[i]) * load w[i]
  store twice[n, i] = load b[i] * i32(2)
}`)
	weights := make([]byte, 16)
	p := &program.Program{
		Name: "two", Constants: []program.Constant{{Name: "w", Data: weights}},
		Signature: program.Signature{
			Batched: true,
			Inputs:  []program.Port{{Name: "b", DType: tensor.I32, Shape: []int{4}}, {Name: "type", DType: tensor.F32, Shape: []int{1, 4}}},
			Outputs: []program.Port{{Name: "sum of a", DType: tensor.F32, Shape: []int{1, 4}}, {Name: "sum-of-A", DType: tensor.I32, Shape: []int{1, 4}}},
		},
	}
	o, err := New().Compile(funcs, backends.Target{ISA: ISA}, backends.Options{})
	require.NoError(t, err)
	p.Variants = []program.Variant{{
		ISA: ISA, Source: o.Text["go"], Kernels: []program.Kernel{{Name: "mix"}}, ArenaBytes: 256,
		Step:   []rt.Launch{{Name: "mix", Args: []rt.Arg{{OffsetBytes: 64}, {}, {Space: rt.SpaceConst}, {OffsetBytes: 128}, {OffsetBytes: 192}}, Chunks: 4, Group: 1, Grain: 4}},
		Inputs: []rt.Port{{Name: "b", ElemBytes: 4, Elems: 4}, {Name: "type", OffsetBytes: 64, ElemBytes: 4, Elems: 4, Batched: true}},
		Outputs: []rt.Port{
			{Name: "sum", OffsetBytes: 128, ElemBytes: 4, Elems: 4, Batched: true}, {Name: "twice", OffsetBytes: 192, ElemBytes: 4, Elems: 4, Batched: true}},
	}}
	files, err := Emit(p, EmitOptions{Package: "two", ExternalWeights: true})
	require.NoError(t, err)
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module two\n\ngo 1.25\n"), 0o666))
	require.NoError(t, Write(t.Context(), dir, files, false))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "user_test.go"), []byte(`package two_test

import (
	"os"
	"testing"

	"two"
)

func TestUser(t *testing.T) {
	weights, err := os.Open("weights.bin")
	if err != nil {
		t.Fatal(err)
	}
	net, err := two.New(two.WithWeights(weights), two.WithMaxBatch(2))
	if err != nil {
		t.Fatal(err)
	}
	defer net.Close()
	dst := two.Outputs{SumOfA: make([]float32, 8), SumOfA_2: make([]int32, 2*two.OutputSumOfA_2Len)}
	src := two.Inputs{Type: []float32{1, 2, 3, 4, 5, 6, 7, 8}, B: []int32{1, 2, 3, 4}}
	if err := net.Predict(dst, src); err != nil {
		t.Fatal(err)
	}
	if dst.SumOfA[7] != 8 || dst.SumOfA_2[7] != 8 {
		t.Error(dst)
	}
	src.B = src.B[:3]
	if err := net.Predict(dst, src); err == nil {
		t.Error("a short input is no error")
	}
}
`), 0o666))
	goTool(t, dir, nil, "vet", "./...")
	goTool(t, dir, nil, "test", ".")
}
