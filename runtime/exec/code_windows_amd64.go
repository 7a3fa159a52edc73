package exec

import (
	"fmt"
	"syscall"
	"unsafe"
)

const (
	memCommitReserve = 0x3000      // MEM_COMMIT | MEM_RESERVE
	memRelease       = 0x8000      // MEM_RELEASE
	pageReadWrite    = 0x04        // PAGE_READWRITE
	pageExecuteRead  = 0x20        // PAGE_EXECUTE_READ
	currentProcess   = ^uintptr(0) // the pseudo handle of GetCurrentProcess
)

// mapExecutable copies blob into pages that are readable and executable.
func mapExecutable(blob []byte) (base uintptr, unmap func() error, err error) {
	kernel32 := syscall.NewLazyDLL("kernel32.dll")
	virtualAlloc, virtualFree := kernel32.NewProc("VirtualAlloc"), kernel32.NewProc("VirtualFree")
	virtualProtect := kernel32.NewProc("VirtualProtect")
	writeMemory := kernel32.NewProc("WriteProcessMemory")
	size := uintptr(len(blob))
	base, _, err = virtualAlloc.Call(0, size, memCommitReserve, pageReadWrite)
	if base == 0 {
		return 0, nil, fmt.Errorf("VirtualAlloc: %w", err)
	}
	unmap = func() error {
		if ok, _, err := virtualFree.Call(base, 0, memRelease); ok == 0 {
			return fmt.Errorf("VirtualFree: %w", err)
		}
		return nil
	}
	// The system copies, because an address that VirtualAlloc returned as an integer must not become a Go pointer.
	var written uintptr
	if ok, _, err := writeMemory.Call(currentProcess, base, uintptr(unsafe.Pointer(unsafe.SliceData(blob))), size,
		uintptr(unsafe.Pointer(&written))); ok == 0 || written != size {
		_ = unmap()
		return 0, nil, fmt.Errorf("WriteProcessMemory: %w", err)
	}
	var old uint32
	if ok, _, err := virtualProtect.Call(base, size, pageExecuteRead, uintptr(unsafe.Pointer(&old))); ok == 0 {
		_ = unmap()
		return 0, nil, fmt.Errorf("VirtualProtect: %w", err)
	}
	return base, unmap, nil
}
