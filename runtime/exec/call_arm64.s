#include "textflag.h"
#include "funcdata.h"

// The frames below are the kernels' stacks: a frame of 4096, 16384 or 65536 bytes, and 144 more so that the whole size
// is left above the frame's own words when SP has been aligned down to 64. Because they are ordinary frames the prologue
// makes the goroutine's stack large enough. The kernel's arguments go into the registers of the standard calling
// convention. R19 is callee-saved there and keeps SP.

// func callFrame4K(entry uintptr, args *unsafe.Pointer, lo, hi int, scratch unsafe.Pointer)
TEXT ·callFrame4K(SB), 0, $4240-40
	NO_LOCAL_POINTERS
	MOVD entry+0(FP), R9
	MOVD args+8(FP), R0
	MOVD lo+16(FP), R1
	MOVD hi+24(FP), R2
	MOVD scratch+32(FP), R3
	MOVD RSP, R19
	ADD  $4240, R19, R10
	AND  $~63, R10
	MOVD R10, RSP
	CALL (R9)
	MOVD R19, RSP
	RET

// func callFrame16K(entry uintptr, args *unsafe.Pointer, lo, hi int, scratch unsafe.Pointer)
TEXT ·callFrame16K(SB), 0, $16528-40
	NO_LOCAL_POINTERS
	MOVD entry+0(FP), R9
	MOVD args+8(FP), R0
	MOVD lo+16(FP), R1
	MOVD hi+24(FP), R2
	MOVD scratch+32(FP), R3
	MOVD RSP, R19
	ADD  $16528, R19, R10
	AND  $~63, R10
	MOVD R10, RSP
	CALL (R9)
	MOVD R19, RSP
	RET

// func callFrame64K(entry uintptr, args *unsafe.Pointer, lo, hi int, scratch unsafe.Pointer)
TEXT ·callFrame64K(SB), 0, $65680-40
	NO_LOCAL_POINTERS
	MOVD entry+0(FP), R9
	MOVD args+8(FP), R0
	MOVD lo+16(FP), R1
	MOVD hi+24(FP), R2
	MOVD scratch+32(FP), R3
	MOVD RSP, R19
	ADD  $65680, R19, R10
	AND  $~63, R10
	MOVD R10, RSP
	CALL (R9)
	MOVD R19, RSP
	RET
