package exectest

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"runtime"
	"testing"
	"unsafe"

	nnexec "nncc/runtime/exec"
)

// deepKernel writes eight bytes depth bytes below its return address, where depth is a multiple of 8 below 1 << 31.
func deepKernel(t testing.TB, depth int) *nnexec.Kernel {
	t.Helper()
	if runtime.GOARCH != "amd64" {
		t.Skip("the test kernels are for amd64")
	}
	d := -depth
	return mapKernel(t, []byte{
		0x48, 0x89, 0x8c, 0x24, byte(d), byte(d >> 8), byte(d >> 16), byte(d >> 24), // mov [rsp-depth], rcx
		0xc3, // ret
	})
}

func mapKernel(t testing.TB, blob []byte) *nnexec.Kernel {
	code, err := nnexec.MapCode(blob)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = code.Close() })
	return &nnexec.Kernel{Name: "deep", Entry: code.Entry(0), StackBytes: nnexec.MaxStackBytes}
}

func TestStackBytes(t *testing.T) {
	for _, depth := range []int{8, 64, 4096, 60000} {
		got, err := StackBytes(deepKernel(t, depth), []unsafe.Pointer{nil}, 0, 1, nil)
		if err != nil || got != depth+8 { // and the return address
			t.Errorf("depth %d: measured %d, error %v", depth, got, err)
		}
	}
	if _, err := StackBytes(deepKernel(t, paintedBytes-8), []unsafe.Pointer{nil}, 0, 1, nil); !errors.Is(err, ErrStackExhausted) {
		t.Errorf("too deep: error %v", err)
	}
	if _, err := StackBytes(&nnexec.Kernel{Name: "go"}, nil, 0, 1, nil); err == nil {
		t.Error("measured a kernel without native code")
	}
}

func TestGuardedMemoryIsWritable(t *testing.T) {
	for _, n := range []int{1, 64, 4096, 5000} {
		mem := Guarded(t, n)
		if len(mem) != n || cap(mem) != n || bytes.ContainsFunc(mem, func(r rune) bool { return r != 0 }) {
			t.Errorf("%d bytes: length %d, capacity %d", n, len(mem), cap(mem))
		}
		for i := range mem {
			mem[i] = 1
		}
	}
	if mem := Guarded(t, 192); uintptr(unsafe.Pointer(&mem[0]))%64 != 0 {
		t.Error("not aligned to 64")
	}
}

// TestGuardsCatchAccesses runs itself in a process of its own, which a native access outside the buffer must end.
func TestGuardsCatchAccesses(t *testing.T) {
	const variable = "EXECTEST_ACCESS"
	// mov rax, [rdi+8]; mov al, [rax+rsi]; ret
	load := []byte{0x48, 0x8b, 0x47, 0x08, 0x8a, 0x04, 0x30, 0xc3}
	access := func(at int) {
		mem := Guarded(t, os.Getpagesize())
		mapKernel(t, load).Call([]unsafe.Pointer{nil, unsafe.Pointer(&mem[0])}, at, at+1, nil)
	}
	if runtime.GOARCH != "amd64" {
		t.Skip("the test kernel is for amd64")
	}
	access(0)
	access(os.Getpagesize() - 1)
	switch os.Getenv(variable) {
	case "behind":
		access(os.Getpagesize())
		return
	case "before":
		access(-1)
		return
	}
	for _, where := range []string{"behind", "before"} {
		cmd := exec.Command(os.Args[0], "-test.run=^TestGuardsCatchAccesses$")
		cmd.Env = append(os.Environ(), variable+"="+where)
		out, err := cmd.CombinedOutput()
		if err == nil || !bytes.Contains(out, []byte("SIGSEGV")) && !bytes.Contains(out, []byte("SIGBUS")) {
			t.Errorf("an access %s the buffer went unnoticed: %v\n%s", where, err, out)
		}
	}
}
