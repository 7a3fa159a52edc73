package llvmcpu

import "debug/elf"

// spills counts the vector accesses to the stack in a function. They are found by their encoding, without
// decoding the instructions around them: enough to rank candidates and to reject a kernel.
func spills(machine elf.Machine, s *section) int {
	if machine == elf.EM_X86_64 {
		return spillsAMD64(s.data)
	}
	return spillsARM64(s.data)
}

// spillsAMD64 looks for VEX (256 bits) and EVEX (256 and 512 bits) instructions with a memory operand at RSP plus
// a displacement. See the Intel SDM, volume 2, sections 2.3 and 2.7.
func spillsAMD64(code []byte) int {
	n := 0
	for i := range code {
		rest := code[i:]
		switch {
		case len(rest) >= 7 && rest[0] == 0x62 && isEVEX(rest) && atRSP(rest[5], rest[6]):
			n++
		case len(rest) >= 6 && rest[0] == 0xc4 && rest[1]&0x1f >= 1 && rest[1]&0x1f <= 3 && rest[2]&4 != 0 && atRSP(rest[4], rest[5]):
			n++
		case len(rest) >= 5 && rest[0] == 0xc5 && rest[1]&4 != 0 && atRSP(rest[3], rest[4]):
			n++
		}
	}
	return n
}

// isEVEX checks the fixed bits of a four-byte prefix, an opcode map that exists, and a vector length over 128 bits.
func isEVEX(p []byte) bool {
	opcodeMap, length := p[1]&7, p[3]>>5&3
	return p[1]&8 == 0 && opcodeMap >= 1 && opcodeMap <= 3 && p[2]&4 != 0 && (length == 1 || length == 2)
}

// atRSP recognises ModRM and SIB of [rsp], [rsp + disp8] and [rsp + disp32].
func atRSP(modRM, sib byte) bool { return modRM&7 == 4 && modRM>>6 != 3 && sib == 0x24 }

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
