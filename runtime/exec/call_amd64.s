#include "textflag.h"
#include "funcdata.h"

// The frames below are the kernels' stacks: a frame of 4096, 16384 or 65536 bytes, and 72 more so that the whole size
// is left when SP has been aligned down to 64. Because they are ordinary frames the prologue makes the goroutine's
// stack large enough. The kernel's arguments go into the System V registers on every operating system. R12 is
// callee-saved there and keeps SP.

// func callFrame4K(entry uintptr, args *unsafe.Pointer, lo, hi int, scratch unsafe.Pointer)
TEXT ·callFrame4K(SB), 0, $4168-40
	NO_LOCAL_POINTERS
	MOVQ entry+0(FP), AX
	MOVQ args+8(FP), DI
	MOVQ lo+16(FP), SI
	MOVQ hi+24(FP), DX
	MOVQ scratch+32(FP), CX
	MOVQ SP, R12
	ADDQ $4168, SP
	ANDQ $~63, SP
	CALL AX
	MOVQ R12, SP
	RET

// func callFrame16K(entry uintptr, args *unsafe.Pointer, lo, hi int, scratch unsafe.Pointer)
TEXT ·callFrame16K(SB), 0, $16456-40
	NO_LOCAL_POINTERS
	MOVQ entry+0(FP), AX
	MOVQ args+8(FP), DI
	MOVQ lo+16(FP), SI
	MOVQ hi+24(FP), DX
	MOVQ scratch+32(FP), CX
	MOVQ SP, R12
	ADDQ $16456, SP
	ANDQ $~63, SP
	CALL AX
	MOVQ R12, SP
	RET

// func callFrame64K(entry uintptr, args *unsafe.Pointer, lo, hi int, scratch unsafe.Pointer)
TEXT ·callFrame64K(SB), 0, $65608-40
	NO_LOCAL_POINTERS
	MOVQ entry+0(FP), AX
	MOVQ args+8(FP), DI
	MOVQ lo+16(FP), SI
	MOVQ hi+24(FP), DX
	MOVQ scratch+32(FP), CX
	MOVQ SP, R12
	ADDQ $65608, SP
	ANDQ $~63, SP
	CALL AX
	MOVQ R12, SP
	RET
