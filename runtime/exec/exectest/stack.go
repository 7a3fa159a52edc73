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
// is the whole argument table as for [exec.Kernel.Call]. It works on amd64 and arm64, and elsewhere returns an error that
// wraps [exec.ErrNoExec].
func StackBytes(k *exec.Kernel, args []unsafe.Pointer, lo, hi int, scratch unsafe.Pointer) (int, error) {
	if k.Entry == 0 {
		return 0, fmt.Errorf("exectest: kernel %s has no native code", k.Name)
	}
	painter := measuringCode()
	if painter == nil {
		return 0, fmt.Errorf("exectest: %w: there is no measuring code for %s", exec.ErrNoExec, runtime.GOARCH)
	}
	code, err := exec.MapCode(painter)
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
