package llvmcpu

// Vector accesses to the stack are found by their encoding, without decoding the instructions around them: enough to rank
// candidates and to reject a kernel.

// spillsAMD64 looks for VEX (256 bits) and EVEX (256 and 512 bits) instructions with a memory operand at RSP plus
// a displacement. See the Intel SDM, volume 2, sections 2.3 and 2.7.
func spillsAMD64(code []byte) int {
	n := 0
	for i := range code {
		if isEVEX(code[i:]) && atRSP(code[i+5:]) || isVEX3(code[i:]) && atRSP(code[i+4:]) || isVEX2(code[i:]) && atRSP(code[i+3:]) {
			n++
		}
	}
	return n
}

// The prefixes store the high bit of the base register inverted: set means RSP, clear R12, which ModRM and SIB
// do not tell apart.
const inverseB = 1 << 5

// isEVEX recognises a four-byte prefix by its fixed bits, an opcode map that exists, and a vector length over 128 bits.
func isEVEX(p []byte) bool {
	if len(p) < 7 || p[0] != 0x62 {
		return false
	}
	opcodeMap, length := p[1]&7, p[3]>>5&3
	return p[1]&8 == 0 && p[1]&inverseB != 0 && opcodeMap >= 1 && opcodeMap <= 3 && p[2]&4 != 0 && (length == 1 || length == 2)
}

// isVEX3 recognises a three-byte prefix of a 256-bit instruction.
func isVEX3(p []byte) bool {
	if len(p) < 6 || p[0] != 0xc4 {
		return false
	}
	opcodeMap := p[1] & 0x1f
	return p[1]&inverseB != 0 && opcodeMap >= 1 && opcodeMap <= 3 && p[2]&4 != 0
}

// isVEX2 recognises a two-byte prefix of a 256-bit instruction; its base register is never R12. The same byte ends inc r13:
// what follows must be an opcode of vectors.
func isVEX2(p []byte) bool { return len(p) >= 5 && p[0] == 0xc5 && p[1]&4 != 0 && ofVectors(p[2]) }

// ofVectors recognises opcodes of vectors in the map that two-byte prefixes imply.
func ofVectors(opcode byte) bool {
	switch opcode >> 4 {
	case 0x1:
		return opcode <= 0x17
	case 0x2:
		return opcode >= 0x28
	case 0xc:
		return opcode == 0xc2 || opcode == 0xc6
	}
	return opcode >= 0x50 && opcode < 0x80 || opcode >= 0xd0
}

// atRSP recognises ModRM and SIB of [rsp], [rsp + disp8] and [rsp + disp32].
func atRSP(p []byte) bool { return p[0]&7 == 4 && p[0]>>6 != 3 && p[1] == 0x24 }

// spillsARM64 looks for STR, LDR, STP and LDP of Q registers with SP as base.
func spillsARM64(code []byte) int {
	n := 0
	for ; len(code) >= 4; code = code[4:] {
		w := uint32(code[0]) | uint32(code[1])<<8 | uint32(code[2])<<16 | uint32(code[3])<<24
		single := w&0xff800000 == 0x3d800000 // LDR and STR, unsigned offset, 128 bits
		pair := w&0xff800000 == 0xad000000   // LDP and STP, signed offset, 128 bits
		const sp = 31
		if (single || pair) && w>>5&31 == sp {
			n++
		}
	}
	return n
}
