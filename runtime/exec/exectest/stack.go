// Package exectest helps to test kernels: how much stack they use, and whether they stay inside their buffers.
// Generated packages do not contain it.
package exectest

import (
	"errors"
	"fmt"
	"runtime"
	"unsafe"

	"nncc/runtime/exec"
)

// paintedBytes is the stack below the measured kernel that is painted: what a 64 KB frame leaves beside the measuring
// code.
const paintedBytes = 0xfe00

// ErrStackExhausted is returned for a kernel that wrote to the lowest painted word of the stack, or perhaps below it.
var ErrStackExhausted = errors.New("exectest: the kernel used all of the stack")

// measurement is args[1] of the measuring code, whose layout it depends on.
type measurement struct {
	entry uintptr         // offset 0: the measured kernel
	args  *unsafe.Pointer // offset 8: its argument table
	used  uintptr         // offset 16: result
}

// StackBytes executes chunks [lo, hi) of a native kernel on a painted stack and returns how deep it wrote, return
// address included: what Kernel.StackBytes must not be less than. The stack begins at a multiple of 64 as in a run. args
// is the whole argument table as for [exec.Kernel.Call]. It works on amd64, and elsewhere returns an error that wraps
// [exec.ErrNoExec].
func StackBytes(k *exec.Kernel, args []unsafe.Pointer, lo, hi int, scratch unsafe.Pointer) (int, error) {
	if k.Entry == 0 {
		return 0, fmt.Errorf("exectest: kernel %s has no native code", k.Name)
	}
	if runtime.GOARCH != "amd64" {
		return 0, fmt.Errorf("exectest: %w: the measuring code is for amd64", exec.ErrNoExec)
	}
	code, err := exec.MapCode(measuringCode())
	if err != nil {
		return 0, err
	}
	defer code.Close()
	m := &measurement{entry: k.Entry, args: unsafe.SliceData(args)}
	outer := exec.Kernel{Name: "measure " + k.Name, Entry: code.Entry(0), StackBytes: exec.MaxStackBytes}
	outer.Call([]unsafe.Pointer{nil, unsafe.Pointer(m)}, lo, hi, scratch)
	runtime.KeepAlive(args)
	if m.used >= paintedBytes {
		return 0, fmt.Errorf("%w: kernel %s", ErrStackExhausted, k.Name)
	}
	return int(m.used), nil
}

// measuringCode is an amd64 kernel that paints the stack below itself, calls the kernel under test with the same chunks
// and scratch memory, and looks for the lowest word that has changed.
func measuringCode() []byte {
	return []byte{
		0x55,             // push rbp
		0x48, 0x89, 0xe5, // mov rbp, rsp
		0x53,       // push rbx
		0x41, 0x54, // push r12
		0x48, 0x83, 0xe4, 0xc0, // and rsp, -64
		0x48, 0x8b, 0x5f, 0x08, // mov rbx, [rdi+8]: the measurement
		0x48, 0x8b, 0x7b, 0x08, // mov rdi, [rbx+8]: args
		0x48, 0xb8, 0xde, 0xc0, 0x17, 0x5a, 0xde, 0xc0, 0x17, 0x5a, // mov rax, paint
		0x4c, 0x8d, 0xa4, 0x24, 0x00, 0x02, 0xff, 0xff, // lea r12, [rsp-paintedBytes]
		0x4d, 0x89, 0xe0, // mov r8, r12
		0x49, 0x89, 0x00, // fill: mov [r8], rax
		0x49, 0x83, 0xc0, 0x08, // add r8, 8
		0x49, 0x39, 0xe0, // cmp r8, rsp
		0x75, 0xf4, // jne fill
		0xff, 0x13, // call [rbx]: entry
		0x48, 0xb8, 0xde, 0xc0, 0x17, 0x5a, 0xde, 0xc0, 0x17, 0x5a, // mov rax, paint
		0x49, 0x39, 0x04, 0x24, // scan: cmp [r12], rax
		0x75, 0x09, // jne found
		0x49, 0x83, 0xc4, 0x08, // add r12, 8
		0x49, 0x39, 0xe4, // cmp r12, rsp
		0x75, 0xf1, // jne scan
		0x48, 0x89, 0xe1, // found: mov rcx, rsp
		0x4c, 0x29, 0xe1, // sub rcx, r12
		0x48, 0x89, 0x4b, 0x10, // mov [rbx+16], rcx: used
		0x48, 0x8d, 0x65, 0xf0, // lea rsp, [rbp-16]
		0x41, 0x5c, // pop r12
		0x5b, // pop rbx
		0x5d, // pop rbp
		0xc3, // ret
	}
}
