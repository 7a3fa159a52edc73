package exectest

import (
	"bytes"
	"encoding/binary"
	"errors"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"testing"
	"unsafe"

	nnexec "nncc/runtime/exec"
)

// deepKernel writes eight bytes depth bytes below the stack of its caller, where depth is a multiple of 8 below 1 << 31
// and on amd64 the return address lies in between.
func deepKernel(t testing.TB, depth int) *nnexec.Kernel {
	t.Helper()
	d := -depth
	switch runtime.GOARCH {
	case "amd64":
		d += 8
		return mapKernel(t, []byte{
			0x48, 0x89, 0x8c, 0x24, byte(d), byte(d >> 8), byte(d >> 16), byte(d >> 24), // mov [rsp-depth+8], rcx
			0xc3, // ret
		})
	case "arm64":
		return mapKernel(t, arm64Code(
			0xd2800009|uint32(depth&0xffff)<<5, // mov x9, depth
			0xf2a00009|uint32(depth>>16)<<5,    // movk x9, depth >> 16, lsl 16
			0xcb2963e9,                         // sub x9, sp, x9
			0xf9000123,                         // str x3, [x9]
			0xd65f03c0,                         // ret
		))
	}
	t.Skip("there is no test kernel for " + runtime.GOARCH)
	return nil
}

func arm64Code(instructions ...uint32) []byte {
	var code []byte
	for _, i := range instructions {
		code = binary.LittleEndian.AppendUint32(code, i)
	}
	return code
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
	for _, depth := range []int{16, 64, 4096, 60000} {
		got, err := StackBytes(deepKernel(t, depth), []unsafe.Pointer{nil}, 0, 1, nil)
		if err != nil || got != depth {
			t.Errorf("depth %d: measured %d, error %v", depth, got, err)
		}
	}
	if _, err := StackBytes(deepKernel(t, paintedBytes), []unsafe.Pointer{nil}, 0, 1, nil); !errors.Is(err, ErrStackExhausted) {
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
	load := map[string][]byte{
		"amd64": {0x48, 0x8b, 0x47, 0x08, 0x8a, 0x04, 0x30, 0xc3}, // mov rax, [rdi+8]; mov al, [rax+rsi]; ret
		"arm64": arm64Code(0xf9400408, 0x38616908, 0xd65f03c0),    // ldr x8, [x0, 8]; ldrb w8, [x8, x1]; ret
	}[runtime.GOARCH]
	access := func(at int) {
		mem := Guarded(t, os.Getpagesize())
		mapKernel(t, load).Call([]unsafe.Pointer{nil, unsafe.Pointer(&mem[0])}, at, at+1, nil)
	}
	if load == nil {
		t.Skip("there is no test kernel for " + runtime.GOARCH)
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
		if errors.Is(err, syscall.ENOEXEC) {
			t.Skip("the process is emulated: it cannot start itself")
		}
		if err == nil || !bytes.Contains(out, []byte("SIGSEGV")) && !bytes.Contains(out, []byte("SIGBUS")) {
			t.Errorf("an access %s the buffer went unnoticed: %v\n%s", where, err, out)
		}
	}
}
