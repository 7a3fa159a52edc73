package main

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"nncc/backends/llvmcpu"
	"nncc/codegen/sched"
	"nncc/ir"
	"nncc/runtime/data"
	rt "nncc/runtime/exec"
	"nncc/runtime/tensor"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"nncc": main, "nncc-faulty": func() {
		os.Exit(nncc(wrongRelu, os.Args[1:], os.Stdout, os.Stderr))
	}})
}

// wrongRelu is a compiler that computes relu as abs behind a convolution that it is fused with, refuses softmax and does
// not survive a sigmoid.
func wrongRelu(g *ir.Graph) error {
	for _, n := range g.Nodes {
		members := sched.Members(n)
		for i, m := range members {
			switch {
			case m.Op.Name == "softmax":
				return fmt.Errorf("softmax of %v is not possible", m.Out().Type)
			case m.Op.Name == "sigmoid":
				panic("no sigmoid")
			case m.Op.Name == "relu" && i > 0 && members[0].Op.Name == "conv":
				m.Op = ir.LookupOp("abs")
			}
		}
	}
	return nil
}

// runsNative reports whether llc is there, and kernels that it compiles run on this machine.
func runsNative() bool {
	_, err := llvmcpu.New(llvmcpu.Config{})
	return err == nil && len(supportedISAs(sched.F32)) > 0
}

// TestScripts runs testdata/script: sessions at the command line. Conditions: [llc] LLVM's llc is there, [native]
// kernels of it run on this machine, [go] the Go toolchain is there.
func TestScripts(t *testing.T) {
	cache := t.TempDir() // one for all scripts
	_, llcErr := llvmcpu.New(llvmcpu.Config{})
	native := runsNative()
	if !native {
		t.Log("the native parts are skipped: no llc, or no instruction set that kernels are made for")
	}
	_, goErr := exec.LookPath("go")
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("..", "..", "testdata", "script"),
		RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			testdata, err := filepath.Abs(filepath.Join("..", "..", "testdata"))
			if err != nil {
				return err
			}
			env.Setenv("TESTDATA", testdata)
			env.Setenv("NNCC_DIR", filepath.SplitList(env.Getenv("PATH"))[0]) // a path with nothing but nncc
			env.Setenv("NNCC_CACHE", cache)
			env.Setenv(rt.EnvISA, "")
			env.Setenv("GOCACHE", goEnv("GOCACHE"))
			env.Setenv("GOFLAGS", "-mod=mod")
			env.Setenv("GOPROXY", "off")
			return nil
		},
		Condition: func(cond string) (bool, error) {
			switch cond {
			case "llc":
				return llcErr == nil, nil
			case "native":
				return native, nil
			case "go":
				return goErr == nil, nil
			}
			return false, fmt.Errorf("there is no condition %q", cond)
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"npy": makeArray, "png": makePicture, "near": compareArrays, "fails": fails,
			"idx": makeIDX, "cifar": makeCIFAR, "pack": makeArchive, "cut": cutFile, "edit": editFile,
		},
	})
}

func goEnv(name string) string {
	out, err := exec.Command("go", "env", name).Output()
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(out))
}

// fails runs a command and checks its exit code: fails CODE COMMAND...
func fails(ts *testscript.TestScript, _ bool, args []string) {
	err := ts.Exec(args[1], args[2:]...)
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		ts.Fatalf("exit code 0 (%v), want %s", err, args[0])
	}
	if code := strconv.Itoa(exit.ExitCode()); code != args[0] {
		ts.Fatalf("exit code %s, want %s", code, args[0])
	}
}

// cutFile copies the beginning of a file: cut FROM TO BYTES.
func cutFile(ts *testscript.TestScript, _ bool, args []string) {
	n, err := strconv.Atoi(args[2])
	ts.Check(err)
	content, err := os.ReadFile(ts.MkAbs(args[0]))
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), content[:n], 0o644))
}

// editFile replaces text in a file: edit FILE OLD NEW.
func editFile(ts *testscript.TestScript, _ bool, args []string) {
	content, err := os.ReadFile(ts.MkAbs(args[0]))
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), bytes.ReplaceAll(content, []byte(args[1]), []byte(args[2])), 0o644))
}

// makeArray writes an array: npy FILE DTYPE SHAPE [VALUE...], uniform noise without values. SHAPE is like 1x3x8x8.
func makeArray(ts *testscript.TestScript, _ bool, args []string) {
	dtype := tensor.ParseDType(args[1])
	var shape []int
	for _, d := range strings.Split(args[2], "x") {
		n, err := strconv.Atoi(d)
		ts.Check(err)
		shape = append(shape, n)
	}
	var t *tensor.Tensor
	if len(args) == 3 {
		t = tensor.FromFloat64s(dtype, ir.Uniform(tensor.F64, 1, 0, 255, shape...).Float64s(), shape...)
		if dtype.IsFloat() {
			t = ir.Uniform(dtype, 1, -1, 1, shape...)
		}
	} else {
		var values []float64
		for _, a := range args[3:] {
			v, err := strconv.ParseFloat(a, 64)
			ts.Check(err)
			values = append(values, v)
		}
		t = tensor.FromFloat64s(dtype, values, shape...)
	}
	ts.Check(os.MkdirAll(filepath.Dir(ts.MkAbs(args[0])), 0o755))
	ts.Check(data.WriteNPY(ts.MkAbs(args[0]), t))
}

// makePicture writes a picture of one colour: png FILE WIDTH HEIGHT RED GREEN BLUE.
func makePicture(ts *testscript.TestScript, _ bool, args []string) {
	var n []int
	for _, a := range args[1:] {
		v, err := strconv.Atoi(a)
		ts.Check(err)
		n = append(n, v)
	}
	m := image.NewRGBA(image.Rect(0, 0, n[0], n[1]))
	for y := range n[1] {
		for x := range n[0] {
			m.Set(x, y, color.RGBA{uint8(n[2]), uint8(n[3]), uint8(n[4]), 255})
		}
	}
	var b bytes.Buffer
	ts.Check(png.Encode(&b, m))
	ts.Check(os.MkdirAll(filepath.Dir(ts.MkAbs(args[0])), 0o755))
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), b.Bytes(), 0o644))
}

// compareArrays checks that two arrays agree: near FILE FILE, to 1e-5 of the largest element.
func compareArrays(ts *testscript.TestScript, neg bool, args []string) {
	a, err := data.ReadNPY(ts.MkAbs(args[0]))
	ts.Check(err)
	b, err := data.ReadNPY(ts.MkAbs(args[1]))
	ts.Check(err)
	if !slices.Equal(a.Shape, b.Shape) {
		ts.Fatalf("shapes %v and %v", a.Shape, b.Shape)
	}
	d, err := compare(a, b)
	ts.Check(err)
	if near := d.relative <= 1e-5; near == neg {
		ts.Fatalf("%v", d)
	}
}
