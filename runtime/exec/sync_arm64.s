#include "textflag.h"

// func syncInstructions(base, size uintptr)
//
// Cleans the data cache and invalidates the instruction cache over [base, base+size), line by line, as the architecture
// asks for after code has been written. CTR_EL0 has the logarithms of the smallest lines in words.
TEXT ·syncInstructions(SB), NOSPLIT, $0-16
	MOVD base+0(FP), R0
	MOVD size+8(FP), R1
	ADD  R0, R1, R1
	MRS  CTR_EL0, R2
	MOVD $4, R5
	UBFX $16, R2, $4, R3
	LSL  R3, R5, R3 // data cache line
	AND  $15, R2, R4
	LSL  R4, R5, R4 // instruction cache line
	MOVD R0, R6
clean:
	WORD $0xd50b7b26 // dc cvau, x6
	ADD  R3, R6
	CMP  R1, R6
	BLO  clean
	DSB  $11
	MOVD R0, R6
invalidate:
	WORD $0xd50b7526 // ic ivau, x6
	ADD  R4, R6
	CMP  R1, R6
	BLO  invalidate
	DSB  $11
	ISB  $15
	RET
