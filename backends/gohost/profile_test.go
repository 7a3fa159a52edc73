package gohost

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"nncc/runtime/exec/exectest"
	"nncc/runtime/program"
	"nncc/runtime/tensor"

	rt "nncc/runtime/exec"
)

// returnAddressOnTop is a kernel for arm64 that spends its time in a function which has its own return address, a place in
// the kernel, at the end of the stack: an unwinder that takes the kernel for a function without a frame goes round in
// circles.
func returnAddressOnTop() []byte {
	var code []byte
	for _, instruction := range []uint32{
		0xf81f0ffe, // str x30, [sp, -16]!
		0x94000003, // bl inner
		0xf84107fe, // ldr x30, [sp], 16
		0xd65f03c0, // ret
		0xf81f0ffe, // inner: str x30, [sp, -16]!
		0xd2a00208, // mov x8, 1<<20
		0xf1000508, // loop: subs x8, x8, 1
		0x54ffffe1, // b.ne loop
		0xf84107fe, // ldr x30, [sp], 16
		0xd65f03c0, // ret
	} {
		code = binary.LittleEndian.AppendUint32(code, instruction)
	}
	return code
}

// TestProfileOnARM64 takes a CPU profile of a package whose kernels cannot be unwound.
func TestProfileOnARM64(t *testing.T) {
	runner := exectest.Runner(t, "linux", "arm64")
	code := returnAddressOnTop()
	port := rt.Port{Name: "x", ElemBytes: 4, Elems: 1}
	signature := []program.Port{{Name: "x", DType: tensor.F32, Shape: []int{1}}}
	p := &program.Program{
		Name: "spin", Signature: program.Signature{Inputs: signature, Outputs: signature},
		Variants: []program.Variant{{
			ISA: "neon", Arch: "arm64", Code: code, Kernels: []program.Kernel{{Name: "spin", SizeBytes: len(code), StackBytes: 256}},
			Step:       []rt.Launch{{Name: "spin", Args: []rt.Arg{{}}, Chunks: 1, Grain: 1}},
			ArenaBytes: 64, Inputs: []rt.Port{port}, Outputs: []rt.Port{port},
		}},
	}
	files, err := Emit(p, EmitOptions{Package: "spin"})
	require.NoError(t, err)
	dir := t.TempDir()
	require.NoError(t, Write(t.Context(), filepath.Join(dir, "spin"), files, false))
	for name, text := range map[string]string{"go.mod": "module example\n\ngo 1.25\n", "main.go": `package main

import (
	"bytes"
	"fmt"
	"runtime/pprof"
	"time"

	"example/spin"
)

func main() {
	net, err := spin.New()
	if err != nil {
		panic(err)
	}
	var profile bytes.Buffer
	if err := pprof.StartCPUProfile(&profile); err != nil {
		panic(err)
	}
	for start := time.Now(); time.Since(start) < time.Second; {
		if err := net.Predict(make([]float32, 1), make([]float32, 1)); err != nil {
			panic(err)
		}
	}
	pprof.StopCPUProfile()
	fmt.Println("done")
}
`} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666))
	}
	require.Equal(t, "done\n", goTool(t, dir, []string{"GOARCH=arm64"}, "run", "-exec", runner, "."))
}
